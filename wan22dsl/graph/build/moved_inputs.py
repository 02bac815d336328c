"""Inputs that a newer ComfyUI has on another node: their values go there, a file serves both versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Input
    from wan22dsl.comfyui.nodes.versions import Moved
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.source import Span


def move(
    b: Builder,
    class_name: str,
    inputs: dict[str, Any],
    known: Mapping[str, Input],
    spans: Mapping[str, Span],
) -> None:
    """Takes values out of `inputs` that the node before has an input for, and this class has none."""
    for moved in record_of(class_name).versions.moved:
        link = inputs.get(moved.link)
        if moved.input in inputs and moved.input not in known and isinstance(link, Link):
            _to_source(b, moved, link, inputs, spans)


def _to_source(
    b: Builder, moved: Moved, link: Link, inputs: dict[str, Any], spans: Mapping[str, Span]
) -> None:
    source, value = b.nodes.get(link.node), inputs[moved.input]
    schema = b.schemas.get(source.class_name) if source is not None else None
    if source is None or schema is None or moved.to in source.inputs:
        return
    taken = b.schemas.inputs(schema, source.inputs).get(moved.to)
    if taken is None or isinstance(value, Link) or value not in (taken.options or (value,)):
        return
    if any(link.node in _sources(node.inputs) for node in b.nodes.values()):
        inputs[moved.link] = Link(b.unique(source.id), link.slot)
    else:
        b.forget(source.id)
    there = {moved.to: spans[moved.input]} if moved.input in spans else {}
    id = inputs[moved.link].node
    b.nodes[id] = source.changed(
        id=id, inputs={**source.inputs, moved.to: value}, spans={**source.spans, **there}
    )
    del inputs[moved.input]


def _sources(inputs: Mapping[str, Any]) -> set[str]:
    return {value.node for value in inputs.values() if isinstance(value, Link)}
