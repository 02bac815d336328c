"""Whether fixes made a text better, and which of them are to blame where they did not."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

    What = tuple[str, str]

#: Errors that hide what a block, or a file that is used, has: an unknown kind, no body, no such file.
_HIDING = frozenset(("WAN204", "WAN213", "WAN215"))

#: Errors that are seen only when names are known, with fixes of their own: other notations, missing quotes;
#: and a setting of a pipeline that a pass turns out to have too.
_FOLLOWED = frozenset(("WAN139", "WAN148", "WAN422"))


class Worse(NamedTuple):
    """What was not fixed although it should have been, and which errors have come, each with how often."""

    stayed: Counter[What]
    come: Counter[What]

    def __bool__(self) -> bool:
        return bool(self.stayed or self.come)


def compare(
    before: Iterable[Diagnostic], after: Sequence[Diagnostic], fixed: Sequence[Diagnostic]
) -> Worse:
    """What is worse than it should be: the fixed findings are gone, and no error has come.

    A text that can be read at last may have errors of meaning, which were there all the time; and some that
    the next round fixes.
    """
    before = list(before)
    earlier, now = Counter(map(_what, before)), Counter(map(_what, after))
    of_fixed = Counter(map(_what, fixed))
    stayed = Counter({what: now[what] - earlier[what] + count for what, count in of_fixed.items()})
    phase = min(map(_phase, fixed))
    errors = {
        _what(finding)
        for finding in after
        if finding.is_error and _phase(finding) <= phase and not _is_fixed_next(finding)
    }
    come = now - earlier
    were = Counter(_what(finding) for finding in before if finding.is_error)
    gone: Counter[str] = Counter()
    for (code, _), count in (were - of_fixed - now).items():
        gone[code] += count
    worse: Counter[What] = Counter()
    for what in sorted(errors):
        same = min(come[what], gone[what[0]])  # the same error, which shows another name now
        gone[what[0]] -= same
        worse[what] = come[what] - same
    return Worse(+stayed, +worse)


def to_blame(
    worse: Worse,
    before: Iterable[Diagnostic],
    after: Iterable[Diagnostic],
    fixed: Sequence[Diagnostic],
    source: Source,
) -> set[int]:
    """The numbers of the fixes that are next to what is worse in `source`, the text with all of `fixed`."""
    places = _Places(fixed)
    starts: dict[What, list[int]] = {}
    for finding in after:
        if finding.span is not None and finding.span.source.path == source.path:
            starts.setdefault(_what(finding), []).append(finding.span.start)
    known = {(_what(one), places.moved(one.span.start)) for one in before if one.span is not None}
    bad: set[int] = set()
    for what in worse.come:
        there = starts.get(what, [])
        new = [start for start in there if (what, start) not in known]
        bad.update(places.nearest(start) for start in new or there)
    for what, count in worse.stayed.items():
        distances = sorted(
            (_distance(starts[what], places.moved(finding.span.start)), number)
            for number, finding in enumerate(fixed)
            if _what(finding) == what and finding.span is not None and what in starts
        )
        bad.update(number for _, number in distances[:count])
    return bad


def _distance(starts: list[int], place: int) -> int:
    """How far it is from a place to the nearest of `starts`, which are in order."""
    at = bisect_left(starts, place)
    return min(abs(start - place) for start in starts[max(at - 1, 0) : at + 1])


class _Places:
    """Where fixes come to be in the text with all of them."""

    def __init__(self, fixed: Sequence[Diagnostic]) -> None:
        edits = sorted(
            (edit.span.start, edit.span.end, len(edit.text), number)
            for number, finding in enumerate(fixed)
            if finding.fix is not None
            for edit in finding.fix.edits
        )
        self._before: list[int] = []
        self._shifts = [0]
        self._fixes: list[tuple[int, int, int]] = []
        for start, end, length, number in edits:
            new = start + self._shifts[-1]
            self._before.append(start)
            self._fixes.append((new, new + length, number))
            self._shifts.append(self._shifts[-1] + length - (end - start))

    def moved(self, offset: int) -> int:
        """Where what was at an offset is now."""
        return offset + self._shifts[bisect_left(self._before, offset)]

    def nearest(self, offset: int) -> int:
        """The number of the fix nearest to an offset of the new text."""
        at = bisect_left(self._fixes, (offset + 1,))
        near = self._fixes[max(at - 1, 0) : at + 1]
        return min(near, key=lambda fix: max(fix[0] - offset, offset - fix[1], 0))[2]


def _what(finding: Diagnostic) -> What:
    return finding.code, finding.message


def _is_fixed_next(finding: Diagnostic) -> bool:
    return finding.code in _FOLLOWED and finding.fix is not None


def _phase(finding: Diagnostic) -> float:
    """When a finding is made: what cannot be read hides what comes later. All rules are one phase."""
    if finding.code.startswith("WAN55"):
        return 1  # JSON that is no graph
    if finding.code in _HIDING:
        return 1.5
    return min(int(finding.code[3]), 5) or 5
