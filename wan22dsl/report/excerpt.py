"""A stretch of a text, shown: its lines with their numbers, and marks under the characters meant."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from wan22dsl.report.lines import Line, Piece, lay_out, line
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.source import Span

#: A stretch of more lines than this is shown by its first and its last.
WHOLE_LINES = 3
_CUT = "…"

#: So many times the room that there is are the characters looked at on either side of the first marked one.
#: More than are shown: some take no room.
_NEAR = 4


class Window(NamedTuple):
    """What of a line is shown; `at` and `length` are the cells of the marks under it."""

    text: str
    at: int
    length: int


def last_line(span: Span) -> int:
    """The last line in which a span has a character, or its only one."""
    end = span.end - 1 if span.end > span.start else span.end
    return span.source.position(end).line


def excerpt(span: Span, *, gutter: int, width: int, mark: str, role: str) -> list[Line]:
    """The lines of a span, its characters marked. `gutter` is the room for line numbers."""
    empty = " " * gutter
    lines = [line(Piece(f"{empty} |", "gutter"))]
    first, last = span.first.line, last_line(span)
    shortened = last - first >= WHOLE_LINES
    for number in (first, last) if shortened else range(first, last + 1):
        if shortened and number == last:
            lines.append(line(Piece(f"{empty} :", "gutter")))
        start, end = _columns(span, number)
        bounds = span.source.bounds(number)
        shown = near(span.source.text, *bounds, start, end, width - gutter - 3)
        marks = Piece(mark * shown.length, role)
        lines.append(line(Piece(f"{number:>{gutter}} | ", "gutter"), shown.text))
        lines.append(line(Piece(f"{empty} | ", "gutter"), " " * shown.at, marks))
    return lines


def _columns(span: Span, number: int) -> tuple[int, int]:
    """Which characters of a line belong to the span, counted from 0, `end` exclusive."""
    begin, stop = span.source.bounds(number)
    first, end = span.first, span.last
    if number == first.line:
        start = first.column - 1
    else:
        line = span.source.line(number)
        start = len(line) - len(line.lstrip())
    return start, end.column - 1 if number == end.line else stop - begin


def near(text: str, begin: int, stop: int, start: int, end: int, room: int) -> Window:
    """The window on the line from `begin` to `stop` of a text; `start` and `end` are counted in the line.

    Of a long line, as JSON without line ends is, only the characters near the first marked one are looked at.
    """
    reach = _NEAR * max(room, 1)
    left = max(begin, begin + start - reach)
    right = min(stop, begin + start + reach)
    shift = left - begin
    part = text[left:right]
    end = min(end - shift, len(part))
    return window(part, start - shift, end, room, before=left > begin, behind=right < stop)


def window(
    text: str, start: int, end: int, room: int, *, before: bool = False, behind: bool = False
) -> Window:
    """What of a line is shown in `room` cells when the characters from `start` to `end` are marked.

    A line that is too long is cut, so that the first marked characters and some before them stay. `before`
    and `behind` tell that the line has more than `text` there.
    """
    pieces, starts = lay_out(text)
    low = starts[min(start, len(pieces))]
    high = max(starts[min(end, len(pieces))], low + 1)
    if starts[-1] <= room and not before and not behind:
        return Window("".join(pieces), low, high - low)
    begin = min(low - room // 4, starts[-1] - room + len(_CUT))
    first = bisect_left(starts, begin) if begin > len(_CUT) else 0
    head = _CUT if first or before else ""
    left = starts[first] - len(head)
    last = bisect_right(starts, left + room - len(_CUT)) - 1
    if starts[-1] - left <= room - (len(_CUT) if behind else 0):
        last = len(pieces)
    tail = _CUT if last < len(pieces) or behind else ""
    shown = f"{head}{''.join(pieces[first:last])}{tail}"
    return Window(shown, low - left, min(high, starts[last]) - low or 1)
