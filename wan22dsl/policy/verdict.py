"""Which findings count, and as what: allowances first, then selection and severities, then the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.diagnostics import Severity, in_order
from wan22dsl.policy import selectors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.policy.allow import Allowance
    from wan22dsl.policy.baseline import Baseline
    from wan22dsl.policy.config import Layer
    from wan22dsl.source import Source

    #: The layers that hold for a file, the weakest first.
    Layers = Callable[[str], Sequence[Layer]]


class Verdict(NamedTuple):
    """The findings that count, in order; how many were allowed, how many of those as errors; and how
    many the baseline has."""

    found: list[Diagnostic]
    allowed: int = 0
    allowed_errors: int = 0
    in_baseline: int = 0


def allowed(
    found: Sequence[Diagnostic], sources: Sequence[Source], known: Callable[[], Mapping[str, str]]
) -> Verdict:
    """The findings that are not allowed, and what there is to say about the allowances of `sources`."""
    linted = {source.path: source for source in sources}
    spoken = {one.span.source.path: one.span.source for one in found if one.span is not None}
    speaking = {p: one for p, one in {**spoken, **linted}.items() if "wan:" in one.text}
    if not speaking:
        return Verdict(list(found))
    from wan22dsl.policy import allow

    allowances: dict[str, list[Allowance]] = {}
    told: list[Diagnostic] = []
    for path, source in speaking.items():
        allowances[path], wrong = allow.read(source, known)
        told += wrong if path in linted else ()
    kept: list[Diagnostic] = []
    gone: list[Diagnostic] = []
    used: set[Allowance] = set()
    for one in found:
        own = allowances.get(one.span.source.path, ()) if one.span is not None else ()
        meant = [each for each in own if each.covers(one)]
        used.update(meant)
        (gone if meant else kept).append(one)
    broken = {one.span.source.path for one in kept if one.is_error and one.span is not None}
    for path in linted:
        if path not in broken:  # with an error, not everything was looked for
            told += [allow.unused(one) for one in allowances.get(path, ()) if one not in used]
    errors = sum(one.is_error for one in gone)
    return Verdict(in_order([*kept, *told]), len(gone), errors)


def selected(found: Sequence[Diagnostic], layers: Layers) -> list[Diagnostic]:
    """The findings that the layers choose, with the severity that they say."""
    kept = []
    for one in found:
        own = layers(one.span.source.path if one.span is not None else "")
        if is_selected(one.code, one.name, own):
            level = _level(one, own)
            kept.append(one if level is one.severity else one._replace(severity=level))
    return kept


def is_selected(code: str, name: str, layers: Sequence[Layer]) -> bool:
    """Whether a rule counts; what a later layer says stands above."""
    counts = True
    for one in layers:
        if one.select:
            counts = selectors.matches(one.select, code, name)
        if one.ignore and selectors.matches(one.ignore, code, name):
            counts = False
    return counts


def _level(one: Diagnostic, layers: Sequence[Layer]) -> Severity:
    level = one.severity
    for layer in layers:
        # Within a layer, an exact word stands above a prefix.
        for word, said in sorted(layer.severity, key=lambda pair: _exactness(pair[0], one)):
            if selectors.matches((word,), one.code, one.name):
                level = Severity(said)
    return level


def _exactness(word: str, one: Diagnostic) -> int:
    return 99 if word.lower() == one.name else 0 if word.lower() == selectors.ALL else len(word)


def without(
    found: Sequence[Diagnostic], baseline_of: Callable[[Diagnostic], tuple[Baseline, str] | None]
) -> tuple[list[Diagnostic], int]:
    """The findings that no baseline has, and how many it had; it is given with the path it knows."""
    kept = []
    for one in found:
        known = baseline_of(one)
        if known is None or not known[0].takes(one, known[1]):
            kept.append(one)
    return kept, len(found) - len(kept)
