"""PNG and animated PNG, with texts as ComfyUI embeds them (W3C PNG, third edition)."""

from __future__ import annotations

import zlib
from struct import pack
from typing import TYPE_CHECKING

from wan22dsl.server.media.cells import LETTER_GREEN, number_cells, number_part, picture, word_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.server.media.cells import Clip

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def image(clip: Clip, frame: int, metadata: Mapping[str, str]) -> bytes:
    """One frame as a PNG."""
    rows = picture(clip, word_cells(clip) | number_cells(clip, frame))
    return b"".join([*_head(clip, metadata), _chunk(b"IDAT", _packed(rows)), _chunk(b"IEND", b"")])


def animation(clip: Clip, metadata: Mapping[str, str]) -> bytes:
    """All frames as an animated PNG; after the first, only what changes."""
    rows = picture(clip, word_cells(clip) | number_cells(clip, 0))
    chunks = [*_head(clip, metadata), _chunk(b"acTL", pack(">2I", clip.frames, 0))]
    delay = pack(">2H2B", 100, round((clip.fps or 16) * 100), 0, 0)
    chunks.append(_chunk(b"fcTL", pack(">5I", 0, clip.width_px, len(rows), 0, 0) + delay))
    chunks.append(_chunk(b"IDAT", _packed(rows)))
    for frame in range(1, clip.frames):
        part, number = number_part(clip, frame), frame * 2 - 1
        size = len(part.rows[0]), len(part.rows)
        place = pack(">5I", number, *size, part.left_px, part.top_px)
        chunks.append(_chunk(b"fcTL", place + delay))
        chunks.append(_chunk(b"fdAT", pack(">I", number + 1) + _packed(part.rows)))
    return b"".join([*chunks, _chunk(b"IEND", b"")])


def _head(clip: Clip, metadata: Mapping[str, str]) -> list[bytes]:
    red, green, blue = clip.colour
    colours = bytes((red, green, blue, red, LETTER_GREEN, blue))
    return [
        SIGNATURE,
        _chunk(b"IHDR", pack(">2I5B", clip.width_px, clip.height_px, 8, 3, 0, 0, 0)),
        _chunk(b"PLTE", colours),
        *(_text(name, text) for name, text in metadata.items()),
    ]


def _text(name: str, text: str) -> bytes:
    """A text chunk; what Latin-1 cannot hold goes into the kind that is UTF-8."""
    key = name.encode("latin-1", "replace")[:79]
    try:
        return _chunk(b"tEXt", key + b"\0" + text.encode("latin-1"))
    except UnicodeEncodeError:
        return _chunk(b"iTXt", key + b"\0\0\0\0\0" + text.encode("utf-8"))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def _packed(rows: list[bytes]) -> bytes:
    return zlib.compress(b"".join(b"\0" + row for row in rows), 6)
