"""Constants and clean-up (yolain/ComfyUI-Easy-Use)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.editor import only_in_editor
from wan22dsl.comfyui.nodes.values import constant, pass_on

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "ComfyUI-Easy-Use"

RECORDS: tuple[NodeRecord, ...] = (
    constant("easy int", "value", _PACK),
    constant("easy float", "value", _PACK),
    constant("easy boolean", "value", _PACK),
    pass_on("easy cleanGpuUsed", "anything", _PACK),
    pass_on("easy clearCacheAll", "anything", _PACK),
    only_in_editor("easy setNode", _PACK, "set"),
    only_in_editor("easy getNode", _PACK, "get"),
)
