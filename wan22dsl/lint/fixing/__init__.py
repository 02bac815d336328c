"""Puts the fixes of findings into a text, round after round, until there is nothing left to fix.

A fix that is safe means what was meant. One that is not (`unsafe`) changes the video, or is a guess, and is
made only when it is asked for. Knows nothing of what a text means: `judge` says what is wrong with it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import in_order
from wan22dsl.lint.fixing.blame import compare, to_blame
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic, Edit

    Judge = Callable[[Source], Sequence[Diagnostic]]

#: A text that is not at rest after so many rounds is left as it was.
MOST_ROUNDS = 200

#: So often the fixes that are to blame are left out, before fewer fixes are tried together.
_MOST_BLAMED = 8
_MOST_BLAMED_OF_PART = 4

#: So many fixes are tried half by half, down to each alone; of more, parts of so many.
_MOST_HALVED = 48
_PART = 24

_BOM = "\ufeff"


class Fixed(NamedTuple):
    """A text with its fixes: `text` has the byte-order mark and the line ends that `before` had.

    `applied` are the findings that were fixed, in the order in which that was done, and `left` is what
    is to be said of the new text.
    """

    before: str
    text: str
    applied: tuple[Diagnostic, ...]
    left: list[Diagnostic]

    @property
    def changes(self) -> bool:
        """Whether anything was fixed."""
        return self.text != self.before


class _Round(NamedTuple):
    """A text on the way, with what is to be said of it."""

    raw: str
    source: Source
    found: list[Diagnostic]


def fix(
    text: str, judge: Judge, *, path: str = "<text>", file: Path | None = None, unsafe: bool = False
) -> Fixed:
    """The text with all its fixes, each of which does away with its finding and makes no new error.

    `text` is that of the whole file, as it was decoded. Where fixes overlap, the first in the text wins,
    and the others get their turn in the next round. Done twice, the second time changes nothing.
    """

    def judged(raw: str) -> _Round:
        source = Source(raw, path, file)
        return _Round(raw, source, in_order(judge(source)))

    at = first = judged(text)
    rounds = {text: at}
    applied: list[Diagnostic] = []
    while len(rounds) <= MOST_ROUNDS:
        kept, better = _next(at, judged, unsafe=unsafe)
        if not kept:
            return Fixed(text, at.raw, tuple(applied), at_rest(at.found, unsafe=unsafe))
        applied += kept
        at = better
        if at.raw in rounds:  # fixes that undo each other: every start in the circle ends alike
            circle = list(rounds)[list(rounds).index(at.raw) :]
            end = rounds[min(circle)]
            left = at_rest(end.found, unsafe=unsafe)
            return Fixed(text, end.raw, tuple(applied) if end.raw != text else (), left)
        rounds[at.raw] = at
    return Fixed(text, text, (), at_rest(first.found, unsafe=unsafe))


def _next(
    at: _Round, judged: Callable[[str], _Round], *, unsafe: bool
) -> tuple[list[Diagnostic], _Round]:
    """The fixes of one round: where none can be kept, those have their turn that were in their way."""
    waiting = at.found
    while batch := candidates(waiting, at.source, unsafe=unsafe):
        kept, better = _kept(at, batch, judged)
        if kept:
            return kept, better
        tried = set(map(id, batch))
        waiting = [finding for finding in waiting if id(finding) not in tried]
    return [], at


def at_rest(found: Iterable[Diagnostic], *, unsafe: bool = False) -> list[Diagnostic]:
    """The findings of a text in which nothing is left to fix: a fix that did not help is not offered."""
    return [
        finding._replace(fix=None) if is_fixable(finding, unsafe=unsafe) else finding
        for finding in found
    ]


def candidates(
    found: Iterable[Diagnostic], source: Source, *, unsafe: bool = False
) -> list[Diagnostic]:
    """The findings that can be fixed in one go: in this text, and no two fixes in each other's way."""
    taken: list[Edit] = []
    chosen = []
    for finding in found:
        if is_fixable(finding, source, unsafe=unsafe):
            assert finding.fix is not None
            if not any(_meet(edit, other) for edit in finding.fix.edits for other in taken):
                taken += finding.fix.edits
                chosen.append(finding)
    return chosen


