"""From one text to another in few and small edits, so that an editor keeps its cursors, folds and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.source import Source

#: Of more lines that differ, all are replaced at once: to compare them takes time by their square.
_MOST_LINES = 1_000


def edits_to(source: Source, text: str) -> tuple[Edit, ...]:
    """The edits that make a text of a source, in order; none where it is the same."""
    before, after = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    first = _same(before, after)
    behind = _same(before[first:][::-1], after[first:][::-1])
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    found = []
    for a, b, c, d in _blocks(
        before[first : len(before) - behind], after[first : len(after) - behind]
    ):
        start, end = starts[first + a], starts[first + b]
        found.append(_narrowed(source, start, end, "".join(after[first + c : first + d])))
    return tuple(found)


def _same(before: Sequence[str], after: Sequence[str]) -> int:
    """How many are the same at the start."""
    count = 0
    for one, other in zip(before, after):
        if one != other:
            break
        count += 1
    return count


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The lines that differ, each time from where to where in both."""
    if not before and not after:
        return
    if max(len(before), len(after)) > _MOST_LINES:
        yield 0, len(before), 0, len(after)
        return
    from difflib import SequenceMatcher

    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        if b - a == d - c:  # line by line, so that what is between two changes stays
            yield from ((a + n, a + n + 1, c + n, c + n + 1) for n in range(b - a))
        else:
            yield a, b, c, d


def _narrowed(source: Source, start: int, end: int, text: str) -> Edit:
    """An edit without what is the same at its start and at its end."""
    old = source.text[start:end]
    head = _same(old, text)
    tail = _same(old[head:][::-1], text[head:][::-1])
    return Edit(Span(source, start + head, end - tail), text[head : len(text) - tail])
