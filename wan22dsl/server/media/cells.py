"""A clip of a plain colour with `SIMULATED` on it and the number of each frame, as cells of 16x16 pixels.

A cell is 256 bytes, 0 for the ground and 1 for a letter. That is the macroblock of H.264, so that
a video needs no transform, no motion, and no encoder.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

CELL = 16

Cells = dict[tuple[int, int], bytes]

#: Letters of 5x7 dots, seven rows each, the leftmost dot being 16.
_LETTERS = {
    "A": (14, 17, 17, 31, 17, 17, 17), "D": (30, 17, 17, 17, 17, 17, 30),
    "E": (31, 16, 16, 30, 16, 16, 31), "I": (14, 4, 4, 4, 4, 4, 14),
    "L": (16, 16, 16, 16, 16, 16, 31), "M": (17, 27, 21, 21, 17, 17, 17),
    "S": (15, 16, 16, 14, 1, 1, 30), "T": (31, 4, 4, 4, 4, 4, 4),
    "U": (17, 17, 17, 17, 17, 17, 14), "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14), "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14), "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14), "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8), "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12), "/": (1, 1, 2, 4, 8, 16, 16),
}  # fmt: skip

WORD = "SIMULATED"


class Clip(NamedTuple):
    """What is to be drawn. `digest` gives the colour, so that other work looks other."""

    width_px: int
    height_px: int
    frames: int
    fps: float
    digest: str

    @property
    def columns(self) -> int:
        return -(-self.width_px // CELL)

    @property
    def rows(self) -> int:
        return -(-self.height_px // CELL)

    @property
    def colour(self) -> tuple[int, int, int]:
        """Red, green and blue of the ground: dark enough for light letters."""
        seed = int(self.digest[:6] or "0", 16)
        red, green, blue = ((seed >> shift & 255) // 3 + 30 for shift in (16, 8, 0))
        return red, green, blue


#: A letter's colour differs from the ground in green alone, which keeps some formats simple.
LETTER_GREEN = 250


def word_cells(clip: Clip) -> Cells:
    """The letters that stand still, in lines as long as the picture is wide."""
    size = max(1, clip.columns // (len(WORD) + 3))
    per_line = max(1, clip.columns // size)
    lines = [WORD[at : at + per_line] for at in range(0, len(WORD), per_line)]
    top = max(0, (clip.rows - size * (len(lines) + 1)) // 2)
    cells: Cells = {}
    for number, line in enumerate(lines):
        left = (clip.columns - size * len(line)) // 2
        cells |= _line(line, left, top + number * size, size)
    return _within(cells, clip)


def number_cells(clip: Clip, frame: int) -> Cells:
    """The number of a frame, counted from one, in the lower left corner, as `12/81`."""
    text = f"{frame + 1:>{len(str(clip.frames))}}/{clip.frames}"
    size = 2 if clip.columns >= 40 else 1
    return _within(_line(text, 0, clip.rows - size, size), clip)


def _within(cells: Cells, clip: Clip) -> Cells:
    return {
        (column, row): cell
        for (column, row), cell in cells.items()
        if 0 <= column < clip.columns and 0 <= row < clip.rows
    }


@cache
def _letter(letter: str, size: int) -> tuple[tuple[int, int, bytes], ...]:
    """A letter as cells, each with its column and row."""
    rows = _rows(_LETTERS.get(letter, (0,) * 7), size)
    found = []
    for row in range(size):
        for column in range(size):
            part = slice(column * CELL, (column + 1) * CELL)
            lines = rows[row * CELL : (row + 1) * CELL]
            found.append((column, row, b"".join(line[part] for line in lines)))
    return tuple(found)


def _line(text: str, left: int, top: int, size: int) -> Cells:
    found: Cells = {}
    for number, letter in enumerate(text):
        for column, row, cell in _letter(letter, size):
            found[left + number * size + column, top + row] = cell
    return found


def _rows(dots: tuple[int, ...], size: int) -> list[bytes]:
    """A letter as rows of bytes, in the middle of a square of that many cells."""
    dot, side = 2 * size, CELL * size
    blank = bytes(side)
    rows = [blank] * (side - 7 * dot)
    for bits in dots:
        line = b"".join(bytes([bits >> 4 - place & 1]) * dot for place in range(5))
        rows += [(bytes(3 * size) + line).ljust(side, b"\0")] * dot
    return rows[size:] + rows[:size]


def picture(clip: Clip, cells: Cells) -> list[bytes]:
    """The rows of a whole picture, one byte a pixel: 0 the ground, 1 a letter."""
    rows: list[bytes] = []
    blank = bytes(clip.columns * CELL)
    for row in range(clip.rows):
        here = {column: cell for (column, at), cell in cells.items() if at == row}
        if not here:
            rows += [blank[: clip.width_px]] * CELL
            continue
        for line in range(CELL):
            pixels = bytearray(blank)
            for column, cell in here.items():
                at = column * CELL
                pixels[at : at + CELL] = cell[line * CELL : (line + 1) * CELL]
            rows.append(bytes(pixels[: clip.width_px]))
    return rows[: clip.height_px]


class Part(NamedTuple):
    """A rectangle of a picture, as far as it changes from frame to frame."""

    left_px: int
    top_px: int
    rows: list[bytes]


def number_part(clip: Clip, frame: int) -> Part:
    """The rectangle with the number of a frame in it; no larger than the picture."""
    cells = number_cells(clip, frame)
    columns = max((column for column, _ in cells), default=0) + 1
    top = min((row for _, row in cells), default=clip.rows - 1)
    width, top_px = min(columns * CELL, clip.width_px), top * CELL
    return Part(0, top_px, [row[:width] for row in picture(clip, cells)[top_px:]])
