"""What is between two nodes of a file and is in no tree: comments, blank lines, brackets."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.language.syntax.tree import File


class Gap(NamedTuple):
    """The comments of a gap, and where it has blank lines."""

    behind: str | None  # a comment on the line of what is before the gap
    lines: list[
        tuple[bool, str]
    ]  # comments on lines of their own; whether a blank line comes before
    blank: bool  # whether a blank line comes before what is behind the gap


class Gaps:
    """The gaps of one file."""

    def __init__(self, file: File) -> None:
        self._text = file.source.text
        self._comments = file.comments
        self._starts = [start for start, _ in file.comments]

    def hold_comment(self, start: int, end: int) -> bool:
        """Whether there is a comment in a stretch of the file."""
        at = bisect_left(self._starts, start)
        return at < len(self._starts) and self._starts[at] < end

    def between(self, start: int, end: int) -> Gap:
        """The gap between two places."""
        text, behind = self._text, None
        lines: list[tuple[bool, str]] = []
        last = start
        for at in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            first, stop = self._comments[at]
            comment = text[first:stop].rstrip(" \t")
            ends = text.count("\n", last, first)
            if ends == 0:
                behind = comment
            else:
                lines.append((ends > 1, comment))
            last = stop
        return Gap(behind, lines, text.count("\n", last, end) > 1)

    def find(self, sign: str, start: int) -> int:
        """Where a bracket is, looking from `start` on and not into comments."""
        at = self._text.index(sign, start)
        while True:
            comment = bisect_left(self._starts, at) - 1
            if comment < 0 or self._comments[comment][1] <= at:
                return at
            at = self._text.index(sign, self._comments[comment][1])
