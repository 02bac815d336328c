"""Frames, rate and size of a video on this machine, from the head of its file.

PyAV (the extra `files`) reads it; without PyAV nothing is known of a video. The file is hostile until it
is read: only regular files are opened, only as the container that their first bytes name, so that no
playlist inside can name other files or addresses, and a head that claims more than it can hold is refused.
A damaged file has no facts, and says what is wrong with it.

MP4 and MOV: ISO/IEC 14496-12, the boxes `moov`, `trak`, `tkhd`, `stsz`.
"""

from __future__ import annotations

import stat
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

from wan22dsl import disk
from wan22dsl.comfyui.filenames import is_video
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.errors import UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: The command that installs what reads videos.
INSTALL = 'pip install "wan22dsl[files]"'

#: Files up to this size are read through to count their frames; of larger ones the head is believed.
_COUNTED_BYTES = 64 * 1024**2

#: No video for a diffusion model has more frames; a head that claims more is taken for damaged.
_MOST_FRAMES = 1_000_000

#: Boxes of an MP4 that are looked into, and how many of them at most.
_HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_MOST_BOXES = 2_000

#: What FFmpeg may read to find the streams, in bytes and in microseconds of video, and from where.
_OPTIONS = {"probesize": "2000000", "analyzeduration": "2000000", "protocol_whitelist": "pipe"}


def can_read_videos() -> bool:
    """Whether PyAV is installed; it is not imported for that."""
    from importlib.util import find_spec

    return find_spec("av") is not None


def is_readable(file: Path) -> bool:
    """Whether a file is none of those that only PyAV reads, or PyAV is there."""
    return not is_video(file.name) or can_read_videos()


class Video(NamedTuple):
    """What a file says of its video. `problem` is what is wrong with it; empty where nothing is known."""

    facts: Facts = NOTHING_KNOWN
    problem: str = ""


def video_facts(file: Path) -> Facts:
    """Frames, rate and size of the first video stream; what the file does not tell is not known."""
    return look_into(file).facts


def look_into(file: Path) -> Video:
    """What a file says of its video, and why it says nothing. Without PyAV nothing is known."""
    try:
        status = file.stat()
    except (OSError, ValueError):
        return Video()
    if not stat.S_ISREG(status.st_mode) or not can_read_videos():
        return Video()
    return _read(file, status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=64)
def _read(file: Path, changed_ns: int, size_bytes: int, inode: int) -> Video:
    try:
        with disk.opened(str(file)) as stream:
            head = stream.read(64)
            container = _container(head)
            if container is None:
                return Video(problem=_other_kind(head))
            turned, is_cut = False, False
            if container == "mov":
                turned = _look_through(stream, size_bytes)
                is_cut = _is_cut(stream, size_bytes)
            stream.seek(0)
            counts = size_bytes <= _COUNTED_BYTES
            found = _facts(stream, container, turned, counts)
            return found._replace(problem=_CUT) if is_cut else found
    except UnreadableFile as error:
        return Video(
            problem=f"it {error.reason}" if error.reason.startswith("is ") else error.reason
        )
    except Exception as error:  # whatever PyAV makes of a damaged file: nothing is known of it
        reason = getattr(error, "strerror", None)
        return Video(problem=f"it is damaged ({reason})" if reason else "it is damaged")


_CUT = "its end is missing"

#: First bytes of files that are no video, whatever their name says.
_OTHER_KINDS = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"ID3", "sound"),
    (b"fLaC", "sound"),
    (b"OggS", "sound"),
    (b"PK\3\4", "an archive"),
)

#: What Git has in place of a large file that was not fetched (git-lfs, docs/spec.md).
_LFS_POINTER = b"version https://git-lfs"


def _other_kind(head: bytes) -> str:
    """What a file is that begins like none of the containers that are read."""
    if not head:
        return "it is empty"
    if head.startswith(_LFS_POINTER):
        return "it is a Git LFS pointer; `git lfs pull` downloads the video"
    kind = next((kind for start, kind in _OTHER_KINDS if head.startswith(start)), None)
    if head.startswith(b"RIFF"):
        kind = {b"WEBP": "a picture", b"WAVE": "sound"}.get(head[8:12])
    return f"its first bytes are those of {kind or 'an unknown format'}"


def _container(head: bytes) -> str | None:
    """FFmpeg's name of the container that begins so."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    return "avi" if head.startswith(b"RIFF") and head[8:12] == b"AVI " else None


def _facts(stream: BinaryIO, container: str, turned: bool, counts: bool) -> Video:
    import av

    with av.open(stream, format=container, options=_OPTIONS) as file:
        if not file.streams.video:
            has = "only sound" if file.streams.audio else "no video"
            return Video(problem=f"it contains {has}")
        video = file.streams.video[0]
        frames = _counted(file, video) if counts else video.frames
        rate, width, height = video.average_rate, video.width, video.height
    if turned:
        width, height = height, width
    fps = float(f"{float(rate):.12g}") if rate else None  # as the language writes it
    found = Facts(
        frames=frames if 0 < frames <= _MOST_FRAMES else None,
        fps=fps if fps is not None and 0 < fps <= 1000 else None,
        width=width or None,
        height=height or None,
    )
    return Video(found, "it contains no frames" if counts and not frames else "")


def _counted(file: Any, video: Any) -> int:
    """The frames that would be shown: an edit list may hide some that the head counts."""
    count = 0
    for packet in file.demux(video):
        if packet.size and not packet.is_discard:
            count += 1
            if count > _MOST_FRAMES:
                break
    return count


def _look_through(stream: BinaryIO, size_bytes: int) -> bool:
    """Whether the picture of an MP4 is turned by a quarter. Raises ValueError where its head lies."""
    turned = False
    for seen, (kind, start) in enumerate(_boxes(stream, 0, size_bytes)):
        if seen > _MOST_BOXES:
            raise ValueError("too many boxes")
        if kind == b"tkhd" and not turned:
            turned = _is_turned(stream, start)
        elif kind == b"stsz":
            stream.seek(start + 8)
            if (
                int.from_bytes(stream.read(4), "big") > _MOST_FRAMES * 100
            ):  # of sound there are more
                raise ValueError("more samples than any file has")
    return turned


def _is_cut(stream: BinaryIO, size_bytes: int) -> bool:
    """Whether an MP4 ends before its last box does, as one that was not copied to its end."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > size_bytes:
            return at != size_bytes
        stream.seek(at)
        head = stream.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:
            return False  # the last box, up to the end, or something else
        at += length
    return False


def _boxes(stream: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    """The boxes between two places, with those inside them: kind, and where the content begins."""
    waiting = [(start, end)]
    while waiting:
        at, end = waiting.pop()
        while at + 8 <= end:
            stream.seek(at)
            head = stream.read(16)
            length, content = int.from_bytes(head[:4], "big"), at + 8
            if length == 1:
                length, content = int.from_bytes(head[8:16], "big"), at + 16
            last = end if length == 0 else min(at + length, end)
            if last < content:
                break
            kind = head[4:8]
            yield kind, content
            if kind in _HOLDERS:
                waiting += [(last, end), (content, last)]
                break
            at = last


def _is_turned(stream: BinaryIO, start: int) -> bool:
    """Whether the matrix of a track swaps width and height."""
    stream.seek(start)
    data = stream.read(96)
    at = 52 if data[:1] == b"\1" else 40
    matrix = [
        int.from_bytes(data[at + 4 * place : at + 4 * place + 4], "big") for place in range(5)
    ]
    return len(data) >= at + 20 and not matrix[0] and not matrix[4] and bool(matrix[1])
