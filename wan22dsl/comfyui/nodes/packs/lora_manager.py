"""Nodes of ComfyUI-Lora-Manager (willmiao/ComfyUI-Lora-Manager: py/nodes, web/comfyui)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes import loras
from wan22dsl.comfyui.nodes.record import NodeRecord, Role
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "ComfyUI-Lora-Manager"

#: What its script for texts notes for itself before them.
_NOTES = ("textWidgetName",)


def _loader(class_name: str, *order: str, more: str, role: Role = "lora") -> NodeRecord:
    """A class with a text and the list of LoRAs in it; the script adds sockets.

    `more` is the input that brings more LoRAs.
    """
    return NodeRecord(
        class_name,
        _PACK,
        role=role,
        loras=loras.listed,
        lora_links=(more,),
        takes_anything=True,
        widgets=Widgets(order=order, marks=_NOTES),
    )


RECORDS: tuple[NodeRecord, ...] = (
    _loader("Lora Loader (LoraManager)", "text", "loras", more="lora_stack"),
    _loader("Lora Stacker (LoraManager)", "text", "loras", more="lora_stack", role=""),
    _loader("WanVideo Lora Select (LoraManager)", more="prev_lora", role=""),
    NodeRecord(
        "Prompt (LoraManager)",
        _PACK,
        takes_anything=True,
        widgets=Widgets(order=("text",), marks=_NOTES),
    ),
    NodeRecord(
        "TriggerWord Toggle (LoraManager)",
        _PACK,
        takes_anything=True,
        widgets=Widgets(beyond=("toggle_trigger_words", "orinalMessage")),
    ),
)
