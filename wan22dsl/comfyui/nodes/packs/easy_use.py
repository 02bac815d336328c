"""Constants and clean-up (yolain/ComfyUI-Easy-Use)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.editor import only_in_editor
from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.values import constant, pass_on
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "ComfyUI-Easy-Use"

RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "easy seed",
        _PACK,
        role="value",
        widgets=Widgets(order=("seed",), behind=(None,)),
    ),
    NodeRecord(
        "easy promptLine",
        _PACK,
        role="value",
        widgets=Widgets(behind=("",)),
    ),
    constant("easy int", "value", _PACK),
    constant("easy float", "value", _PACK),
    constant("easy boolean", "value", _PACK),
    pass_on("easy cleanGpuUsed", "anything", _PACK),
    pass_on("easy clearCacheAll", "anything", _PACK),
    only_in_editor("easy setNode", _PACK, "set"),
    only_in_editor("easy getNode", _PACK, "get"),
)
