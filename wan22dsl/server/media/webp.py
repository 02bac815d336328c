"""Animated WebP without loss: one bit a pixel, since a letter differs from the ground in green only.

RFC 9649, the container and VP8L: prefix codes of two symbols for green and of one for all else.
"""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING

from wan22dsl.server.media.cells import (
    LETTER_GREEN,
    number_cells,
    number_part,
    picture,
    word_cells,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.server.media.cells import Clip

_HAS_EXIF, _HAS_ANIMATION = 0x08, 0x02
_MODEL_TAG, _MAKE_TAG = 0x0110, 0x010F


def animation(clip: Clip, metadata: Mapping[str, str]) -> bytes:
    """The bytes of the file. `prompt` of the metadata goes where ComfyUI puts it: EXIF's camera model."""
    size = _three(clip.width_px - 1) + _three(clip.height_px - 1)
    rows = picture(clip, word_cells(clip) | number_cells(clip, 0))
    chunks = [
        _chunk(b"VP8X", bytes([_HAS_ANIMATION | _HAS_EXIF, 0, 0, 0]) + size),
        _chunk(b"ANIM", bytes(6)),
        _frame(clip, 0, 0, rows),
    ]
    for number in range(1, clip.frames):
        part = number_part(clip, number)
        chunks.append(_frame(clip, part.left_px, part.top_px, part.rows))
    chunks.append(_chunk(b"EXIF", _exif(metadata)))
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + pack("<I", len(body)) + body


def _frame(clip: Clip, left: int, top: int, rows: list[bytes]) -> bytes:
    size = _three(len(rows[0]) - 1) + _three(len(rows) - 1)
    duration = _three(round(1000 / (clip.fps or 16)))
    head = _three(left // 2) + _three(top // 2) + size + duration + b"\2"
    return _chunk(b"ANMF", head + _chunk(b"VP8L", _lossless(clip, rows)))


def _lossless(clip: Clip, rows: list[bytes]) -> bytes:
    red, green, blue = clip.colour
    fields = [
        (0x2F, 8), (len(rows[0]) - 1, 14), (len(rows) - 1, 14), (0, 1), (0, 3),
        (0, 1), (0, 1), (0, 1),  # no transform, no cache of colours, one group of codes
        (1, 1), (1, 1), (1, 1), (green, 8), (LETTER_GREEN, 8),
        *_single(red), *_single(blue), *_single(255), *_single(0),
    ]  # fmt: skip
    value, length = 0, 0
    for number, bits in fields:
        value |= number << length
        length += bits
    # A pixel is one bit, and bits are filled from the lowest: the number is written backwards.
    pixels = b"".join(rows)[::-1].translate(b"01" + bytes(254))
    value |= int(pixels, 2) << length
    return value.to_bytes(-(-(length + len(pixels)) // 8), "little")


def _single(symbol: int) -> list[tuple[int, int]]:
    """A prefix code with one symbol, which takes no bits."""
    return [(1, 1), (0, 1), (1, 1), (symbol, 8)]


def _exif(metadata: Mapping[str, str]) -> bytes:
    """A TIFF directory of texts: `prompt:{…}` in the tag of the model, the others below its maker's."""
    tags = {}
    free = _MAKE_TAG
    for name, text in metadata.items():
        if name == "prompt":
            tags[_MODEL_TAG] = f"{name}:{text}"
        else:
            tags[free] = f"{name}:{text}"
            free -= 1
    entries, texts = b"", b""
    start = 8 + 2 + 12 * len(tags) + 4
    for tag in sorted(tags):
        data = tags[tag].encode() + b"\0"
        # Up to four bytes would stand in the entry itself; no text of ours is so short.
        entries += pack("<2H2I", tag, 2, len(data), start + len(texts))
        texts += data
    return b"II*\0" + pack("<IH", 8, len(tags)) + entries + bytes(4) + texts


def _three(value: int) -> bytes:
    return value.to_bytes(3, "little")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
