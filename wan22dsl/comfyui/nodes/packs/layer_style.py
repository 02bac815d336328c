"""Numbers, switches and sizes (chflame163/ComfyUI_LayerStyle: py/data_nodes.py,
image_scale_by_aspect_ratio_v2.py).
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.arithmetic import by_operation, converted, measured, power, same
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.scaling import UNKNOWN, Size, ratio
from wan22dsl.comfyui.nodes.switches import by_truth, switch
from wan22dsl.comfyui.nodes.values import constant, pass_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PACK = "ComfyUI_LayerStyle"

_NUMBERS: Mapping[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "**": power,
    "%": operator.mod,
    "nth_root": lambda a, b: power(a, 1 / b),
    "min": min,
    "max": max,
    "/": lambda a, b: a / b if b else 0,
    "//": lambda a, b: a // b if b else 0,
}
_TRUTHS: Mapping[str, Callable[..., Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "xor": operator.ne,
    "not(a)": lambda a, b: not a,
    "min": min,
    "max": max,
}


def _scaled(reading: Reading) -> Facts:
    """ImageScaleByAspectRatio V2: the picture, and its size in the fourth and fifth output."""
    width, height = _size(reading)
    if reading.slot == 0:
        return reading.facts("image")._replace(width=width, height=height)
    if reading.slot in (3, 4):
        return Facts(value=width if reading.slot == 3 else height)
    return NOTHING_KNOWN


def _size(reading: Reading) -> Size:
    before, step = reading.facts("image"), reading.value("round_to_multiple")
    shape = _shape(reading, before)
    if shape is None or not reading.linked("image") or not isinstance(step, str):
        return UNKNOWN
    width, height = _sides(reading, before, shape)
    if step == "None" or width is None or height is None:
        return width, height
    if not step.isdecimal() or int(step) < 1:
        return UNKNOWN
    return _up(width, int(step)), _up(height, int(step))


def _up(side_px: int, step: int) -> int:
    return -(-side_px // step) * step


def _shape(reading: Reading, before: Facts) -> float | None:
    """Width by height."""
    how = reading.value("aspect_ratio")
    if how == "original":
        return before.width / before.height if before.width and before.height else None
    if how == "custom":
        wide, high = reading.whole("proportional_width"), reading.whole("proportional_height")
        return wide / high if wide and high else None
    found = ratio(how)
    return None if found is None else found[0] / found[1]


def _sides(reading: Reading, before: Facts, shape: float) -> Size:
    side, length = reading.value("scale_to_side"), reading.whole("scale_to_length")
    if length is None or length < 1 or not isinstance(side, str):
        return UNKNOWN
    if side == "total_pixel(kilo pixel)":
        width = math.sqrt(shape * length * 1000)
        return int(width), int(width / shape)
    longest = "width" if shape > 1 else "height"
    shortest = "height" if shape > 1 else "width"
    side = {"longest": longest, "shortest": shortest, "None": longest}.get(side, side)
    if reading.value("scale_to_side") == "None":
        known = before.width if shape > 1 else before.height
        if known is None:
            return UNKNOWN
        length = known
    if side == "width":
        return length, int(length / shape)
    return (int(length * shape), length) if side == "height" else UNKNOWN


RECORDS: tuple[NodeRecord, ...] = (
    constant("LayerUtility: Seed", "seed", _PACK),
    converted("LayerUtility: Integer", "int_value", _PACK, int, str),
    converted("LayerUtility: Float", "float_value", _PACK, float),
    converted("LayerUtility: Boolean", "bool_value", _PACK, bool, str),
    constant("LayerUtility: String", "string", _PACK),
    constant("LayerUtility: TextBox", "text", _PACK),
    by_operation(
        "LayerUtility: NumberCalculator",
        _PACK,
        _NUMBERS,
        chooses="operator",
        results=(int, float),
    ),
    by_operation(
        "LayerUtility: BooleanOperator",
        _PACK,
        _TRUTHS,
        chooses="operator",
        results=(same,),
    ),
    switch("LayerUtility: If ", by_truth("if_condition", "when_TRUE", "when_FALSE"), _PACK),
    measured("LayerUtility: GetImageSize", _PACK, "image", "width", "height"),
    NodeRecord(
        "LayerUtility: ImageScaleByAspectRatio V2",
        _PACK,
        role="scaling",
        facts=_scaled,
        same_length="image",
    ),
    pass_on("LayerUtility: PurgeVRAM V2", "anything", _PACK, acts=True),
)
