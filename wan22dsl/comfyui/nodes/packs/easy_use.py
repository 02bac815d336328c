"""Constants and clean-up (yolain/ComfyUI-Easy-Use)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.values import constant, pass_on

_PACK = "ComfyUI-Easy-Use"

RECORDS: tuple[NodeRecord, ...] = (
    constant("easy int", "value", _PACK),
    constant("easy float", "value", _PACK),
    constant("easy boolean", "value", _PACK),
    pass_on("easy cleanGpuUsed", "anything", _PACK),
    pass_on("easy clearCacheAll", "anything", _PACK),
    NodeRecord(
        "easy setNode",
        _PACK,
        role="editor",
        only_in_editor=True,
        named_value="set",
    ),
    NodeRecord(
        "easy getNode",
        _PACK,
        role="editor",
        only_in_editor=True,
        named_value="get",
    ),
)
