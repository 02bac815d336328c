"""Frames of videos as small pictures: the first, the middle one and the last.

A video is opened as bytes in a container that is known, so that nothing in it can name another file.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.report.results.contents import Picture
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

#: Which frames are shown of a video.
TITLES = ("first frame", "middle frame", "last frame")

#: FFmpeg's name of the container, by the ending of the file.
_CONTAINERS = {".mp4": "mov", ".mov": "mov", ".webm": "matroska", ".mkv": "matroska"}

#: 161 frames, interpolated to 4 times as many, are 644.
_MOST_FRAMES = 5_000

#: A frame of 16 million pixels takes 64 MB.
_MOST_PIXELS = 16_000_000

#: Three frames of 12 cells are about 500 kB.
_MOST_WIDTH_PX, _MOST_HEIGHT_PX = 240, 240
_QUALITY = 80


class Shown(NamedTuple):
    """The pictures of a video; none, and why, where it cannot be shown."""

    pictures: tuple[Picture, ...] = ()
    problem: str = ""


def is_video(name: str) -> bool:
    """Whether a file is called as a video that can be shown."""
    return _suffix(name) in _CONTAINERS


def of_video(file: Path, of: str) -> Shown:
    """The pictures of a video; `of` names it for those who cannot see them."""
    try:
        import av  # noqa: F401
        import PIL  # noqa: F401
    except ImportError:
        return Shown(problem='pictures need av and pillow: pip install "wan22dsl[report]"')
    try:
        with disk.opened(str(file)) as stream:
            try:
                frames = _chosen(stream, _CONTAINERS[_suffix(file.name)])
            except (
                Exception
            ):  # whatever PyAV makes of a damaged file, errors of the system among it
                return Shown(problem="the video is damaged")
    except UnreadableFile as error:
        return Shown(problem=error.reason)
    if not frames:
        return Shown(problem="the video has no frames that can be shown")
    return Shown(tuple(_picture(frame, f"{of}, {title}") for frame, title in zip(frames, TITLES)))


def _suffix(name: str) -> str:
    return name[name.rfind(".") :].lower()


def _chosen(stream: BinaryIO, container: str) -> list[Any]:
    """The three frames as pictures of Pillow: one reading counts, the other one keeps."""
    import av

    with av.open(stream, format=container) as file:
        if not file.streams.video:
            return []
        video = file.streams.video[0]
        if video.width * video.height > _MOST_PIXELS:
            return []
        count = sum(1 for packet in file.demux(video) if packet.size)
    if not 0 < count <= _MOST_FRAMES:
        return []
    stream.seek(0)
    wanted = {0: None, count // 2: None}
    last = None
    with av.open(stream, format=container) as file:
        for number, frame in enumerate(file.decode(video=0)):
            last = frame
            if number in wanted:
                wanted[number] = frame.to_image()
    if last is None:
        return []
    found = [image for image in wanted.values() if image is not None]
    return [*found, last.to_image()] if len(found) == 2 else [last.to_image()] * 3


def _picture(image: Any, alt: str) -> Picture:
    scale = min(_MOST_WIDTH_PX / image.width, _MOST_HEIGHT_PX / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    small = image.convert("RGB").resize(size)
    data = io.BytesIO()
    small.save(data, "JPEG", quality=_QUALITY, optimize=True)
    return Picture(alt, "image/jpeg", data.getvalue(), *size)
