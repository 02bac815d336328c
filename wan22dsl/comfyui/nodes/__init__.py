"""What the nodes of a class do, written down once: one record a class.

A file is a theme of ComfyUI's own nodes (Comfy-Org/ComfyUI: nodes.py, comfy_extras/) or, in `packs/`, a pack
of custom nodes. What is known of an output is worked out from a `Reading`, which asks the graph; a record
knows no graph. A class without a record is answered by the rule for unknown classes, in `graph.facts`.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import (
    arithmetic,
    editor,
    frames,
    latents,
    loading,
    loops,
    models,
    sampling,
    saving,
    scaling,
    strings,
    switches,
    values,
    wan,
)
from wan22dsl.comfyui.nodes.record import NodeRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

_THEMES = (
    *(arithmetic, editor, frames, latents, loading, loops, models, sampling, saving),
    *(scaling, strings, switches, values, wan),
)


def _by_name(themes: Iterable[ModuleType]) -> Mapping[str, NodeRecord]:
    return MappingProxyType(
        {record.class_name: record for theme in themes for record in theme.RECORDS}
    )


_OWN = _by_name(_THEMES)


@lru_cache(maxsize=1_000)
def _of_other(class_name: str) -> NodeRecord:
    """The record of a class without one among ComfyUI's own: that of a pack, or an empty one.

    Of a class that ComfyUI has there is none in a pack, so none of them is read for it.
    """
    from wan22dsl.comfyui.catalogue.open import is_own
    from wan22dsl.comfyui.nodes import packs

    if is_own(class_name):
        return NodeRecord(class_name, pack="")
    for pack in packs.modules():
        for record in pack.RECORDS:
            if record.class_name == class_name:
                found: NodeRecord = record
                return found
    return NodeRecord(class_name, pack="")


def record_of(class_name: str) -> NodeRecord:
    """The record of a class; an empty one where nothing is known of it."""
    return _OWN.get(class_name) or _of_other(class_name)


def records() -> tuple[NodeRecord, ...]:
    """All records."""
    from wan22dsl.comfyui.nodes import packs

    return (*_OWN.values(), *_by_name(packs.modules()).values())
