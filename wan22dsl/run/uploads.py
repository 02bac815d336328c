"""Which files may be uploaded: pictures, videos, sound and tensors of the project, and nothing else.

A cloned repository can name any file below its folder as an input. So a file is known by its first bytes,
not by its name, and nothing hidden is taken: `.git/config` and `.env` hold secrets.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from wan22dsl import disk
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.errors import UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A picture or a video for a conditioning is not larger.
MOST_BYTES = 2 * 1024**3

#: So much of a file tells its kind: packets of MPEG-TS are 188 bytes long, and three are looked at.
_HEAD_BYTES = 512

_ALL = frozenset({"picture", "video", "sound", "tensors"})

#: What loaders take, by the kind of their files. Those of videos play animated pictures too, and those of
#: sound take the sound of a video.
_TAKES = {
    "picture": frozenset({"picture"}),
    "video": frozenset({"video", "picture"}),
    "sound": frozenset({"sound", "video"}),
    "latent": frozenset({"tensors"}),
}

#: First bytes → kind.
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF87a", "picture"),
    (b"GIF89a", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "picture"),
    (b"\x76\x2f\x31\x01", "picture"),  # OpenEXR
    (b"#?RADIANCE\n", "picture"),
    (b"\x1aE\xdf\xa3", "video"),  # Matroska, WebM
    (b"\0\0\x01\xba", "video"),  # MPEG program stream
    (b"FLV\x01", "video"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video"),  # ASF
    (b"OggS", "sound"),
    (b"fLaC", "sound"),
    (b"ID3", "sound"),
)

#: Brands of ISO base media files that are pictures or sound; any other is a video.
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"), "picture"),
    **dict.fromkeys((b"M4A ", b"M4B "), "sound"),
}


def _taken(class_input: str) -> frozenset[str]:
    """The kinds that an input takes; all, where it is not known."""
    class_name, _, name = class_input.rpartition(".")
    loaded = record_of(class_name).file
    return _ALL if loaded is None or loaded.input != name else _TAKES.get(loaded.kind, _ALL)


OUTSIDE = "it is outside the folder of the .wan file"


class Rules(NamedTuple):
    """What may be uploaded. `folder` is that of the `.wan` file; None where there is none."""

    folder: Path | None
    most_bytes: int = MOST_BYTES


def reason_against(file: Path, written: str, class_input: str, rules: Rules) -> str | None:
    """Why a file is not uploaded; None where it may be.

    `file` is the file itself, behind all links, `written` what the `.wan` file says, and `class_input` the
    input that takes it, such as `LoadImage.image`.
    """
    parts = PurePosixPath(written.replace("\\", "/")).parts
    if rules.folder is not None:
        root = rules.folder.resolve()
        if not file.is_relative_to(root):
            return OUTSIDE
        parts += file.relative_to(root).parts
    if any(part.startswith(".") and part not in (".", "..") for part in parts):
        return "files and folders whose names start with a dot are never uploaded"
    try:
        with content(file, rules.most_bytes) as data:
            head = data.read(_HEAD_BYTES)
    except UnreadableFile as error:
        return f"it {error.reason}" if error.reason.startswith(("is ", "has ")) else error.reason
    takes = _taken(class_input)
    kind = kind_of(head)
    if kind in takes or not head:  # that a file is empty is said elsewhere
        return None
    wanted = " or ".join(sorted(takes))
    return f"its first bytes are those of {_named(kind)}, and `{class_input}` takes {wanted}"


def leads_out(written: str, rules: Rules) -> bool:
    """Whether a name that was not taken for a file of the project leads to one outside of it."""
    if rules.folder is None or written.replace("\\", "/").startswith("//"):
        return False
    try:
        path = rules.folder / written
        return path.is_file() and not path.resolve().is_relative_to(rules.folder.resolve())
    except (OSError, ValueError):  # no name that this system could have
        return False


def _named(kind: str | None) -> str:
    if kind is None:
        return "not an image, video, sound or tensor file"
    return kind if kind in ("sound", "tensors") else f"a {kind}"


@contextmanager
def content(file: Path, most_bytes: int = MOST_BYTES) -> Iterator[BinaryIO]:
    """The bytes of a file that is small enough. Raises UnreadableFile.

    What was checked before may have been replaced since: the path holds no link (it was resolved), so one
    that is there now is not followed, and what is opened is looked at again.
    """
    with disk.opened(str(file), file.as_posix(), follows_link=False) as data:
        size_bytes = os.fstat(data.fileno()).st_size
        if size_bytes > most_bytes:
            problem = f"has {size_bytes} bytes, and `--max-upload` allows {most_bytes}"
            raise UnreadableFile(file.as_posix(), problem)
        yield data


def kind_of(head: bytes) -> str | None:
    """Whether bytes begin a `picture`, a `video`, `sound` or `tensors`; None for anything else."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video")
    if head[4:8] in (b"moov", b"mdat", b"wide") and len(head) > 16:  # QuickTime of before 2001
        return "video"
    if head.startswith((b"RIFF", b"FORM")):
        forms = {b"WEBP": "picture", b"AVI ": "video", b"WAVE": "sound", b"AIFF": "sound"}
        return forms.get(head[8:12])
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "video"
    if head.startswith(b"BM") and head[6:10] == bytes(4) and head[14:18] in _BMP_HEADERS:
        return "picture"
    if _is_mpeg_audio(head):
        return "sound"
    return "tensors" if _is_safetensors(head) else None


#: The sizes of the headers that a BMP file may have.
_BMP_HEADERS = tuple(size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124))


def _is_mpeg_audio(head: bytes) -> bool:
    """MP3 and AAC (ADTS) without tags: eleven or twelve set bits, and no value that is reserved."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    layer = head[1] >> 1 & 3
    if layer == 3:  # layer I, which nobody uses, begins like a text in UTF-16
        return False
    if layer == 0:  # ADTS
        return head[1] & 0xF0 == 0xF0 and head[2] >> 2 & 15 < 13
    return head[1] >> 3 & 3 != 1 and head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3


def _is_safetensors(head: bytes) -> bool:
    """The length of a header in JSON, then that header; the format allows 100 MB for it."""
    return 2 <= int.from_bytes(head[:8], "little") <= 100_000_000 and head[8:9] == b"{"
