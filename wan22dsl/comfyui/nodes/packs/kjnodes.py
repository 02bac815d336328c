"""Kijai's nodes (kijai/ComfyUI-KJNodes: nodes/image_nodes.py, nodes.py, model_optimization_nodes.py)."""

from __future__ import annotations

import math

from wan22dsl.comfyui.nodes.arithmetic import measured
from wan22dsl.comfyui.nodes.editor import only_in_editor
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, Link
from wan22dsl.comfyui.nodes.frames import same_length, same_shape, stretch
from wan22dsl.comfyui.nodes.record import (
    Conditioning,
    File,
    LatentShape,
    NodeRecord,
    Reading,
    Stretch,
)
from wan22dsl.comfyui.nodes.scaling import UNKNOWN, Size, resizer
from wan22dsl.comfyui.nodes.switches import by_truth, handed_on, switch
from wan22dsl.comfyui.nodes.values import constant, pass_on
from wan22dsl.comfyui.nodes.wan_latents import following
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "ComfyUI-KJNodes"

#: Longer lists than this are no schedules, in letters.
_LONGEST_LIST = 5000


def _range_from_batch(reading: Reading) -> Facts:
    """GetImageRangeFromBatch (ComfyUI-KJNodes): a start of -1 takes the last ones."""
    if reading.slot != 0:
        return NOTHING_KNOWN
    facts, start, count = (
        reading.facts("images"),
        reading.whole("start_index"),
        reading.whole("num_frames"),
    )
    if start == -1 and count is not None:
        start = -count
    elif start is not None and facts.frames is not None and start >= facts.frames:
        return facts._replace(frames=None)  # the node raises
    return facts._replace(frames=stretch(facts.frames, start, count))


def _by_kijai(reading: Reading, before: Facts) -> Size:
    """ImageResizeKJv2: by `keep_proportion`; then down to what `divisible_by` divides."""
    width, height = reading.whole("width"), reading.whole("height")
    divisor, how = reading.whole("divisible_by"), reading.value("keep_proportion")
    if width is None or height is None or divisor is None or not isinstance(how, str):
        return UNKNOWN
    if how in ("stretch", "crop"):
        sides: Size = (width or before.width, height or before.height)
    elif how in ("resize", "total_pixels"):
        sides = _in_proportion(how, before, width, height)
    elif width and height:
        return _around(before, width, height, divisor)
    else:
        return UNKNOWN
    return _down(sides[0], divisor), _down(sides[1], divisor)


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


def _down(side_px: int | None, divisor: int) -> int | None:
    return side_px if side_px is None or divisor <= 1 else side_px // divisor * divisor


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


def _side(reading: Reading, name: str) -> int | None:
    """A side for ImageResizeKJ: an input of older versions holds before the field."""
    older = f"{name}_input"
    if reading.linked(older):
        value = reading.whole(older)
        return value if value != 0 else reading.whole(name)
    return reading.whole(name)


def _size_by_kijai(reading: Reading, before: Facts) -> Size:
    """ImageResizeKJ: the size of another picture, or a size of its own in the proportions of the picture."""
    if reading.linked("get_image_size"):
        other = reading.facts("get_image_size")
        return other.width, other.height
    width, height = _side(reading, "width"), _side(reading, "height")
    divisor, keeps = reading.whole("divisible_by"), reading.value("keep_proportion")
    if width is None or height is None or divisor is None or not isinstance(keeps, bool):
        return UNKNOWN
    if not keeps:
        sides: Size = (width or before.width, height or before.height)
    elif not width and not height:
        return UNKNOWN
    else:
        sides = _in_proportion("resize", before, width, height)
    return _down(sides[0], divisor), _down(sides[1], divisor)


def _size_and_count(reading: Reading) -> Link | Facts:
    """GetImageSizeAndCount: the picture, its width, height and count."""
    if reading.slot == 0:
        return reading.given("image")
    facts = reading.facts("image")
    values = (facts.width, facts.height, facts.frames)
    return Facts(value=values[reading.slot - 1]) if 0 < reading.slot < 4 else NOTHING_KNOWN


def _calculated(reading: Reading) -> Facts:
    """SimpleCalculatorKJ: the result as FLOAT, INT and BOOLEAN; of a faulty expression it is 0."""
    from wan22dsl.comfyui.nodes.expression import KJNODES, evaluate

    expression = reading.value("expression")
    names = {name.removeprefix("variables."): name for name in reading.inputs}
    values = {short: reading.value(name) for short, name in names.items() if short.isidentifier()}
    if not isinstance(expression, str) or not 0 <= reading.slot < 3:
        return NOTHING_KNOWN
    outcome = evaluate(expression, values, KJNODES)
    result = 0 if outcome.failed else outcome.value
    return (
        NOTHING_KNOWN if result is None else Facts(value=(float, int, bool)[reading.slot](result))
    )


def _stripped(reading: Reading) -> Facts:
    """StringConstantMultiline: by default in one line, without spaces around it."""
    text, strips = reading.value("string"), reading.value("strip_newlines")
    if reading.slot != 0 or not isinstance(text, str) or not isinstance(strips, bool):
        return NOTHING_KNOWN
    return Facts(value=text.replace("\n", "").strip() if strips else text)


def _listed(reading: Reading) -> Facts:
    """StringToFloatList: the numbers between the commas of a text."""
    text = reading.value("string")
    if reading.slot != 0 or not isinstance(text, str) or len(text) > _LONGEST_LIST:
        return NOTHING_KNOWN
    try:
        return Facts(numbers=tuple(float(part) for part in text.split(",")))
    except ValueError:
        return NOTHING_KNOWN


