"""Whether a file is whole, told from its own structure. What is not known is taken as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

#: A video that is written in pieces has two boxes for each; an hour of them has fewer than this.
_MOST_BOXES = 200_000


def damage(file: Path) -> str | None:
    """What is wrong with a file; None where nothing is, or where its kind is not known."""
    size = file.stat().st_size
    if size == 0:
        return "it is empty"
    with file.open("rb") as data:
        head = data.read(16)
        data.seek(0)
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(data, size)
        if head[4:8] == b"ftyp":
            return _boxes(data, size)
        if head.startswith(b"RIFF"):
            stated = int.from_bytes(head[4:8], "little") + 8
            return None if stated <= size else f"it has {size} of {stated} bytes"
    suffix = file.suffix.lower()
    if suffix in {".latent", ".safetensors"}:
        return _tensors(file, size)
    if suffix in {".mp4", ".m4v", ".mov"}:
        return "it is not an MP4 file"
    if suffix == ".png":
        return "it is not a PNG file"
    if suffix in {".webm", ".mkv"} and not head.startswith(b"\x1aE\xdf\xa3"):
        return "it is not a WebM file"
    return None


def _png(data: BinaryIO, size: int) -> str | None:
    data.seek(max(0, size - 12))
    return None if data.read(12)[4:8] == b"IEND" else "its end is missing"


def _boxes(data: BinaryIO, size: int) -> str | None:
    """MP4: boxes one after another, each with its size (ISO/IEC 14496-12), `moov` among them."""
    at = 0
    kinds = set()
    for _ in range(_MOST_BOXES):
        if at >= size:
            break
        data.seek(at)
        head = data.read(16)
        if len(head) < 8:
            return "its end is missing"
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8 or at + length > size:
            return "its end is missing"
        kinds.add(head[4:8])
        at += length
    if at < size:
        return f"it has more than {_MOST_BOXES} parts"
    return None if b"moov" in kinds else "it has no table of contents"


#: What goes wrong when the header of a damaged file is read.
_ODD = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)


def _tensors(file: Path, size: int) -> str | None:
    """safetensors: the length of the header, the header, then the data that it names."""
    import json

    with file.open("rb") as data:
        length = int.from_bytes(data.read(8), "little")
        if length > min(size, 100_000_000):
            return "its header is missing"
        try:
            header = json.loads(data.read(length))
            ends = [
                item["data_offsets"][1] for key, item in header.items() if key != "__metadata__"
            ]
            stated = 8 + length + max(map(int, ends), default=0)
        except _ODD:
            return "its header cannot be read"
    return None if stated == size else f"it has {size} of {stated} bytes"
