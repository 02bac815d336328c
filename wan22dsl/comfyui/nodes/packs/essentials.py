"""Numbers, choices and pictures (cubiq/ComfyUI_essentials: misc.py, image.py)."""

from __future__ import annotations

import operator
from typing import Any

from wan22dsl.comfyui.nodes.arithmetic import (
    by_operation,
    computed,
    converted,
    measured,
    result_of,
    rounded,
    same,
)
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, agreed
from wan22dsl.comfyui.nodes.frames import same_shape, stretch
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.scaling import UNKNOWN, Size, resizer
from wan22dsl.comfyui.nodes.switches import by_truth, switch

_PACK = "ComfyUI_essentials"

#: The largest side that a picture may have (Comfy-Org/ComfyUI: nodes.py, MAX_RESOLUTION).
_MOST_PX = 16384


def variables(reading: Reading, names: str) -> dict[str, Any]:
    """The values of inputs in an expression: numbers, the shapes of pictures, None where not known."""
    found: dict[str, Any] = {}
    for name in names:
        value = reading.value(name) if name in reading.inputs else 0.0
        facts = reading.facts(name)
        if value is None and (facts.width is not None or facts.height is not None):
            value = [facts.frames, facts.height, facts.width, None]
        if isinstance(value, str):
            value = _number(value)
        found[name] = value
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _worked_out(reading: Reading, expression: Any, slot: int, names: str) -> Facts:
    """The result of an expression: rounded in the first output, as it is in the second."""
    from wan22dsl.comfyui.nodes.expression import ESSENTIALS, evaluate

    if not isinstance(expression, str) or not 0 <= slot < 2:
        return NOTHING_KNOWN
    result = evaluate(expression, variables(reading, names), ESSENTIALS).value
    return NOTHING_KNOWN if result is None else result_of(lambda: result, (round, same)[slot])


def _math(reading: Reading) -> Facts:
    return _worked_out(reading, reading.value("value"), reading.slot, "abcd")


def _two(reading: Reading) -> Facts:
    """SimpleMathDual+: two expressions, two outputs each."""
    which, slot = divmod(reading.slot, 2)
    if not 0 <= which < 2:
        return NOTHING_KNOWN
    return _worked_out(reading, reading.value(("value_1", "value_2")[which]), slot, "abcd")


def _one_of_two(reading: Reading) -> Facts:
    """SimpleMathCondition+: the expression for true or the one for false."""
    value = reading.value("evaluate")
    if not isinstance(value, (int, float)):
        return NOTHING_KNOWN
    return _worked_out(
        reading, reading.value("on_true" if value else "on_false"), reading.slot, "abc"
    )


def _slid(value: Any, low: Any, high: Any, digits: Any) -> Any:
    """SimpleMathSlider+: a part of the way from the lowest number to the highest."""
    result = low + value * (high - low)
    return rounded(result, digits) if digits > 0 else result


def _resized(reading: Reading, before: Facts) -> Size:
    """ImageResize+: the size is brought down to `multiple_of` first, and what is cut off at the end."""
    width, height = reading.whole("width"), reading.whole("height")
    step, method = reading.whole("multiple_of"), reading.value("method")
    condition = reading.value("condition")
    if width is None or height is None or step is None or not isinstance(method, str):
        return UNKNOWN
    if step > 1:
        width, height = width - width % step, height - height % step
    if method == "keep proportion" or (method == "pad" and not (width and height)):
        sides = _in_proportion(before, width, height, padded=method == "pad")
    else:
        sides = (width or before.width, height or before.height)
    if condition != "always":
        sides = _on_condition(condition, method, before, sides)
    return _cut(sides[0], step), _cut(sides[1], step)


def _in_proportion(before: Facts, width: int, height: int, *, padded: bool) -> Size:
    """Within a size; a side of 0 is that of the picture, or has no limit. Bars go up to that limit."""
    if not before.width or not before.height:
        return UNKNOWN
    width = width or (_MOST_PX if before.height < height else before.width)
    height = height or (_MOST_PX if before.width < width else before.height)
    if padded:
        return width, height
    ratio = min(width / before.width, height / before.height)
    return round(before.width * ratio), round(before.height * ratio)


def _on_condition(condition: Any, method: str, before: Facts, sides: Size) -> Size:
    """The size where a condition decides whether a picture is changed at all."""
    as_given = method in ("stretch", "keep proportion")
    if None in sides or not before.width or not before.height or not as_given:
        return UNKNOWN
    width, height = sides[0] or 0, sides[1] or 0
    wider, higher = before.width - width, before.height - height
    area = before.width * before.height - width * height
    changes = {
        "downscale if bigger": wider > 0 or higher > 0,
        "upscale if smaller": wider < 0 or higher < 0,
        "if bigger area": area > 0,
        "if smaller area": area < 0,
    }.get(condition if isinstance(condition, str) else "")
    if changes is None:
        return UNKNOWN
    return sides if changes else (before.width, before.height)


