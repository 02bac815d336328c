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


def merged(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings; those of one place that differ only in whose they are become one that names all."""
    groups: dict[Any, list[Diagnostic]] = {}
    for one in found:
        groups.setdefault(_same(one), []).append(one)
    return [_one(group) for group in groups.values()]


def _same(one: Diagnostic) -> Any:
    if one.span is None:
        return id(one)
    fields = [(name, str(value)) for name, value in one.fields.items() if name not in _WHOSE]
    return one.code, one.span.source.path, one.span.start, one.span.end, tuple(sorted(fields))


def _one(group: list[Diagnostic]) -> Diagnostic:
    first = group[0]
    name = next((name for name in _WHOSE if name in first.fields), None)
    others = [] if name is None else _others([str(one.fields[name]) for one in group])
    if name is None or not others:
        return first
    more = [*others[:_NAMED], *([f"{len(others) - _NAMED} more"] if len(others) > _NAMED else [])]
    fields = {**first.fields, name: f"{first.fields[name]} (also {', '.join(more)})"}
    return first._replace(fields=fields)


def _others(names: list[str]) -> list[str]:
    """Those after the first, each once, without the class that the first one is shown with."""
    return [one.partition(" (")[0] for one in dict.fromkeys(names) if one != names[0]]
