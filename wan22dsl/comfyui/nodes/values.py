"""Nodes that give numbers, texts and truth values, and nodes that hand on what they get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.model import NOTHING_KNOWN, Facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.comfyui.nodes.reading import Reading

#: Classes that give the value of one input: ComfyUI's primitives; ComfyUI-KJNodes; ComfyUI-Easy-Use; rgthree.
CONSTANTS = {
    "PrimitiveInt": "value",
    "PrimitiveFloat": "value",
    "PrimitiveString": "value",
    "PrimitiveStringMultiline": "value",
    "PrimitiveBoolean": "value",
    "INTConstant": "value",
    "FloatConstant": "value",
    "BOOLConstant": "value",
    "StringConstant": "string",
    "StringConstantMultiline": "string",
    "easy int": "value",
    "easy float": "value",
    "easy boolean": "value",
    "Seed (rgthree)": "seed",
}

#: Classes that hand on one input as it is, whatever its type.
PASSED_ON = {
    "Reroute": "",
    "ImagePass": "image",
    "UnloadModel": "value",
    "UnloadAllModels": "value",
    "easy cleanGpuUsed": "anything",
    "easy clearCacheAll": "anything",
    "LayerUtility: PurgeVRAM V2": "anything",
}

#: Classes that change the pictures of one input, not how many there are, their rate or their size.
SAME_SHAPE = {
    "Canny": "image",
    "ColorMatch": "image_target",
    "ColorTransfer": "image_target",
    "DWPreprocessor": "image",
    "DepthAnythingPreprocessor": "image",
    "DepthAnythingV2Preprocessor": "image",
    "ImageAddNoise": "image",
    "ImageBlur": "image",
    "ImageCompositeMasked": "destination",
    "ImageFlip": "image",
    "ImageInvert": "image",
    "ImageQuantize": "image",
    "ImageSharpen": "image",
    "Morphology": "image",
    "ReverseImageBatch": "images",
    "OpenposePreprocessor": "image",
}

#: Classes that change the size of the pictures of one input, and nothing else that is known here.
SAME_LENGTH = {
    "ImageResizeKJ": "image",
    "ImageRotate": "image",
    "ImageUpscaleWithModel": "image",
    "ImageUpscaleWithModelBatched": "images",
}

#: The preprocessors of comfyui_controlnet_aux draw at a `resolution` of their own, so the size goes.
_RESIZES = frozenset(
    {
        "DWPreprocessor",
        "DepthAnythingPreprocessor",
        "DepthAnythingV2Preprocessor",
        "OpenposePreprocessor",
    }
)


def _constant(reading: Reading) -> Facts:
    name = CONSTANTS[reading.node.class_name]
    return Facts(value=reading.value(name)) if reading.slot == 0 else NOTHING_KNOWN


def passed_on(reading: Reading) -> Facts:
    """The facts of the one input that a class hands on."""
    name = PASSED_ON[reading.node.class_name]
    names = [name] if name else [item for item, _ in reading.node.links()]
    return reading.facts(names[0]) if len(names) == 1 and reading.slot == 0 else NOTHING_KNOWN


def _same_shape(reading: Reading) -> Facts:
    if reading.slot != 0:
        return NOTHING_KNOWN
    facts = reading.facts(SAME_SHAPE[reading.node.class_name])
    if reading.node.class_name in _RESIZES:
        return Facts(frames=facts.frames, fps=facts.fps)
    return facts


def _same_length(reading: Reading) -> Facts:
    facts = reading.facts(SAME_LENGTH[reading.node.class_name])
    return Facts(frames=facts.frames, fps=facts.fps) if reading.slot == 0 else NOTHING_KNOWN


def _size(reading: Reading) -> Facts:
    """GetImageSize: width, height and how many pictures there are."""
    facts = reading.facts("image")
    values = (facts.width, facts.height, facts.frames)
    return Facts(value=values[reading.slot]) if 0 <= reading.slot < 3 else NOTHING_KNOWN


def _size_and_count(reading: Reading) -> Facts:
    """GetImageSizeAndCount (ComfyUI-KJNodes): the picture, its width, height and count."""
    facts = reading.facts("image")
    if reading.slot == 0:
        return facts
    values = (facts.width, facts.height, facts.frames)
    return Facts(value=values[reading.slot - 1]) if 0 < reading.slot < 4 else NOTHING_KNOWN


def _switch(reading: Reading) -> Facts:
    """ComfySwitchNode: the side that the switch chooses, when it is known."""
    chosen = reading.value("switch")
    if not isinstance(chosen, bool):
        return NOTHING_KNOWN
    return _either(reading, "on_true" if chosen else "on_false")


def _either(reading: Reading, name: str) -> Facts:
    if reading.linked(name):
        return reading.facts(name)
    value = reading.node.inputs.get(name)
    return Facts(value=value) if isinstance(value, (int, float, str, bool)) else NOTHING_KNOWN


def _computed(reading: Reading) -> Facts:
    """ComfyMathExpression: the result as FLOAT, INT and BOOLEAN."""
    from wan22dsl.comfyui.nodes.expression import evaluate

    expression = reading.value("expression")
    names = [name for name in reading.node.inputs if name.startswith("values.")]
    values = {name.removeprefix("values."): reading.value(name) for name in names}
    result = evaluate(expression, values) if isinstance(expression, str) else None
    if result is None or not 0 <= reading.slot < 3:
        return NOTHING_KNOWN
    return Facts(value=(float, int, bool)[reading.slot](result))


TABLE: dict[str, Callable[[Reading], Facts]] = {
    **dict.fromkeys(CONSTANTS, _constant),
    **dict.fromkeys(PASSED_ON, passed_on),
    **dict.fromkeys(SAME_SHAPE, _same_shape),
    **dict.fromkeys(SAME_LENGTH, _same_length),
    "GetImageSize": _size,
    "GetImageSizeAndCount": _size_and_count,
    "ComfySwitchNode": _switch,
    "ComfyMathExpression": _computed,
}
