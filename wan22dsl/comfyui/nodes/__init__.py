"""What the nodes of a class do, written down once: one record a class.

A file is a theme of ComfyUI's own nodes (Comfy-Org/ComfyUI: nodes.py, comfy_extras/) or, in `packs/`, a pack
of custom nodes. What is known of an output is worked out from a `Reading`, which asks the graph; a record
knows no graph. A class without a record is answered by the rule for unknown classes, in `graph.facts`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import (
    editor,
    frames,
    latents,
    loading,
    models,
    sampling,
    saving,
    scaling,
    values,
    wan,
)
from wan22dsl.comfyui.nodes.packs import (
    controlnet_aux,
    easy_use,
    efficiency,
    frame_interpolation,
    impact,
    kjnodes,
    lora_manager,
    mxtoolkit,
    others,
    rgthree,
    shown,
    vhs,
    wan_moe,
)
from wan22dsl.comfyui.nodes.record import NodeRecord

if TYPE_CHECKING:
    from collections.abc import Collection

_RECORDS = MappingProxyType(
    {
        record.class_name: record
        for theme in (
            *(
                editor,
                frames,
                latents,
                loading,
                models,
                sampling,
                saving,
                scaling,
                values,
                wan,
            ),
            *(
                controlnet_aux,
                easy_use,
                efficiency,
                frame_interpolation,
                impact,
                kjnodes,
                lora_manager,
                mxtoolkit,
                others,
                rgthree,
                shown,
                vhs,
                wan_moe,
            ),
        )
        for record in theme.RECORDS
    }
)


def record_of(class_name: str) -> NodeRecord:
    """The record of a class; an empty one where nothing is known of it."""
    record = _RECORDS.get(class_name)
    return NodeRecord(class_name, pack="") if record is None else record


def records() -> Collection[NodeRecord]:
    """All records."""
    return _RECORDS.values()
