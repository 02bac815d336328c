"""How wide a text is on a terminal, and what of it may be shown there.

A terminal gives a character one cell, two (most of Chinese, Japanese, Korean and the emoji) or none
(accents that combine with the letter before). Marks under a line have to count cells, not characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

TAB_CELLS = 4

#: Signs that turn the direction of writing round: with them a line can be made to look like another.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Laid(NamedTuple):
    """A line as it is shown: what stands for each character, and the cell where that begins.

    `starts` has one entry more than `pieces`: the cell behind the last one.
    """

    pieces: Sequence[str]
    starts: Sequence[int]


def clean(text: str) -> str:
    """The text with every control character made visible, so that it cannot drive the terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if one in "\n\t" else _visible(one) for one in text)


def lay_out(line: str) -> Laid:
    """A line with tabs as blanks and control characters made visible."""
    if line.isascii() and line.isprintable():
        return Laid(line, range(len(line) + 1))
    pieces: list[str] = []
    starts = [0]
    for one in line:
        at = starts[-1]
        piece = " " * (TAB_CELLS - at % TAB_CELLS) if one == "\t" else _visible(one)
        pieces.append(piece)
        starts.append(at + (len(piece) if one == "\t" else _cells(piece)))
    return Laid(pieces, starts)


def _visible(one: str) -> str:
    code = ord(one)
    if code < 0x20:
        return chr(0x2400 + code)  # Unicode has a picture for each: ␀ ␁ ␂ …
    if code == 0x7F:
        return "\u2421"
    unsafe = 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in (0x2028, 0x2029)
    return "\ufffd" if unsafe or one in _TURNING else one


def _cells(one: str) -> int:
    if one.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(one) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(one) in ("W", "F") else 1
