"""Which findings count, and as what: by_path first, then selection and severities, then the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Severity, in_order
from wan22dsl.lint.policy import selectors
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.policy.baseline import Baseline
    from wan22dsl.lint.policy.config import Layer
    from wan22dsl.lint.policy.suppressions import Suppression
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
    """The findings that are not allowed, and the messages about the directives of `sources`."""
    linted = {source.path: source for source in sources}
    spoken = {
        finding.span.source.path: finding.span.source
        for finding in found
        if finding.span is not None
    }
    speaking = {
        path: source for path, source in {**spoken, **linted}.items() if "wan:" in source.text
    }
    if not speaking:
        return Verdict(list(found))
    from wan22dsl.lint.policy import suppressions

    by_path: dict[str, list[Suppression]] = {}
    told: list[Diagnostic] = []
    for path, source in speaking.items():
        by_path[path], wrong = suppressions.read(source, known)
        told += wrong if path in linted else ()
    kept: list[Diagnostic] = []
    gone: list[Diagnostic] = []
    used: set[Suppression] = set()
    for finding in found:
        own = by_path.get(finding.span.source.path, ()) if finding.span is not None else ()
        meant = [each for each in own if each.covers(finding)]
        used.update(meant)
        (gone if meant else kept).append(finding)
    broken = {
        finding.span.source.path
        for finding in kept
        if finding.is_error and finding.span is not None
    }
    for path in linted:
        if path not in broken:  # with an error, not everything was looked for
            told += [
                suppressions.unused(suppression)
                for suppression in by_path.get(path, ())
                if suppression not in used
            ]
    errors = sum(finding.is_error for finding in gone)
    return Verdict(in_order([*kept, *told]), len(gone), errors)


def selected(found: Sequence[Diagnostic], layers: Layers) -> list[Diagnostic]:
    """The findings that the layers choose, with the severity that they say."""
    kept = []
    for finding in found:
        own = layers(finding.span.source.path if finding.span is not None else "")
        if is_selected(finding.code, finding.name, own):
            level = _level(finding, own)
            kept.append(finding if level is finding.severity else finding._replace(severity=level))
    return kept


def is_selected(code: str, name: str, layers: Sequence[Layer]) -> bool:
    """Whether a rule counts; a later layer overrides an earlier one."""
    counts = True
    for layer in layers:
        if layer.select:
            counts = selectors.matches(layer.select, code, name)
        if layer.ignore and selectors.matches(layer.ignore, code, name):
            counts = False
    return counts


def _level(finding: Diagnostic, layers: Sequence[Layer]) -> Severity:
    level = finding.severity
    for layer in layers:
        # Within a layer, an exact word outranks a prefix.
        for word, said in sorted(layer.severity, key=lambda pair: _exactness(pair[0], finding)):
            if selectors.matches((word,), finding.code, finding.name):
                level = Severity(said)
    return level


def _exactness(word: str, finding: Diagnostic) -> int:
    return 99 if word.lower() == finding.name else 0 if word.lower() == selectors.ALL else len(word)


def without(
    found: Sequence[Diagnostic], baseline_of: Callable[[Diagnostic], tuple[Baseline, str] | None]
) -> tuple[list[Diagnostic], int]:
    """The findings that no baseline has, and how many it had; it is given with the path it knows."""
    kept = []
    for finding in found:
        known = baseline_of(finding)
        if known is None or not known[0].takes(finding, known[1]):
            kept.append(finding)
    return kept, len(found) - len(kept)
