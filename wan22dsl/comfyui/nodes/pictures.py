"""The size of a picture on this machine, from the first bytes of its file: PNG and JPEG.

PNG: W3C, Portable Network Graphics, 11.2.1. JPEG: ITU-T T.81, B.2.2; its orientation: CIPA, Exif 2.32,
which ComfyUI's LoadImage turns the picture by.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

#: What is read of a file: more than the headers that cameras write, thumbnails left out.
_MOST_BYTES = 256 * 1024

_PNG = b"\x89PNG\r\n\x1a\n"
_TURNED = frozenset({5, 6, 7, 8})


def size_of(file: Path) -> tuple[int, int] | None:
    """Width and height in pixels, as they will be loaded; None where the file does not tell."""
    try:
        status = file.stat()
        return _read(file, status.st_mtime_ns, status.st_size)
    except (OSError, UnreadableFile):
        return None


@lru_cache(maxsize=256)
def _read(file: Path, changed_ns: int, size_bytes: int) -> tuple[int, int] | None:
    with disk.opened(str(file)) as stream:
        data = stream.read(_MOST_BYTES)
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and len(data) >= 24:
        return _number(data, 16, 4), _number(data, 20, 4)
    return _jpeg(data) if data.startswith(b"\xff\xd8") else None


def _number(data: bytes, at: int, count: int, order: str = "big") -> int:
    return int.from_bytes(data[at : at + count], "little" if order == "little" else "big")


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at, turned = 2, False
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], _number(data, at + 2, 2)
        if marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0":
            turned = _orientation(data[at + 10 : at + 2 + length]) in _TURNED
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = _number(data, at + 5, 2), _number(data, at + 7, 2)
            return (height, width) if turned else (width, height)
        at += 2 + max(length, 2)
    return None


def _orientation(exif: bytes) -> int:
    """The tag 0x0112 of the first directory; 1 where there is none."""
    order = "little" if exif[:2] == b"II" else "big"
    start = _number(exif, 4, 4, order)
    for entry in range(_number(exif, start, 2, order)):
        at = start + 2 + 12 * entry
        if at + 10 > len(exif):
            break
        if _number(exif, at, 2, order) == 0x0112:
            return _number(exif, at + 8, 2, order)
    return 1
