"""`wan fleet`: the ComfyUI servers that take work."""

from __future__ import annotations

from wan22dsl.cli import fleet_edit, fleet_status, fleet_ui
from wan22dsl.cli.declare import Group

COMMAND = Group(
    "Show and change the ComfyUI servers that take work.",
    {
        "status": fleet_status.STATUS,
        "ui": fleet_ui.UI,
        "add": fleet_edit.ADD,
        "remove": fleet_edit.REMOVE,
        "drain": fleet_edit.DRAIN,
    },
)
