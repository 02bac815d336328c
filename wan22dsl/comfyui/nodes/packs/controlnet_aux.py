"""Preprocessors, which draw at a `resolution` of their own (Fannovel16/comfyui_controlnet_aux)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.frames import same_length
from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "comfyui_controlnet_aux"


def _preprocessor(class_name: str) -> NodeRecord:
    """A class that draws a picture for each picture of `image`."""
    return NodeRecord(
        class_name,
        _PACK,
        role="picture",
        facts=same_length,
        same_length="image",
        no_formula=True,
    )


RECORDS: tuple[NodeRecord, ...] = (
    _preprocessor("DWPreprocessor"),
    _preprocessor("DepthAnythingPreprocessor"),
    _preprocessor("DepthAnythingV2Preprocessor"),
    _preprocessor("OpenposePreprocessor"),
)
