"""A contact sheet: first, middle and last frame of several videos, side by side, in one PNG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFont

from wan22dsl.errors import UnreadableFile
from wan22dsl.escapes import one_line
from wan22dsl.quality import limits
from wan22dsl.quality.reading import open_clip
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Videos next to each other; further ones are below.
_IN_A_ROW = 6
_CELL_PX, _LEAST_CELL_PX, _SHEET_PX = 320, 120, 1920
#: No frame is higher than this share of its width: long ones are made smaller.
_HIGHEST = 2.0
_GAP_PX, _FONT_PX, _SMALL_PX = 8, 16, 12
_CAPTION_LINES = 2
_GROUND, _INK, _FAINT = (24, 24, 27), (244, 244, 245), (161, 161, 170)
_UNKNOWN = "\uffff"


class Captioned(NamedTuple):
    """A video, and what is written above it."""

    video: str | Path
    caption: str


class _Shown(NamedTuple):
    """Three frames, their numbers, and their time; or why there are none."""

    frames: tuple[Any, ...]
    labels: tuple[str, ...]
    problem: str = ""


def contact_sheet(videos: Sequence[Captioned]) -> bytes:
    """The bytes of a PNG. A video that cannot be read has the reason in the place of its frames."""
    shown = [_shown(each) for each in videos]
    columns = max(min(len(videos), _IN_A_ROW), 1)
    cell = max(min(_CELL_PX, (_SHEET_PX - _GAP_PX) // columns - _GAP_PX), _LEAST_CELL_PX)
    bands = [
        _band(videos[at : at + columns], shown[at : at + columns], cell)
        for at in range(0, len(videos), columns)
    ]
    sheet = Image.new(
        "RGB",
        (columns * (cell + _GAP_PX) + _GAP_PX, sum(band.height for band in bands) + _GAP_PX),
        _GROUND,
    )
    top = 0
    for band in bands:
        sheet.paste(band, (0, top))
        top += band.height
    data = io.BytesIO()
    sheet.save(data, "PNG", optimize=True)
    return data.getvalue()


def _shown(entry: Captioned) -> _Shown:
    """First, middle and last frame, in the size of a cell. Read twice, so that no frame has to be kept."""
    try:
        clip = open_clip(entry.video)
        count = sum(1 for _, _frame in zip(range(limits.MOST_FRAMES), clip.frames()))
        wanted = sorted({0, count // 2, count - 1})
        frames, labels = [], []
        for number, frame in enumerate(clip.frames()):
            if number in wanted:
                frames.append(_fitting(frame.pixels))
                time = "" if frame.time_s is None else f", {frame.time_s:.2f} s"
                labels.append(f"frame {number}{time}")
            if number >= wanted[-1]:
                break
    except UnreadableFile as error:
        return _Shown((), (), error.reason)
    return _Shown(tuple(frames), tuple(labels))


def _fitting(pixels: Any) -> Any:
    image = Image.fromarray(pixels)
    scale = min(_CELL_PX / image.width, _CELL_PX * _HIGHEST / image.height)
    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    return image.resize(size, Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.NEAREST)


def _band(videos: Sequence[Captioned], shown: Sequence[_Shown], cell: int) -> Any:
    """Videos next to each other: captions, and below them their frames, in rows of the same height."""
    font, small = _font(_FONT_PX), _font(_SMALL_PX)
    captions = [_wrapped(each.caption, font, cell) for each in videos]
    head = _GAP_PX + _CAPTION_LINES * (_FONT_PX + 4)
    fitted = [[_narrowed(frame, cell) for frame in each.frames] for each in shown]
    heights = [
        max((frames[row].height for frames in fitted if row < len(frames)), default=0)
        for row in range(3)
    ]
    if not any(heights):
        heights[0] = 3 * _FONT_PX
    label = _SMALL_PX + 2 * _GAP_PX
    height = head + sum(each + label for each in heights if each)
    band = Image.new("RGB", (len(videos) * (cell + _GAP_PX) + _GAP_PX, height), _GROUND)
    draw = ImageDraw.Draw(band)
    for column, (caption, each, frames) in enumerate(zip(captions, shown, fitted)):
        left = _GAP_PX + column * (cell + _GAP_PX)
        for row, line in enumerate(caption):
            draw.text((left, _GAP_PX + row * (_FONT_PX + 4)), line, fill=_INK, font=font)
        top = head
        for row, frame in enumerate(frames):
            band.paste(frame, (left, top))
            draw.text((left, top + heights[row] + 4), each.labels[row], fill=_FAINT, font=small)
            top += heights[row] + label
        if each.problem:
            for row, line in enumerate(_wrapped(each.problem, small, cell)):
                draw.text((left, head + row * (_SMALL_PX + 4)), line, fill=_FAINT, font=small)
    return band


def _narrowed(frame: Any, cell: int) -> Any:
    if frame.width <= cell:
        return frame
    size = cell, max(round(frame.height * cell / frame.width), 1)
    return frame.resize(size, Image.Resampling.LANCZOS)


def _font(size_px: int) -> Any:
    """The font that Pillow brings, so that no font of the machine is needed."""
    return ImageFont.load_default(size_px)


def _wrapped(caption: str, font: Any, width: int) -> list[str]:
    """A caption in a few lines, the last one cut where it is too long."""
    text = "".join(_known(sign, font) for sign in one_line(caption)[:400])
    found: list[str] = []
    while text and len(found) < _CAPTION_LINES:
        fits = next((n for n in range(len(text), 0, -1) if font.getlength(text[:n]) <= width), 1)
        if fits < len(text) and len(found) == _CAPTION_LINES - 1:
            while fits > 1 and font.getlength(text[:fits] + "…") > width:
                fits -= 1
            return [*found, text[:fits].rstrip() + "…"]
        if fits < len(text) and " " in text[:fits].strip():
            fits = text[:fits].rstrip().rfind(" ") + 1 or fits
        found.append(text[:fits].rstrip())
        text = text[fits:].lstrip()
    return found


def _known(sign: str, font: Any) -> str:
    """A character that the font has; `?` for another."""
    if sign.isascii():
        return sign
    try:
        missing, own = font.getmask(_UNKNOWN), font.getmask(sign)
    except (UnicodeError, OSError, ValueError):
        return "?"
    return "?" if own.size == missing.size and bytes(own) == bytes(missing) else sign
