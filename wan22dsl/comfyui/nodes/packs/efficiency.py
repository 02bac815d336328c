"""Efficiency nodes (jags111/efficiency-nodes-comfyui: efficiency_nodes.py, js/seedcontrol.js)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "efficiency-nodes-comfyui"

#: Behind the seed of these stands a button in the place of what becomes of it after a run.
RECORDS: tuple[NodeRecord, ...] = tuple(
    NodeRecord(class_name, _PACK, widgets=Widgets(seed_button=True))
    for class_name in (
        *("KSampler (Efficient)", "KSampler Adv. (Efficient)", "KSampler SDXL (Eff.)"),
        *("Noise Control Script", "HighRes-Fix Script", "Tiled Upscaler Script"),
    )
)
