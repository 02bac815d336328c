"""Frames of a video, decoded by PyAV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.quality.reading.clip import Clip, Damage, Facts, Frame, checked_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What FFmpeg may read to find the streams, in bytes and in microseconds of video, and from where.
_OPTIONS = {"probesize": "2000000", "analyzeduration": "2000000", "protocol_whitelist": "pipe"}

#: A key of the tags that the simulated server writes (`server.media.reading.mark`).
_MARK = "simulated"


def container_of(head: bytes) -> str | None:
    """FFmpeg's name of the container that begins so; None where it is none that is read."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    return "avi" if head.startswith(b"RIFF") and head[8:12] == b"AVI " else None


def of_file(path: Path, container: str) -> Clip:
    """A video. Raises UnreadableFile where nothing of it can be decoded."""
    shown = path.as_posix()

    def read(damage: list[Damage]) -> Iterator[Frame]:
        with disk.opened(str(path), shown) as data:
            yield from _frames(shown, data, container, damage)

    with disk.opened(str(path), shown) as data:
        facts = _facts(shown, data, container)
    return Clip(facts, read)


def _open(shown: str, data: BinaryIO, container: str) -> Any:
    import av

    try:
        return av.open(data, format=container, options=_OPTIONS)
    except Exception as error:
        raise UnreadableFile(shown, f"is damaged ({_said(error)})") from error


def _facts(shown: str, data: BinaryIO, container: str) -> Facts:
    with _open(shown, data, container) as file:
        if not file.streams.video:
            has = "only sound" if file.streams.audio else "no video"
            raise UnreadableFile(shown, f"contains {has}")
        stream = file.streams.video[0]
        width, height = checked_size(shown, stream.width, stream.height)
        rate = stream.average_rate
        tags = {**file.metadata}
        codec = stream.codec_context.codec.name if stream.codec_context else "unknown"
    fps = float(f"{float(rate):.12g}") if rate else None
    is_drawing = _MARK in tags or any(f'"{_MARK}"' in text for text in tags.values())
    return Facts(
        name=shown.rpartition("/")[2],
        width_px=width,
        height_px=height,
        fps=fps if fps is not None and 0 < fps <= 1000 else None,
        codec=codec,
        is_drawing=is_drawing,
    )


def _frames(shown: str, data: BinaryIO, container: str, damage: list[Damage]) -> Iterator[Frame]:
    """The frames; what stops them after the first one is damage."""
    count = packets = 0
    expected, duration_s, last_s = None, None, None
    size = None
    with _open(shown, data, container) as file:
        stream = file.streams.video[0]
        expected = stream.frames or None
        duration_s = _seconds(stream.metadata.get("DURATION", ""))
        try:
            for packet in file.demux(stream):
                packets += 1 if packet.size else 0
                for frame in packet.decode():
                    if size is None:
                        size = checked_size(shown, frame.width, frame.height)
                    elif size != (frame.width, frame.height):
                        was, now = f"{size[0]}x{size[1]}", f"{frame.width}x{frame.height}"
                        damage.append(Damage(f"its size changes from {was} to {now}", expected))
                        return
                    count += 1
                    last_s = frame.time
                    yield Frame(frame.to_ndarray(format="rgb24"), frame.time)
        except (UnreadableFile, MemoryError, GeneratorExit):
            raise
        except Exception as error:  # the library raises whatever a damaged file makes it run into
            if not count:
                raise UnreadableFile(shown, f"is damaged ({_said(error)})") from error
            damage.append(Damage(_said(error), expected))
            return
    if not count:
        raise UnreadableFile(shown, "contains no frames")
    if expected is not None and packets < expected:
        damage.append(Damage("its end is missing", expected))
    elif duration_s and last_s is not None and last_s < 0.9 * duration_s - 0.5:
        damage.append(Damage("its end is missing"))


def _seconds(text: str) -> float | None:
    """Seconds of `00:00:05.062000000`, as Matroska has them."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return None


def _said(error: Exception) -> str:
    """What a library says, as a part of a sentence."""
    text = str(getattr(error, "strerror", None) or error) or type(error).__name__
    return text[:1].lower() + text[1:].rstrip(".")
