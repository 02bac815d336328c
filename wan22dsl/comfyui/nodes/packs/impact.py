"""Prompts with wildcards (ltdrdata/ComfyUI-Impact-Pack: modules/impact, js/impact-pack.js)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "ComfyUI-Impact-Pack"

_TEXTS = ("wildcard_text", "populated_text", "mode")
_CHOOSERS = ("Select to add LoRA", "Select to add Wildcard")

RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "ImpactWildcardEncode",
        _PACK,
        role="text",
        widgets=Widgets(order=(*_TEXTS, *_CHOOSERS, "seed")),
    ),
    NodeRecord(
        "ImpactWildcardProcessor",
        _PACK,
        role="value",
        widgets=Widgets(order=(*_TEXTS, "seed", _CHOOSERS[1])),
    ),
    *(
        NodeRecord(class_name, _PACK, widgets=Widgets(order=("wildcard", *_CHOOSERS)))
        for class_name in (
            *("ToDetailerPipe", "EditDetailerPipe", "BasicPipeToDetailerPipe"),
            *("ToDetailerPipeSDXL", "EditDetailerPipeSDXL", "BasicPipeToDetailerPipeSDXL"),
        )
    ),
)
