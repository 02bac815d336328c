"""Nodes that change the size of pictures.

ComfyUI: nodes.py, comfy_extras/nodes_images.py, nodes_post_processing.py, nodes_resolution.py,
nodes_upscale_model.py.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.frames import same_length
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading

if TYPE_CHECKING:
    from collections.abc import Callable


Size = tuple[int | None, int | None]

UNKNOWN: Size = (None, None)


def resizer(size: Callable[[Reading, Facts], Size]) -> Callable[[Reading], Facts]:
    """Facts of a node whose first output is the resized picture, with the sides as numbers behind it."""

    def facts(reading: Reading) -> Facts:
        before = reading.facts("image")
        width, height = size(reading, before)
        if reading.slot == 0:
            return before._replace(width=width or None, height=height or None)
        if reading.type() in ("INT", None) and reading.slot in (1, 2):
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


def _scaled(reading: Reading) -> Facts:
    """ImageScale: a width or height of 0 keeps the proportions, rounded; both 0 change nothing."""
    facts, width, height = reading.facts("image"), reading.whole("width"), reading.whole("height")
    if width == 0 and height == 0:
        return facts
    if width == 0 or height == 0:
        width, height = _in_proportion(facts, width, height)
    return facts._replace(width=width, height=height)


def _in_proportion(
    facts: Facts, width: int | None, height: int | None
) -> tuple[int | None, int | None]:
    if not facts.width or not facts.height:
        return width or None, height or None
    if width:
        return width, max(1, round(facts.height * width / facts.width))
    return (max(1, round(facts.width * height / facts.height)), height) if height else (None, None)


def _scaled_by(reading: Reading) -> Facts:
    facts, factor = reading.facts("image"), reading.number("scale_by")
    width, height = (
        None if px is None or factor is None else round(px * factor)
        for px in (facts.width, facts.height)
    )
    return facts._replace(width=width, height=height)


def _selected(reading: Reading) -> Facts:
    """ResolutionSelector: so many million (2^20) pixels in a shape such as `16:9 (Widescreen)`."""
    found = ratio(reading.value("aspect_ratio"))
    megapixels, step = reading.number("megapixels"), reading.whole("multiple")
    if found is None or megapixels is None or not step or not 0 <= reading.slot < 2:
        return NOTHING_KNOWN
    scale = math.sqrt(megapixels * 1024 * 1024 / (found[0] * found[1]))
    return Facts(value=round(found[reading.slot] * scale / step) * step)


def ratio(text: Any) -> tuple[int, int] | None:
    """The two numbers that a choice such as `16:9 (Widescreen)` begins with."""
    match = re.match(r"([1-9][0-9]{0,4}):([1-9][0-9]{0,4})(?![0-9.])", str(text))
    return None if match is None else (int(match[1]), int(match[2]))


def _cropped(reading: Reading) -> Facts:
    """ImageCrop: what is past the edge is not there."""
    facts = reading.facts("image")
    edges = ((facts.width, "x", "width"), (facts.height, "y", "height"))
    sizes = [_crop(px, reading.whole(start), reading.whole(size)) for px, start, size in edges]
    return facts._replace(width=sizes[0], height=sizes[1])


def _crop(whole_px: int | None, start_px: int | None, size_px: int | None) -> int | None:
    if whole_px is None or start_px is None or size_px is None:
        return None
    return min(size_px, whole_px - min(start_px, whole_px - 1))


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "ImageScale",
        role="scaling",
        facts=_scaled,
        same_length="image",
        may_stretch=True,
    ),
    NodeRecord(
        "ImageScaleBy",
        role="scaling",
        facts=_scaled_by,
        same_length="image",
        unbounded=("scale_by",),
    ),
    NodeRecord(
        "ImageCrop",
        role="scaling",
        facts=_cropped,
        same_length="image",
    ),
    NodeRecord(
        "ImagePadForOutpaint",
        role="scaling",
        facts=resizer(_padded),
        same_length="image",
    ),
    NodeRecord(
        "ImageScaleToMaxDimension",
        role="scaling",
        facts=resizer(_to_longest),
        same_length="image",
    ),
    NodeRecord(
        "ImageScaleToTotalPixels",
        role="scaling",
        facts=resizer(_to_total),
        same_length="image",
    ),
    NodeRecord(
        "ResizeAndPadImage",
        role="scaling",
        facts=resizer(_padded_to),
        same_length="image",
    ),
    NodeRecord(
        "ResolutionSelector",
        role="value",
        facts=_selected,
    ),
    NodeRecord(
        "ImageRotate",
        role="scaling",
        facts=same_length,
        same_length="image",
    ),
    NodeRecord(
        "ImageUpscaleWithModel",
        role="scaling",
        facts=same_length,
        same_length="image",
        work="upscale",
    ),
)
