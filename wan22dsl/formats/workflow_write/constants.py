"""Constants that the editor has no field for: a node of ComfyUI's own gives them, by a link.

The server takes a number where only a link is shown (`values.a` of ComfyMathExpression); the editor does
not. The node says what it stands for, so that reading the file gives the constant back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.formats.workflow_write.widgets import face_of
from wan22dsl.graph.model import Link, Node

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph

_CLASSES = {
    bool: "PrimitiveBoolean",
    int: "PrimitiveInt",
    float: "PrimitiveFloat",
    str: "PrimitiveString",
}


def with_nodes_for_constants(graph: Graph) -> Graph:
    """The graph, with a node for each such constant right before the one that takes it."""
    nodes: dict[str, Node] = {}
    for node in graph.nodes.values():
        inputs = dict(node.inputs)
        for name in _without_field(graph, node):
            id = f"{node.id}.{name}"
            class_name = _CLASSES[type(inputs[name])]
            nodes[id] = Node(id, class_name, {"value": inputs[name]}, stage=node.stage)
            inputs[name] = Link(id, 0)
        nodes[node.id] = node if inputs == node.inputs else node.changed(inputs=inputs)
    return graph if len(nodes) == len(graph.nodes) else graph.with_nodes(nodes)


def _without_field(graph: Graph, node: Node) -> list[str]:
    node_class = graph.class_of(node)
    if node_class is None:
        return []
    values: dict[str, Any] = {
        name: value for name, value in node.inputs.items() if not isinstance(value, Link)
    }
    face = face_of(
        node, node_class, node.inputs, dict.fromkeys((name for name, _ in node.links()), "*")
    )
    sockets = {one.name for one in face.sockets}
    return [name for name, value in values.items() if name in sockets and type(value) in _CLASSES]
