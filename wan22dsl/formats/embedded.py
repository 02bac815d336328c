"""What the files carry that ComfyUI writes: the prompt, the workflow, and what `wan run` adds to them.

The core nodes write one text for each key: into the text chunks of a PNG, the Exif of a WebP, the tags of
an MP4 or WebM, the header of a latent. VHS_VideoCombine writes all of them into one comment.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile, WanError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

#: Files that begin so are looked into; everything else is a text, or nothing that is known here.
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8")
_VIDEOS = (b"\x1aE\xdf\xa3", b"fLaC", b"OggS", b"ID3")

#: Exif tags in which ComfyUI writes `key:text`: Model and below for a WebP, UserComment for others.
_EXIF_TAGS = range(0x0100, 0x0111)
_COMMENTS = ("comment", "Comment", "COMMENT", "description")

#: No frame of a video has more: 8K has 33 million. Unpacking a PNG takes some four times as many bytes.
_MOST_PIXELS = 90_000_000
_TOO_MANY_PIXELS = "it has more pixels than any video"

#: The header of a latent, and a text in a PNG, are never longer than this.
_MOST_HEADER_BYTES = 100 * 1024**2


class Embedded(NamedTuple):
    """What a file carries, as it was written: prompt and workflow as the texts of their JSON."""

    prompt: str | None = None
    workflow: str | None = None
    wan: dict[str, Any] | None = None


def is_one(head: bytes) -> bool:
    """Whether a file that begins so may carry something; 16 bytes are enough."""
    return head.startswith((*_PICTURES, *_VIDEOS)) or head[4:8] == b"ftyp" or _is_latent(head)


def document(file: Path) -> bytes:
    """The bytes of a text or of JSON; of a file that `read` looks into only the first few, which tell that.

    Raises UnreadableFile.
    """
    shown = file.as_posix()
    with disk.opened(str(file), shown) as data:
        head = data.read(16)
    return head if is_one(head) else disk.read(str(file), shown)


def read(file: Path) -> Embedded:
    """What a file carries; all None where it carries nothing.

    Raises UnreadableFile when it cannot be read, and CommandError when a library is missing.
    """
    shown = file.as_posix()
    try:
        with disk.opened(str(file), shown) as data:
            head = data.read(16)
            data.seek(0)
            try:
                texts = dict(_texts(shown, data, head))
            except (WanError, MemoryError):
                raise
            except Exception as error:  # the libraries raise whatever their formats run into
                if isinstance(error, OSError) and error.errno is not None:
                    raise
                raise UnreadableFile(shown, f"is damaged: {error}") from error
    except OSError as error:
        raise UnreadableFile(shown, disk.reason(error)) from error
    return Embedded(texts.get("prompt"), texts.get("workflow"), _object(texts.get("wan")))


def _texts(shown: str, data: BinaryIO, head: bytes) -> Iterator[tuple[str, str]]:
    """What an open file carries. The libraries get the file, not its name, which they might read as a URL."""
    if head.startswith(_PICTURES):
        return _of_picture(data)
    if head.startswith(_VIDEOS) or head[4:8] == b"ftyp":
        return _of_video(shown, data)
    return _of_latent(data) if _is_latent(head) else iter(())


def _of_picture(data: BinaryIO) -> Iterator[tuple[str, str]]:
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise _missing("pictures") from None
    try:
        image: Any = Image.open(data)
    except Image.DecompressionBombError as error:
        raise ValueError(_TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:  # it names our open file, of which nobody knows
        raise ValueError("it is not a readable picture") from error
    with image:
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError(_TOO_MANY_PIXELS)
        if image.format == "PNG":  # its texts may follow the pixels
            image.load()
        for name, value in image.info.items():
            if name in _COMMENTS:
                yield from _of_comment(_text(value))
            elif isinstance(value, str):
                yield name, value
        if image.format == "PNG":
            yield from _of_chunks(data)
        exif = image.getexif()
        for tag in _EXIF_TAGS:
            name, colon, text = _utf8(_text(exif.get(tag))).partition(":")
            if colon:
                yield name.lower(), text


def _of_chunks(data: BinaryIO) -> Iterator[tuple[str, str]]:
    """The chunks `comf` in which ComfyUI keeps the texts of an animated PNG, behind its last frame.

    Pillow finds them only after it has decoded all frames.
    """
    data.seek(len(_PICTURES[0]))
    while len(head := data.read(8)) == 8:
        length, after = int.from_bytes(head[:4], "big"), data.tell()
        if head[4:] == b"comf":
            name, _, text = data.read(min(length, _MOST_HEADER_BYTES)).partition(b"\0")
            yield name.decode("latin-1"), _text(text)
        data.seek(after + length + 4)


def _of_video(shown: str, data: BinaryIO) -> Iterator[tuple[str, str]]:
    try:
        import av
    except ImportError:
        raise _missing("videos") from None
    try:
        with av.open(data) as container:
            found = dict(container.metadata)
    except av.error.FFmpegError as error:
        raise UnreadableFile(shown, f"is damaged: {error.strerror}") from error
    for name, value in found.items():
        if name in _COMMENTS:
            yield from _of_comment(value)
        else:
            yield name.lower(), value


def _of_latent(data: BinaryIO) -> Iterator[tuple[str, str]]:
    """safetensors: the length of a JSON header in eight bytes, then the header."""
    length = int.from_bytes(data.read(8), "little")
    header = json.loads(data.read(min(length, _MOST_HEADER_BYTES)))
    about = header.get("__metadata__")
    for name, value in about.items() if isinstance(about, dict) else ():
        yield str(name), _text(value)


def _is_latent(head: bytes) -> bool:
    return head[8:9] == b"{" and int.from_bytes(head[:8], "little") < _MOST_HEADER_BYTES


def _of_comment(comment: str) -> Iterator[tuple[str, str]]:
    """`{"prompt": …, "workflow": …}`, where each may be JSON or a text of JSON."""
    found = _object(comment)
    for name, value in (found or {}).items():
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _object(text: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _utf8(text: str) -> str:
    """Exif says that it is ASCII, and the library reads it as Latin-1 where it is not."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except ValueError:
        return text


def _missing(what: str) -> CommandError:
    return CommandError(
        f'reading {what} needs an additional library: pip install "wan22dsl[files]"'
    )
