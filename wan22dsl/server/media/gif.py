"""Animated GIF 89a: of its compression only codes of eight bits are used, the pixels themselves."""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING

from wan22dsl.server.media.cells import LETTER_GREEN, number_cells, number_part, picture, word_cells

if TYPE_CHECKING:
    from wan22dsl.server.media.cells import Clip

_CLEAR, _END = b"\x80", b"\x81"
#: After so many codes a decoder would go over to nine bits; it is told to forget them before.
_CODES = 126


def animation(clip: Clip) -> bytes:
    """The bytes of the file, which plays for ever."""
    red, green, blue = clip.colour
    colours = bytes((red, green, blue, red, LETTER_GREEN, blue)).ljust(128 * 3, b"\0")
    head = b"GIF89a" + pack("<2H3B", clip.width_px, clip.height_px, 0xF6, 0, 0) + colours
    parts = [head, b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"]
    rows = picture(clip, word_cells(clip) | number_cells(clip, 0))
    parts.append(_frame(clip, 0, 0, rows))
    for number in range(1, clip.frames):
        part = number_part(clip, number)
        parts.append(_frame(clip, part.left_px, part.top_px, part.rows))
    return b"".join([*parts, b";"])


def _frame(clip: Clip, left: int, top: int, rows: list[bytes]) -> bytes:
    pixels = b"".join(rows)
    codes = b"".join(_CLEAR + pixels[at : at + _CODES] for at in range(0, len(pixels), _CODES))
    codes += _END
    blocks = b"".join(
        bytes([len(block)]) + block
        for block in (codes[at : at + 255] for at in range(0, len(codes), 255))
    )
    delay = pack("<H", round(100 / (clip.fps or 16)))
    control = b"\x21\xf9\x04\x04" + delay + b"\0\0"
    place = b"," + pack("<4HB", left, top, len(rows[0]), len(rows), 0)
    return control + place + b"\7" + blocks + b"\0"
