"""A Matroska file of H.264 frames, for the savers whose files end in `.webm` or `.mkv` (RFC 9559).

A real `.webm` holds VP9 or AV1, which cannot be written without an encoder; players go by the content.
"""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING

from wan22dsl.server.media import h264

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.server.media.cells import Clip

_WITHOUT_LACING_KEY, _WITHOUT_LACING = b"\x80", b"\0"


def video(clip: Clip, metadata: Mapping[str, str]) -> bytes:
    """The bytes of the file; one cluster for every 30 s, since a frame's time there has 16 bits."""
    per_cluster = max(1, int((clip.fps or 16) * 30))
    frames = [pack(">I", len(frame)) + frame for frame in h264.frames(clip)]
    clusters = b"".join(
        _cluster(clip, at, frames[at : at + per_cluster])
        for at in range(0, len(frames), per_cluster)
    )
    head = _element(
        "1A45DFA3",
        _number("4286", 1) + _number("42F7", 1) + _number("42F2", 4) + _number("42F3", 8)
        + _text("4282", "matroska") + _number("4287", 4) + _number("4285", 2),
    )  # fmt: skip
    return head + _element(
        "18538067", _info(clip, len(frames)) + _track(clip) + _tags(metadata) + clusters
    )


def _info(clip: Clip, frames: int) -> bytes:
    length = _element("4489", pack(">d", frames * 1000 / (clip.fps or 16)))
    names = _text("4D80", "wan22dsl, simulated") + _text("5741", "wan22dsl, simulated")
    return _element("1549A966", _number("2AD7B1", 1_000_000) + length + names)


def _track(clip: Clip) -> bytes:
    sequence, picture = h264.parameter_sets(clip)
    sets = (
        b"\xe1" + pack(">H", len(sequence)) + sequence + b"\1" + pack(">H", len(picture)) + picture
    )
    entry = (
        _number("D7", 1) + _number("73C5", 1) + _number("83", 1)
        + _number("23E383", round(1e9 / (clip.fps or 16))) + _text("86", "V_MPEG4/ISO/AVC")
        + _element("63A2", b"\1" + sequence[1:4] + b"\xff" + sets)
        + _element("E0", _number("B0", clip.width_px) + _number("BA", clip.height_px))
    )  # fmt: skip
    return _element("1654AE6B", _element("AE", entry))


def _cluster(clip: Clip, first: int, frames: list[bytes]) -> bytes:
    start_ms = round(first * 1000 / (clip.fps or 16))
    blocks = b""
    for number, frame in enumerate(frames, first):
        time = round(number * 1000 / (clip.fps or 16)) - start_ms
        flags = _WITHOUT_LACING_KEY if number == 0 else _WITHOUT_LACING
        blocks += _element("A3", b"\x81" + pack(">h", time) + flags + frame)
    return _element("1F43B675", _number("E7", start_ms) + blocks)


def _tags(metadata: Mapping[str, str]) -> bytes:
    tags = b"".join(
        _element("67C8", _text("45A3", name) + _text("4487", text))
        for name, text in metadata.items()
    )
    return _element("1254C367", _element("7373", _element("63C0", b"") + tags))


def _element(name: str, data: bytes) -> bytes:
    return bytes.fromhex(name) + pack(">Q", len(data) | 1 << 56) + data


def _number(name: str, value: int) -> bytes:
    return _element(name, value.to_bytes(max(1, -(-value.bit_length() // 8)), "big"))


def _text(name: str, text: str) -> bytes:
    return _element(name, text.encode())
