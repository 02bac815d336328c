"""rgthree's nodes (rgthree/rgthree-comfy)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.editor import only_in_editor
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
    only_in_editor("Bookmark (rgthree)", _PACK),
    only_in_editor("Fast Actions Button (rgthree)", _PACK),
    only_in_editor("Fast Bypasser (rgthree)", _PACK),
    only_in_editor("Fast Groups Bypasser (rgthree)", _PACK),
    only_in_editor("Fast Groups Muter (rgthree)", _PACK),
    only_in_editor("Fast Muter (rgthree)", _PACK),
    only_in_editor("Label (rgthree)", _PACK),
    only_in_editor("Mute / Bypass Relay (rgthree)", _PACK),
    only_in_editor("Mute / Bypass Repeater (rgthree)", _PACK),
    only_in_editor("Node Collector (rgthree)", _PACK),
    only_in_editor("Random Unmuter (rgthree)", _PACK),
    only_in_editor("Reroute (rgthree)", _PACK),
)