def _joined_texts(reading: Reading) -> Facts:
    """JoinStrings: two texts with a third one between them."""
    texts = [
        reading.value(name) if name in reading.inputs or name == "delimiter" else ""
        for name in ("string1", "delimiter", "string2")
    ]
    if reading.slot != 0 or not all(isinstance(text, str) for text in texts):
        return NOTHING_KNOWN
    return Facts(value="".join(texts))


#: Nodes with as many sockets as their `inputcount` says, and a button to make them.
_MULTI = (
    *("ImageAddMulti", "CrossFadeImagesMulti", "TransitionImagesMulti", "MaskBatchMulti"),
    *("ConditioningMultiCombine", "JoinStringMulti"),
)


def _watched(reading: Reading) -> Link | Facts:
    """VRAM_Debug: what it gets at each of its first three inputs, as it is."""
    names = ("any_input", "image_pass", "model_pass")
    return reading.given(names[reading.slot]) if 0 <= reading.slot < 3 else NOTHING_KNOWN


RECORDS: tuple[NodeRecord, ...] = (
    *(
        NodeRecord(class_name, _PACK, takes_anything=True, widgets=Widgets(behind=(None,)))
        for class_name in _MULTI
    ),
    constant("INTConstant", "value", _PACK),
    constant("FloatConstant", "value", _PACK),
    constant("BOOLConstant", "value", _PACK),
    constant("StringConstant", "string", _PACK),
    NodeRecord(
        "StringConstantMultiline",
        _PACK,
        role="value",
        facts=_stripped,
    ),
    NodeRecord(
        "StringToFloatList",
        _PACK,
        role="value",
        facts=_listed,
    ),
    NodeRecord(
        "FloatToSigmas",
        _PACK,
        role="schedule",
        schedule="listed",
    ),
    NodeRecord(
        "JoinStrings",
        _PACK,
        role="value",
        facts=_joined_texts,
    ),
    NodeRecord(
        "SimpleCalculatorKJ",
        _PACK,
        role="value",
        facts=_calculated,
        former=("a", "b"),
    ),
    NodeRecord(
        "ScheduledCFGGuidance",
        _PACK,
        role="guider",
        guided_from="start_percent",
        guided_to="end_percent",
    ),
    NodeRecord(
        "WanImageToVideoSVIPro",
        _PACK,
        role="conditioning",
        facts=following,
        latent=LatentShape(slot=2, empty=True, follows="anchor_samples"),
        conditioning=Conditioning(kind="image_to_video", encodes=("anchor_samples",)),
    ),
    NodeRecord(
        "VRAM_Debug",
        _PACK,
        role="pass_on",
        facts=handed_on,
        hands_on=_watched,
        acts=True,
    ),
    switch("LazySwitchKJ", by_truth("switch", "on_true", "on_false"), _PACK),
    measured("GetMaskSizeAndCount", _PACK, "mask", "", "width", "height", "frames"),
    pass_on("ImagePass", "image", _PACK),
    pass_on("ModelPassThrough", "model", _PACK),
    same_shape("ColorMatch", "image_target", _PACK),
    same_shape("ReverseImageBatch", "images", _PACK),
    NodeRecord(
        "LoadAndResizeImage",
        _PACK,
        role="loader",
        file=File("image", "picture"),
    ),
    NodeRecord(
        "GetImageSizeAndCount",
        _PACK,
        role="value",
        facts=handed_on,
        hands_on=_size_and_count,
    ),
    NodeRecord(
        "GetImageRangeFromBatch",
        _PACK,
        role="frames",
        facts=_range_from_batch,
        stretch=Stretch("images", "start_index", "num_frames", fails_beyond=True),
    ),
    NodeRecord(
        "ImageResizeKJ",
        _PACK,
        role="scaling",
        facts=resizer(_size_by_kijai),
        same_length="image",
        former=("width_input", "height_input"),
    ),
    NodeRecord(
        "ImageResizeKJv2",
        _PACK,
        role="scaling",
        facts=resizer(_by_kijai),
        same_length="image",
        widgets=Widgets(shows="more"),
    ),
    NodeRecord(
        "ImageUpscaleWithModelBatched",
        _PACK,
        role="scaling",
        facts=same_length,
        same_length="images",
        work="upscale",
    ),
    NodeRecord(
        "InjectNoiseToLatent",
        _PACK,
        role="latent",
        other_left_out=("seed",),
    ),
    NodeRecord(
        "CFGZeroStarAndInit",
        _PACK,
        role="model_patch",
        leaves_speed=True,
    ),
    NodeRecord(
        "PathchSageAttentionKJ",
        _PACK,
        role="model_patch",
        sage_input="sage_attention",
        work="put_sage_on",
    ),
    NodeRecord(
        "SkipLayerGuidanceWanVideo",
        _PACK,
        role="model_patch",
        leaves_speed=True,
    ),
    NodeRecord(
        "VAEDecodeLoopKJ",
        _PACK,
        role="decode",
        no_formula=True,
    ),
    NodeRecord(
        "WanVideoNAG",
        _PACK,
        role="model_patch",
        leaves_speed=True,
        steers_from=("conditioning", ""),
        idle_at=("nag_scale", 0),
    ),
    only_in_editor("SetNode", _PACK, "set"),
    only_in_editor("GetNode", _PACK, "get"),
)
