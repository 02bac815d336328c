"""Frames, one after the other: of a video, of a folder of pictures, or of an animated picture.

A file is hostile until it is read. Only regular files are opened, by what their first bytes name, so that no
playlist inside can name other files or addresses; a picture that claims more pixels than any video is refused
before it is unpacked; and no more than a few frames are in memory at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.quality.reading import pictures, video

if TYPE_CHECKING:
    from wan22dsl.quality.reading.clip import Clip

#: What Git has in place of a large file that was not fetched (git-lfs, docs/spec.md).
_LFS_POINTER = b"version https://git-lfs"

_OTHERS = (
    (b"ID3", "sound"),
    (b"fLaC", "sound"),
    (b"OggS", "sound"),
    (b"PK\3\4", "an archive"),
    (b"{", "JSON"),
)


#: Files that may hold a video; others of the outputs of a run do not.
ENDINGS = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".webp", ".gif", ".png", ".apng")


def open_clip(path: str | Path, *, fps: float | None = None) -> Clip:
    """What is at a path: a video, a picture, or a folder of pictures, for which `fps` is the rate.

    Raises UnreadableFile for everything else.
    """
    path = Path(path)
    if _is_folder(path):
        return pictures.of_folder(path, fps)
    shown = path.as_posix()
    with disk.opened(str(path), shown) as file:
        head = file.read(64)
    container = video.container_of(head)
    if container is not None:
        return video.of_file(path, container)
    if pictures.is_picture(head):
        return pictures.of_file(path, fps)
    raise UnreadableFile(shown, _other_kind(head))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False  # opening it says what is wrong


def _other_kind(head: bytes) -> str:
    """What a file is that begins like none of those that are read."""
    if not head:
        return "is empty"
    if head.startswith(_LFS_POINTER):
        return "is a Git LFS pointer; `git lfs pull` downloads the video"
    kind = next((kind for start, kind in _OTHERS if head.startswith(start)), None)
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        kind = "sound"
    if kind is None and _is_text(head):
        kind = "text"
    if kind is None:
        return "is not a video or a picture that can be read (MP4, MOV, WebM, MKV, AVI, WebP, GIF, PNG, JPEG)"
    return f"is {kind}, not a video"


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:  # the last character may be cut
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return all(sign.isprintable() or sign.isspace() for sign in text)
