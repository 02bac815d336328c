"""How wide a text is on a terminal, and what of it may be shown there.

A terminal gives a character one cell, two (most of Chinese, Japanese, Korean and the emoji) or none
(accents that combine with the letter before). Marks under a line have to count cells, not characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.escapes import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    for one in line:
        at = starts[-1]
        piece = " " * (TAB_CELLS - at % TAB_CELLS) if one == "\t" else one_line(one)
        pieces.append(piece)
        starts.append(at + (len(piece) if len(piece) > 1 else _cells(piece)))
    return Laid(pieces, starts)


def _cells(one: str) -> int:
    if one.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(one) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(one) in ("W", "F") else 1
