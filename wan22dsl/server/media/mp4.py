"""An MP4 of H.264 frames, with the metadata where ComfyUI's own savers put it (ISO/IEC 14496-12, -15)."""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING

from wan22dsl.server.media import h264

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.server.media.cells import Clip

#: Ticks of a frame, so that 23.976 fps come out exactly.
_TICK = 1000
_MATRIX = pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def video(clip: Clip, metadata: Mapping[str, str]) -> bytes:
    """The bytes of the file."""
    samples = [pack(">I", len(frame)) + frame for frame in h264.frames(clip)]
    head = _box(b"ftyp", b"isom", pack(">I", 512), b"isomiso2avc1mp41")
    media = _box(b"mdat", *samples)
    index = _index(clip, samples, metadata, 0)
    # The index stands first, so that a player can begin before it has all; its length is known now.
    start = len(head) + len(index) + 8
    return head + _index(clip, samples, metadata, start) + media


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return _box(kind, pack(">I", flags), *parts)


def _index(clip: Clip, samples: list[bytes], metadata: Mapping[str, str], start: int) -> bytes:
    scale = round((clip.fps or 16) * _TICK)
    length = _TICK * len(samples)
    movie = pack(">4I", 0, 0, scale, length) + pack(">iH10x", 0x10000, 0x100)
    track = pack(">5I8x4H", 0, 0, 1, 0, length, 0, 0, 0, 0) + _MATRIX
    track += pack(">2I", clip.width_px << 16, clip.height_px << 16)
    tables = _box(
        b"stbl",
        _full(b"stsd", pack(">I", 1), _entry(clip)),
        _full(b"stts", pack(">3I", 1, len(samples), _TICK)),
        _full(b"stss", pack(">2I", 1, 1)),
        _full(b"stsc", pack(">4I", 1, 1, len(samples), 1)),
        _full(
            b"stsz", pack(">2I", 0, len(samples)), *(pack(">I", len(sample)) for sample in samples)
        ),
        _full(b"stco", pack(">2I", 1, start)),
    )
    source = _box(b"dinf", _full(b"dref", pack(">I", 1), _full(b"url ", flags=1)))
    return _box(
        b"moov",
        _full(b"mvhd", movie, _MATRIX, bytes(24), pack(">I", 2)),
        _box(
            b"trak",
            _full(b"tkhd", track, flags=3),
            _box(
                b"mdia",
                _full(b"mdhd", pack(">4I2H", 0, 0, scale, length, 0x55C4, 0)),
                _handler(b"vide", b"VideoHandler"),
                _box(b"minf", _full(b"vmhd", bytes(8), flags=1), source, tables),
            ),
        ),
        _metadata(metadata),
    )


def _handler(kind: bytes, name: bytes) -> bytes:
    return _full(b"hdlr", bytes(4), kind, bytes(12), name, b"\0")


def _entry(clip: Clip) -> bytes:
    sequence, picture = h264.parameter_sets(clip)
    sets = (
        b"\xe1" + pack(">H", len(sequence)) + sequence + b"\1" + pack(">H", len(picture)) + picture
    )
    return _box(
        b"avc1",
        bytes(6) + pack(">H", 1) + bytes(16) + pack(">2H", clip.width_px, clip.height_px),
        pack(">3IH", 0x480000, 0x480000, 0, 1)
        + b"\x09SIMULATED".ljust(32, b"\0")
        + pack(">Hh", 24, -1),
        _box(b"avcC", b"\1" + sequence[1:4] + b"\xff" + sets),
    )


def _metadata(metadata: Mapping[str, str]) -> bytes:
    """Names of one's own with their texts, as ffmpeg's `use_metadata_tags` writes them."""
    keys = [_box(b"mdta", name.encode()) for name in metadata]
    values = [
        _box(pack(">I", number), _box(b"data", pack(">2I", 1, 0), text.encode()))
        for number, text in enumerate(metadata.values(), 1)
    ]
    return _box(
        b"meta",
        _full(b"hdlr", bytes(4), b"mdta", bytes(12), b"\0"),
        _full(b"keys", pack(">I", len(keys)), *keys),
        _box(b"ilst", *values),
    )
