"""Values by name (kk8bit/KayTool)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.editor import only_in_editor

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "KayTool"

RECORDS: tuple[NodeRecord, ...] = (
    only_in_editor("KaySetNode", _PACK, "set"),
    only_in_editor("KayGetNode", _PACK, "get"),
)
