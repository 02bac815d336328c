"""Preprocessors, which draw at a `resolution` of their own (Fannovel16/comfyui_controlnet_aux)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.frames import same_length
from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "comfyui_controlnet_aux"

RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "DWPreprocessor",
        _PACK,
        role="picture",
        facts=same_length,
        same_length="image",
        no_formula=True,
    ),
    NodeRecord(
        "DepthAnythingPreprocessor",
        _PACK,
        role="picture",
        facts=same_length,
        same_length="image",
        no_formula=True,
    ),
    NodeRecord(
        "DepthAnythingV2Preprocessor",
        _PACK,
        role="picture",
        facts=same_length,
        same_length="image",
        no_formula=True,
    ),
    NodeRecord(
        "OpenposePreprocessor",
        _PACK,
        role="picture",
        facts=same_length,
        same_length="image",
        no_formula=True,
    ),
)