def is_fixable(finding: Diagnostic, source: Source | None = None, *, unsafe: bool = False) -> bool:
    """Whether a finding has a fix that may be made, all of it in `source` where that is given."""
    if finding.fix is None or not (finding.fix.safe or unsafe):
        return False
    return source is None or all(edit.span.source.path == source.path for edit in finding.fix.edits)


def fixable_files(findings: Iterable[Diagnostic], *, unsafe: bool = False) -> set[str]:
    """The paths of the files that fixes change, those whose whole fix is in one file."""
    found = set()
    for finding in findings:
        if finding.fix is not None and is_fixable(finding, unsafe=unsafe):
            paths = {edit.span.source.path for edit in finding.fix.edits}
            found |= paths if len(paths) == 1 else set()
    return found


def _kept(
    at: _Round, batch: list[Diagnostic], judged: Callable[[str], _Round]
) -> tuple[list[Diagnostic], _Round]:
    """As many of the fixes as can be kept together, and the text with them.

    Where all of them together are not better, those that are to blame are left out. Where that leaves none,
    a few are tried half by half, so that a fix that helps only alone is found too. Of many, parts are
    tried: what that misses stays, since to try each alone takes too long.
    """
    kept, best = _without_blamed(at, [], batch, judged, _MOST_BLAMED)
    if kept:
        return kept, best
    if len(batch) > _MOST_HALVED:
        for start in range(0, len(batch), _PART):
            part = batch[start : start + _PART]
            more, after = _without_blamed(at, kept, part, judged, _MOST_BLAMED_OF_PART)
            kept, best = (more, after) if more else (kept, best)
        return kept, best
    halves = deque(_halves(batch))
    while halves:
        half = halves.popleft()
        more, after = _without_blamed(at, kept, half, judged, 1)
        kept, best = (more, after) if more else (kept, best)
        halves += () if more else _halves(half)
    return kept, best


def _without_blamed(
    at: _Round,
    kept: list[Diagnostic],
    batch: list[Diagnostic],
    judged: Callable[[str], _Round],
    most: int,
) -> tuple[list[Diagnostic], _Round]:
    """The fixes that are kept already, and those of more that help together with them; none if none does."""
    for _ in range(most):
        if not batch:
            break
        together = in_order([*kept, *batch])
        after = _with_fixes(at, together, judged)
        worse = compare(at.found, after.found, together)
        if after is not at and not worse:
            return together, after
        numbers = to_blame(worse, at.found, after.found, together, after.source)
        bad = {id(together[number]) for number in numbers}
        rest = [finding for finding in batch if id(finding) not in bad]
        if len(rest) == len(batch):
            break
        batch = rest
    return [], at


def _halves(batch: list[Diagnostic]) -> list[list[Diagnostic]]:
    middle = len(batch) // 2
    return [batch[:middle], batch[middle:]] if middle else []


def _with_fixes(at: _Round, fixed: Iterable[Diagnostic], judged: Callable[[str], _Round]) -> _Round:
    raw = with_edits(
        at.raw, [edit for finding in fixed if finding.fix is not None for edit in finding.fix.edits]
    )
    return at if raw == at.raw else judged(raw)


def _meet(edit: Edit, other: Edit) -> bool:
    a, b = edit.span, other.span
    return a.start == b.start or (a.start < b.end and b.start < a.end)


def with_edits(raw: str, edits: Iterable[Edit]) -> str:
    """A text with edits made, whose places were counted without byte-order mark and carriage returns."""
    head = len(_BOM) if raw.startswith(_BOM) else 0
    returns = [item.start() - head - n for n, item in enumerate(re.finditer("\r\n", raw))]
    line_end = "\r\n" if returns else "\n"
    done: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        start, end = (
            head + offset + bisect_left(returns, offset)
            for offset in (edit.span.start, edit.span.end)
        )
        done += (raw[at:start], edit.text.replace("\n", line_end))
        at = end
    return "".join((*done, raw[at:]))
