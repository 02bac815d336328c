"""One mistake, one message: a setting that several passes share is wrong once, where it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic

#: The fields of a wording that say whose the mistake is.
_WHOSE = ("node", "who")

#: So many more are named.
_NAMED = 3

#: What the rules say of passes that differ in a setting, by the setting.
_DIFFERS = {
    **dict.fromkeys(("image", "prompt", "negative"), "WAN653"),
    **dict.fromkeys(("size", "length"), "WAN806"),
    "seed": "WAN716",
    "sampler": "WAN709",
    "shift": "WAN717",
}


def without_repeats(of_settings: list[Diagnostic], of_rules: list[Diagnostic]) -> list[Diagnostic]:
    """The findings on settings (WAN423), but for those of which the rules say the same, and more.

    A pass is known by its stage: `wan22.low` in the flow is the stage `low`.
    """
    return [
        finding
        for finding in of_settings
        if finding.code != "WAN423" or not _repeats(finding, of_rules)
    ]


def _repeats(finding: Diagnostic, of_rules: list[Diagnostic]) -> bool:
    code = _DIFFERS.get(finding.fields.get("setting", ""))
    said = [each.message for each in of_rules if each.code == code]
    stages = [name.rpartition(".")[2] for name in finding.fields.get("passes", ())]
    return bool(stages) and all(any(f"`{name}`" in each for each in said) for name in stages)


def merged(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings; those of one place that differ only in whose they are become one that names all."""
    groups: dict[Any, list[Diagnostic]] = {}
    for finding in found:
        groups.setdefault(_same(finding), []).append(finding)
    return [_one(group) for group in groups.values()]


def _same(finding: Diagnostic) -> Any:
    if finding.span is None:
        return id(finding)
    fields = [(name, str(value)) for name, value in finding.fields.items() if name not in _WHOSE]
    return (
        finding.code,
        finding.span.source.path,
        finding.span.start,
        finding.span.end,
        tuple(sorted(fields)),
    )


def _one(group: list[Diagnostic]) -> Diagnostic:
    first = group[0]
    name = next((name for name in _WHOSE if name in first.fields), None)
    others = [] if name is None else _others([str(finding.fields[name]) for finding in group])
    if name is None or not others:
        return first
    more = [*others[:_NAMED], *([f"{len(others) - _NAMED} more"] if len(others) > _NAMED else [])]
    fields = {**first.fields, name: f"{first.fields[name]} (also {', '.join(more)})"}
    return first._replace(fields=fields)


def _others(names: list[str]) -> list[str]:
    """Those after the first, each once, without the class that the first one is shown with."""
    return [fromkey.partition(" (")[0] for fromkey in dict.fromkeys(names) if fromkey != names[0]]
