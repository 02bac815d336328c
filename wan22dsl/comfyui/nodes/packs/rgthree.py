"""rgthree's nodes (rgthree/rgthree-comfy)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.values import constant

_PACK = "rgthree-comfy"

RECORDS: tuple[NodeRecord, ...] = (
    constant("Seed (rgthree)", "seed", _PACK),
    NodeRecord(
        "Power Lora Loader (rgthree)",
        _PACK,
        role="lora",
        takes_anything=True,
    ),
    NodeRecord(
        "Any Switch (rgthree)",
        _PACK,
        role="switch",
        takes_anything=True,
    ),
    NodeRecord(
        "Power Puter (rgthree)",
        _PACK,
        role="value",
        takes_anything=True,
    ),
    NodeRecord(
        "Context Big (rgthree)",
        _PACK,
        role="pass_on",
        takes_anything=True,
    ),
)
