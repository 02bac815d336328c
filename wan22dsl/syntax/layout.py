"""Values over several lines.

Every method that writes a value is a generator: where it would call another one, it yields it, and
`Layout.run` runs them all in one loop. So the depth of a value is no matter of Python's stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.syntax import words
from wan22dsl.syntax.flat import WIDTH, Flat, item_head, parameter_head, spaced, suffix
from wan22dsl.syntax.tree import (
    Attribute,
    Call,
    Chain,
    Group,
    Index,
    Let,
    List,
    Member,
    Parameter,
    Record,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.syntax.gaps import Gap, Gaps
    from wan22dsl.syntax.tree import Item

    Steps = Iterator[Any]

STEP = 4


class Layout:
    """Lines as they are written.

    `indent` is always the indentation of the line on which something begins, `tail` the number of
    characters that are to follow it on its last line.
    """

    def __init__(self, gaps: Gaps) -> None:
        self.gaps = gaps
        self.flat = Flat(gaps)
        self.lines: list[str] = []
        self.line = ""

    def run(self, steps: Steps) -> None:
        """Runs a method that writes, and those that it yields."""
        running = [steps]
        while running:
            step = next(running[-1], None)
            if step is None:
                running.pop()
            else:
                running.append(step)

    # --- lines ---

    def end_line(self) -> None:
        """Ends the line that is being written."""
        self.lines.append(self.line)
        self.line = ""

    def new_line(self, indent: int) -> None:
        """Begins another line."""
        self.end_line()
        self.line = " " * indent

    def blank_line(self) -> None:
        """A blank line behind the one that is being written."""
        self.end_line()

    def fits(self, line: str, tail: int) -> bool:
        """Whether this fits on the current line."""
        return len(self.line) + len(line) + tail <= WIDTH

    def comments(self, gap: Gap, indent: int) -> None:
        """The comments of a gap: one behind what is written, the others on lines of their own."""
        if gap.behind is not None:
            self.line += f" {gap.behind}"
        for _, comment in gap.lines:
            self.new_line(indent)
            self.line += comment

    # --- brackets ---

    def bracket(
        self, signs: str, items: Sequence[Any], start: int, end: int, indent: int, aligned: bool
    ) -> Steps:
        """Items one a line, between brackets that stand at `start` and before `end`."""
        self.line += signs[0]
        inner = indent + STEP
        pads = self.pads(items, inner) if aligned else {}
        last = start + 1
        for at, item in enumerate(items):
            self.gap(last, item.start, inner, first=at == 0)
            yield self.item(item, inner, pads.get(at, 0))
            last = item.end
        self.gap(last, end - 1, inner, first=not items, last=True)
        if items or self.gaps.hold_comment(start, end):
            self.new_line(indent)
        self.line += signs[1]

    def gap(self, start: int, end: int, indent: int, *, first: bool, last: bool = False) -> None:
        """Writes a gap between items and begins the line of the next, if there is one."""
        gap = self.gaps.between(start, end)
        if gap.behind is not None:
            self.line += f" {gap.behind}"
        for blank, comment in gap.lines:
            if blank and not first:
                self.end_line()
            first = False
            self.new_line(indent)
            self.line += comment
        ...

    def pads(self, items: Sequence[Any], indent: int) -> dict[int, int]:
        """How many spaces stand before `=`, for neighbouring settings of one line."""
        pads: dict[int, int] = {}
        return pads
