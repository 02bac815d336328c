"""Frames of a folder of pictures, and of animated pictures, decoded by Pillow.

FFmpeg decodes no animated WebP; Pillow does, and knows the pictures in a folder as well.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any, BinaryIO

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.quality.reading.clip import Clip, Damage, Facts, Frame, checked_size
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")

#: How the pictures begin that are read; no other format of Pillow is tried.
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"GIF8", b"\xff\xd8\xff", b"BM", b"II*\0", b"MM\0*")
_FORMATS = ("PNG", "GIF", "JPEG", "WEBP", "BMP", "TIFF")

#: Files in a folder that are looked at.
_MOST_FILES = 100_000

#: What the simulated server writes into its pictures (`server.media.reading.mark`), within these bytes.
_MARK = re.compile(rb'\{\\?"width_px\\?": [^{}]*\\?"digest\\?": [^{}]*\}')
_MARKED_BYTES = 4 * 1024**2

#: Browsers show a frame without a duration for a tenth of a second.
_NO_DURATION_MS = 100.0


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so is a picture that is read."""
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return head.startswith(_SIGNATURES) or is_webp


def of_folder(folder: Path, fps: float | None) -> Clip:
    """The pictures of a folder, in the order of the numbers in their names. Raises UnreadableFile."""
    shown = folder.as_posix()
    try:
        names = _names(folder)
    except OSError as error:
        raise UnreadableFile(shown, disk.reason(error)) from error
    if not names:
        raise UnreadableFile(shown, f"is a folder without pictures ({', '.join(_ENDINGS)})")
    files = [folder / name for name in names]
    sizes = dict[tuple[int, int], str]()
    for file in files:
        sizes.setdefault(_look(file).size, file.name)
    if len(sizes) > 1:
        (one, first), (other, second) = list(sizes.items())[:2]
        raise UnreadableFile(
            shown,
            f"has pictures of several sizes: {first} is {one[0]}x{one[1]}, {second} is {other[0]}x{other[1]}",
        )
    look = _look(files[0])

    def read(_damage: list[Damage]) -> Iterator[Frame]:
        for number, file in enumerate(files):
            with disk.opened(str(file), file.as_posix()) as data:
                pixels = _pixels(file.as_posix(), _opened(file.as_posix(), data))
            yield Frame(pixels, number / fps if fps else None)

    facts = Facts(folder.name or shown, *look.size, fps, look.codec, look.is_drawing, look.palette)
    return Clip(facts, read)


def of_file(path: Path, fps: float | None) -> Clip:
    """A picture, animated or not. Raises UnreadableFile."""
    shown = path.as_posix()
    look = _look(path)

    def read(damage: list[Damage]) -> Iterator[Frame]:
        with disk.opened(str(path), shown) as data:
            yield from _animation(shown, _opened(shown, data), damage)

    rate = look.fps or fps
    return Clip(Facts(path.name, *look.size, rate, look.codec, look.is_drawing, look.palette), read)


class _Look(NamedTuple):
    """What the head of a picture says."""

    size: tuple[int, int]
    codec: str
    fps: float | None
    is_drawing: bool
    palette: bool


def _look(file: Path) -> _Look:
    shown = file.as_posix()
    with disk.opened(str(file), shown) as data:
        is_drawing = bool(_MARK.search(data.read(_MARKED_BYTES)))
        data.seek(0)
        with _opened(shown, data) as image:
            size, codec = image.size, str(image.format or "").lower()
            palette = codec == "gif" or image.mode == "P"
            fps = _first_rate(shown, image) if getattr(image, "is_animated", False) else None
    return _Look(size, codec, fps, is_drawing, palette)


def _names(folder: Path) -> list[str]:
    found: list[str] = []
    for number, entry in enumerate(folder.iterdir()):
        if number >= _MOST_FILES:
            raise UnreadableFile(folder.as_posix(), f"has more than {_MOST_FILES} files")
        if entry.suffix.lower() in _ENDINGS and not entry.name.startswith("."):
            found.append(entry.name)
    return sorted(found, key=_in_order)


def _in_order(name: str) -> list[tuple[int, str]]:
    """Numbers in a name count as numbers: `clip_9.png` is before `clip_10.png`."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def _opened(shown: str, data: BinaryIO) -> Any:
    """A picture whose pixels are not unpacked yet."""
    from PIL import Image

    if not is_picture(data.read(16)):
        raise UnreadableFile(shown, "is not a picture, whatever its name says")
    data.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(data, formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise UnreadableFile(shown, "has more pixels than any video") from error
    except Exception as error:
        raise UnreadableFile(shown, "is damaged") from error
    checked_size(shown, *image.size)
    return image


def _first_rate(shown: str, image: Any) -> float | None:
    """Frames in a second, by how long the first frame is shown."""
    _load(shown, image)
    shown_ms = float(image.info.get("duration") or 0) or _NO_DURATION_MS
    return round(1000 / shown_ms, 3)


def _animation(shown: str, image: Any, damage: list[Damage]) -> Iterator[Frame]:
    count = getattr(image, "n_frames", 1)
    is_animated, time_ms = getattr(image, "is_animated", False), 0.0
    for number in range(count):
        try:
            image.seek(number)
            pixels = _pixels(shown, image)
        except UnreadableFile:
            if not number:
                raise
            damage.append(Damage("its data is damaged", count))
            return
        except EOFError:
            damage.append(Damage("its end is missing", count))
            return
        yield Frame(pixels, time_ms / 1000 if is_animated else None)
        time_ms += float(image.info.get("duration") or 0) or _NO_DURATION_MS


def _load(shown: str, image: Any) -> None:
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # the library raises whatever a damaged file makes it run into
        raise UnreadableFile(shown, "is damaged") from error


def _pixels(shown: str, image: Any) -> Any:
    """Red, green and blue; what is transparent shows its colour, as ComfyUI drops the alpha channel."""
    import numpy

    _load(shown, image)
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):  # 16 bits a pixel
        grey = (numpy.asarray(image).astype(numpy.float32) / 257).clip(0, 255)
        return numpy.repeat(grey.round().astype(numpy.uint8)[..., None], 3, axis=2)
    try:
        return numpy.ascontiguousarray(image.convert("RGB"))
    except Exception as error:
        raise UnreadableFile(shown, "is damaged") from error
