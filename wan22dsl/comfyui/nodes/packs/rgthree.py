"""rgthree's nodes (rgthree/rgthree-comfy)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes import loras
from wan22dsl.comfyui.nodes.editor import only_in_editor
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, Reading
from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.widgets import Rows, Widgets

_PACK = "rgthree-comfy"

#: LoRAs that the user adds, between lines, a head and a button (src_web/comfyui/power_lora_loader.ts).
_ROWS = Rows(
    "lora",
    "lora_",
    before=({}, {"type": "PowerLoraLoaderHeaderWidget"}),
    behind=({}, ""),
    beside=("PowerLoraLoaderHeaderWidget", "➕ Add Lora"),
    not_null=("strengthTwo",),
)


def _seed(reading: Reading) -> Facts:
    """Seed: -1, -2 and -3 stand for a random one, or the last one and its neighbours (py/seed.py)."""
    value = reading.value("seed")
    known = reading.slot == 0 and isinstance(value, (int, float)) and value >= 0
    return Facts(value=value) if known else NOTHING_KNOWN


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "Seed (rgthree)",
        _PACK,
        role="value",
        facts=_seed,
        constant="seed",
        widgets=Widgets(order=("seed",), no_control=True, behind=("", "", ""), shows="more"),
    ),
    NodeRecord(
        "Power Lora Loader (rgthree)",
        _PACK,
        role="lora",
        loras=loras.in_rows,
        takes_anything=True,
        widgets=Widgets(rows=_ROWS),
    ),
    NodeRecord(
        "Lora Loader Stack (rgthree)",
        _PACK,
        role="lora",
        loras=loras.numbered("lora_{:02d}", "strength_{:02d}", range(1, 5)),
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
