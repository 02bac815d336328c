"""Lines made of pieces that are coloured later, and how wide a string is on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.escapes import one_line, visible
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


TAB_CELLS = 4


class Laid(NamedTuple):
    """A line as it is shown: what stands for each character, and the cell where that begins.

    `starts` has one entry more than `pieces`: the cell behind the last one.
    """

    pieces: Sequence[str]
    starts: Sequence[int]


def clean(text: str) -> str:
    """The text with every control character made visible, so that it cannot drive the terminal."""
    return visible(text)


def lay_out(line: str) -> Laid:
    """A line with tabs as blanks and control characters made visible."""
    if line.isascii() and line.isprintable():
        return Laid(line, range(len(line) + 1))
    pieces: list[str] = []
    starts = [0]
    for item in line:
        at = starts[-1]
        piece = " " * (TAB_CELLS - at % TAB_CELLS) if item == "\t" else one_line(item)
        pieces.append(piece)
        starts.append(at + (len(piece) if len(piece) > 1 else _cells(piece)))
    return Laid(pieces, starts)


def _cells(text: str) -> int:
    if text.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(text) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(text) in ("W", "F") else 1


class Piece(NamedTuple):
    """A stretch of a line. `role` says what it is (`error`, `gutter`, `added`, …); empty: plain text."""

    text: str
    role: str = ""


Line = tuple[Piece, ...]


def line(*parts: str | Piece) -> Line:
    """A line of pieces; a bare text is a plain piece."""
    return tuple(Piece(part) if isinstance(part, str) else part for part in parts)


def plain(lines: Iterable[Line]) -> str:
    """The lines without colours, each with its line end; blanks at the end of a line are dropped.

    Nothing that a piece says can begin a line of its own.
    """
    return "".join(
        "".join(one_line(piece.text) for piece in line).rstrip() + "\n" for line in lines
    )
