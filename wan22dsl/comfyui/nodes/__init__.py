"""What the nodes of a class do, written down once: one record a class.

A file is a theme of ComfyUI's own nodes (Comfy-Org/ComfyUI: nodes.py, comfy_extras/) or, in `packs/`, a pack
of custom nodes. What is known of an output is worked out from a `Reading`, which asks the graph; a record
knows no graph. A class without a record is answered by the rule for unknown classes, in `graph.facts`.
"""

from __future__ import annotations

from functools import cache
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
from wan22dsl.comfyui.nodes.record import NodeRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

_THEMES = (editor, frames, latents, loading, models, sampling, saving, scaling, values, wan)


def _by_name(themes: Iterable[ModuleType]) -> Mapping[str, NodeRecord]:
    return MappingProxyType(
        {record.class_name: record for theme in themes for record in theme.RECORDS}
    )


_OWN = _by_name(_THEMES)


@cache
def _of_packs() -> Mapping[str, NodeRecord]:
    """The records of packs, read when a class is asked for that is not one of ComfyUI's own."""
    from wan22dsl.comfyui.nodes import packs

    return _by_name(packs.modules())


def record_of(class_name: str) -> NodeRecord:
    """The record of a class; an empty one where nothing is known of it."""
    record = _OWN.get(class_name) or _of_packs().get(class_name)
    return NodeRecord(class_name, pack="") if record is None else record


def records() -> tuple[NodeRecord, ...]:
    """All records."""
    return (*_OWN.values(), *_of_packs().values())
