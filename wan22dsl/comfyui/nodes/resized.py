"""Nodes that resize or pad pictures, where the size that comes out follows from their own settings.

ComfyUI: comfy_extras/nodes_images.py, nodes_post_processing.py, nodes.py; ComfyUI-KJNodes:
nodes/image_nodes.py.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wan22dsl.graph.model import NOTHING_KNOWN, Facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.comfyui.nodes.reading import Reading

Size = tuple[int | None, int | None]

UNKNOWN: Size = (None, None)


def _resizer(size: Callable[[Reading, Facts], Size]) -> Callable[[Reading], Facts]:
    """Facts of a node whose first output is the resized picture, with the sides as numbers behind it."""

    def facts(reading: Reading) -> Facts:
        before = reading.facts("image")
        width, height = size(reading, before)
        if reading.slot == 0:
            return before._replace(width=width or None, height=height or None)
        type_ = reading.type()
        if type_ == "INT" and reading.slot in (1, 2):
            return Facts(value=(width, height)[reading.slot - 1])
        return NOTHING_KNOWN

    return facts


def _to_total(reading: Reading, before: Facts) -> Size:
    """ImageScaleToTotalPixels: the same shape with so many million (2^20) pixels."""
    megapixels, step = reading.number("megapixels"), reading.whole("resolution_steps") or 1
    if megapixels is None or not before.width or not before.height:
        return UNKNOWN
    factor = math.sqrt(megapixels * 1024 * 1024 / (before.width * before.height))
    return round(before.width * factor / step) * step, round(before.height * factor / step) * step


def _to_longest(reading: Reading, before: Facts) -> Size:
    """ImageScaleToMaxDimension: the longer side gets that many pixels."""
    longest = reading.whole("largest_size")
    if longest is None or not before.width or not before.height:
        return UNKNOWN
    width, height = before.width, before.height
    if height > width:
        return round(width / height * longest), longest
    return longest, longest if width == height else round(height / width * longest)


def _padded_to(reading: Reading, before: Facts) -> Size:
    """ResizeAndPadImage: exactly the size that is written."""
    return reading.whole("target_width"), reading.whole("target_height")


def _padded(reading: Reading, before: Facts) -> Size:
    """ImagePadForOutpaint: so many pixels more on each side."""
    left, top, right, bottom = (reading.whole(name) for name in ("left", "top", "right", "bottom"))
    width, height = before.width, before.height
    return (
        None if width is None or left is None or right is None else width + left + right,
        None if height is None or top is None or bottom is None else height + top + bottom,
    )


def _by_kijai(reading: Reading, before: Facts) -> Size:
    """ImageResizeKJv2: by `keep_proportion`; then down to what `divisible_by` divides."""
    width, height = reading.whole("width"), reading.whole("height")
    divisor, how = reading.whole("divisible_by"), reading.value("keep_proportion")
    if width is None or height is None or divisor is None or not isinstance(how, str):
        return UNKNOWN
    if how in {"stretch", "crop"}:
        sides: Size = (width or before.width, height or before.height)
    elif how in {"resize", "total_pixels"}:
        sides = _in_proportion(how, before, width, height)
    elif width and height:
        return _around(before, width, height, divisor)
    else:
        return UNKNOWN
    return _down(sides[0], divisor), _down(sides[1], divisor)


def _down(side_px: int | None, divisor: int) -> int | None:
    return side_px if side_px is None or divisor <= 1 else side_px // divisor * divisor


def _in_proportion(how: str, before: Facts, width: int, height: int) -> Size:
    if not before.width or not before.height:
        return UNKNOWN
    if how == "total_pixels":
        pixels, ratio = width * height, before.width / before.height
        return int(math.sqrt(pixels * ratio)), int(math.sqrt(pixels / ratio))
    if not width and not height:
        return before.width, before.height
    if not width:
        return round(before.width * (height / before.height)), height
    if not height:
        return width, round(before.height * (width / before.width))
    factor = min(width / before.width, height / before.height)
    return round(before.width * factor), round(before.height * factor)


def _around(before: Facts, width: int, height: int, divisor: int) -> Size:
    """The picture in its proportions, brought to what divides, with bars around it up to the size."""
    if not before.width or not before.height:
        return UNKNOWN
    inner = _in_proportion("resize", before, width, height)
    found = []
    for side, whole in zip(inner, (width, height), strict=True):
        assert side is not None
        padded = side // max(divisor, 1) * max(divisor, 1) + (whole - side)
        found.append(-(-padded // max(divisor, 1)) * max(divisor, 1))
    return found[0], found[1]


TABLE: dict[str, Callable[[Reading], Facts]] = {
    "ImagePadForOutpaint": _resizer(_padded),
    "ImageResizeKJv2": _resizer(_by_kijai),
    "ImageScaleToMaxDimension": _resizer(_to_longest),
    "ImageScaleToTotalPixels": _resizer(_to_total),
    "ResizeAndPadImage": _resizer(_padded_to),
}
