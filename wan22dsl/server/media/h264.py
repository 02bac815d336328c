"""H.264 by hand: the ground is predicted from its neighbours, letters are macroblocks of raw pixels.

The first frame is whole; every later one only brings the macroblocks with its number. Nothing of the
standard (ITU-T H.264) is needed but Baseline, CAVLC, one slice, no deblocking.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.server.media.cells import number_cells, word_cells

if TYPE_CHECKING:
    from wan22dsl.server.media.cells import Cells, Clip

_I_PCM = 25
#: A macroblock of the ground: Intra 16x16 by DC (3), chroma by DC (0), no change of the quantizer (0),
#: and no coefficients, which takes one bit beside neighbours that have none, and six beside full ones.
_GROUND = "00100" + "1" + "1" + "1"
_GROUND_BY_FULL = "00100" + "1" + "1" + "000011"
_I_IN_P = 5
_LETTER_LUMA = 235

#: Level → the most macroblocks of a frame (Table A-1).
_LEVELS = ((31, 3_600), (40, 8_192), (50, 22_080), (51, 36_864), (62, 139_264))


class Bits:
    """Bits, most significant first, with the Exp-Golomb codes of H.264."""

    def __init__(self) -> None:
        self._done: list[bytes] = []
        self._text: list[str] = []

    def put(self, value: int, count: int) -> Bits:
        self._text.append(f"{value:0{count}b}")
        return self

    def ue(self, *values: int) -> Bits:
        """Unsigned Exp-Golomb codes."""
        for value in values:
            code = f"{value + 1:b}"
            self._text.append("0" * (len(code) - 1) + code)
        return self

    def code(self, bits: str) -> None:
        """Bits that are known as such."""
        self._text.append(bits)

    def raw(self, data: bytes) -> None:
        """Whole bytes, after zeros up to the next one."""
        self._flush()
        self._done.append(data)

    def end(self) -> bytes:
        """All bytes: a one and zeros close them."""
        self._text.append("1")
        self._flush()
        return b"".join(self._done)

    def _flush(self) -> None:
        text = "".join(self._text)
        if text:
            size = -(-len(text) // 8)
            self._done.append(int(text.ljust(size * 8, "0"), 2).to_bytes(size, "big"))
        self._text.clear()


def unit(kind: int, data: bytes) -> bytes:
    """A NAL unit: within it no bytes may look like the beginning of another."""
    return bytes([kind]) + re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", data)


def parameter_sets(clip: Clip) -> tuple[bytes, bytes]:
    """The sequence and the picture parameter set."""
    blocks = clip.columns * clip.rows
    level = next((level for level, most in _LEVELS if blocks <= most), 62)
    sequence = Bits().put(66, 8).put(0xC0, 8).put(level, 8)
    sequence.ue(0, 4, 2, 1).put(0, 1).ue(clip.columns - 1, clip.rows - 1).put(0b11, 2)
    right = (clip.columns * 16 - clip.width_px) // 2
    bottom = (clip.rows * 16 - clip.height_px) // 2
    sequence.put(int(bool(right or bottom)), 1)
    if right or bottom:
        sequence.ue(0, right, 0, bottom)
    sequence.put(0, 1)
    picture = Bits().ue(0, 0).put(0, 2).ue(0, 0, 0).put(0, 3).ue(0, 0, 0).put(0b100, 3)
    return unit(0x67, sequence.end()), unit(0x68, picture.end())


def frames(clip: Clip) -> list[bytes]:
    """The NAL unit of each frame."""
    block = _Blocks(clip)
    found = [_first(clip, block)]
    for number in range(1, clip.frames):
        found.append(_later(clip, block, number))
    return found


class _Blocks:
    """Macroblocks of raw pixels in the clip's colours (BT.601, limited range)."""

    def __init__(self, clip: Clip) -> None:
        red, green, blue = clip.colour
        luma = round(16 + 0.257 * red + 0.504 * green + 0.098 * blue)
        self._lumas = bytes((luma, _LETTER_LUMA)) + bytes(254)
        cb = round(128 - 0.148 * red - 0.291 * green + 0.439 * blue)
        cr = round(128 + 0.439 * red - 0.368 * green - 0.071 * blue)
        self._chroma = bytes([cb]) * 64 + bytes([cr]) * 64

    def raw(self, cell: bytes) -> bytes:
        return cell.translate(self._lumas) + self._chroma


def _first(clip: Clip, block: _Blocks) -> bytes:
    cells = word_cells(clip) | number_cells(clip, 0)
    raw = _with_neighbours(clip, cells)
    bits = Bits().ue(0, 7, 0).put(0, 8).ue(0).put(0, 2).ue(0, 1)
    for row in range(clip.rows):
        for column in range(clip.columns):
            where = column, row
            if where in raw:
                bits.ue(_I_PCM).raw(block.raw(cells.get(where, bytes(256))))
                continue
            # No residual; the code for that depends on how much the neighbours have, and raw
            # macroblocks count as full.
            full = (column - 1, row) in raw or (column, row - 1) in raw
            bits.code(_GROUND_BY_FULL if full else _GROUND)
    return unit(0x65, bits.end())


def _with_neighbours(clip: Clip, cells: Cells) -> set[tuple[int, int]]:
    """The macroblocks that are sent raw: letters, what would be predicted from one, and the first."""
    raw = {(0, 0), *cells}
    raw |= {(column + 1, row) for column, row in cells}
    return raw | {(column, row + 1) for column, row in cells}


def _later(clip: Clip, block: _Blocks, number: int) -> bytes:
    bits = Bits().ue(0, 5, 0).put(number % 256, 8).put(0, 3).ue(0, 1)
    cells = sorted(
        (row * clip.columns + column, cell)
        for (column, row), cell in number_cells(clip, number).items()
    )
    before = 0
    for place, cell in cells:
        bits.ue(place - before, _I_IN_P + _I_PCM).raw(block.raw(cell))
        before = place + 1
    if before < clip.columns * clip.rows:
        bits.ue(clip.columns * clip.rows - before)
    return unit(0x41, bits.end())