def _cut(side_px: int | None, step: int) -> int | None:
    return side_px if side_px is None or step <= 1 else side_px - side_px % step


def _from_batch(reading: Reading) -> Facts:
    """ImageFromBatch+: a length of -1 takes all that are left."""
    facts, length = reading.facts("image"), reading.whole("length")
    if length is not None and length < 0:
        length = facts.frames
    return facts._replace(frames=stretch(facts.frames, reading.whole("start"), length))


def _expanded(reading: Reading) -> Facts:
    """ImageExpandBatch+: as many pictures as `size` says."""
    return reading.facts("image")._replace(frames=reading.whole("size"))


def _cropped(reading: Reading, before: Facts) -> Size:
    """ImageCrop+, without an offset."""
    if reading.whole("x_offset") != 0 or reading.whole("y_offset") != 0:
        return UNKNOWN
    wanted = (reading.whole("width"), reading.whole("height"))
    width, height = (
        None if whole is None or size is None else min(whole, size)
        for whole, size in zip((before.width, before.height), wanted, strict=True)
    )
    return width, height


def _crop(reading: Reading) -> Facts:
    facts = reading.facts("image")
    width, height = _cropped(reading, facts)
    if reading.slot != 0:
        return NOTHING_KNOWN
    return facts._replace(width=width or None, height=height or None)


def _one_after_the_other(reading: Reading) -> Facts:
    """ImageBatchMultiple+: all pictures, in the size of the first."""
    names = ("image_1", "image_2", "image_3", "image_4", "image_5")
    clips = [reading.facts(name) for name in names if reading.linked(name)]
    counts = [clip.frames for clip in clips]
    frames = None if None in counts or not counts else sum(count or 0 for count in counts)
    return reading.facts("image_1")._replace(
        frames=frames, fps=agreed([clip.fps for clip in clips])
    )


RECORDS: tuple[NodeRecord, ...] = (
    converted("SimpleMathInt+", "value", _PACK, int),
    converted("SimpleMathFloat+", "value", _PACK, float),
    converted("SimpleMathPercent+", "value", _PACK, float),
    converted("SimpleMathBoolean+", "value", _PACK, same, int),
    computed("SimpleMathSlider+", _PACK, ("value", "min", "max", "rounding"), _slid, (same, int)),
    computed(
        "SimpleMathSliderLowRes+",
        _PACK,
        ("value", "min", "max", "rounding"),
        lambda value, low, high, digits: _slid(0.1 * value, low, high, digits),
    ),
    NodeRecord("SimpleMath+", _PACK, role="value", facts=_math),
    NodeRecord("SimpleMathDual+", _PACK, role="value", facts=_two),
    NodeRecord("SimpleMathCondition+", _PACK, role="value", facts=_one_of_two),
    by_operation(
        "SimpleComparison+",
        _PACK,
        {
            "==": operator.eq,
            "!=": operator.ne,
            "<": operator.lt,
            "<=": operator.le,
            ">": operator.gt,
            ">=": operator.ge,
        },
        chooses="comparison",
    ),
    switch("SimpleCondition+", by_truth("evaluate", "on_true", "on_false"), _PACK),
    measured("GetImageSize+", _PACK, "image", "width", "height", "frames"),
    NodeRecord(
        "ImageResize+",
        _PACK,
        role="scaling",
        facts=resizer(_resized),
        same_length="image",
    ),
    NodeRecord(
        "ImageCrop+",
        _PACK,
        role="scaling",
        facts=_crop,
        same_length="image",
    ),
    NodeRecord("ImageFromBatch+", _PACK, role="frames", facts=_from_batch),
    NodeRecord("ImageExpandBatch+", _PACK, role="frames", facts=_expanded),
    NodeRecord("ImageBatchMultiple+", _PACK, role="frames", facts=_one_after_the_other),
    same_shape("ImageFlip+", "image", _PACK),
    same_shape("ImageDesaturate+", "image", _PACK),
    same_shape("ImagePosterize+", "image", _PACK),
    same_shape("ImageApplyLUT+", "image", _PACK),
    same_shape("ImageCASharpening+", "image", _PACK),
    same_shape("ImageSmartSharpen+", "image", _PACK),
    same_shape("ImageColorMatch+", "image", _PACK),
    same_shape("ImageColorMatchAdobe+", "image", _PACK),
    same_shape("ImageHistogramMatch+", "image", _PACK),
    same_shape("ImageToDevice+", "image", _PACK),
    same_shape("ImageRemoveAlpha+", "image", _PACK),
)
