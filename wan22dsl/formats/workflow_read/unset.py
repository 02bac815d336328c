"""The inputs that a graph did not have from which a workflow was drawn: the editor has a value for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.formats.workflow_write.widgets import face_of
from wan22dsl.graph.equality import plain
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.graph.model import Node


def without_unset(node: Node, node_class: NodeClass, unset: tuple[str, ...]) -> dict[str, Any]:
    """The inputs of a node without those that nobody gave and nobody has changed since."""
    kept = {name: value for name, value in node.inputs.items() if name not in unset}
    changed = _others(node, node_class, kept)
    if changed:  # one value may bring another
        kept = {name: value for name, value in node.inputs.items() if name in {*kept, *changed}}
        changed = _others(node, node_class, kept)
    again = {*kept, *changed}
    return {name: value for name, value in node.inputs.items() if name in again}


def _others(node: Node, node_class: NodeClass, kept: dict[str, Any]) -> set[str]:
    """The inputs that are not `kept` and have another value than the one that we would draw for them."""
    if len(kept) == len(node.inputs):
        return set()
    drawn = face_of(node.changed(inputs=kept), node_class, kept, {}).widgets
    shown = {widget.name: widget.value for widget in drawn}
    return {
        name
        for name, value in node.inputs.items()
        if name not in kept
        and (isinstance(value, Link) or name not in shown or plain(value) != plain(shown[name]))
    }
