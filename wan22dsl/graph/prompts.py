"""The plain reading of a prompt: its nodes and links as a graph, without places, and without complaint.

`formats.prompt_read` reads files for people, and says what is wrong in them. Here the prompt is what a
server has accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.model import Graph, Link, Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue


def value_of(value: Any) -> Any:
    """The value of an input: a link for `[id, slot]`, the list itself for `{"__value__": […]}`."""
    if isinstance(value, dict) and "__value__" in value:
        return value["__value__"]
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        slot = value[1]
        if type(slot) is int or (type(slot) is float and slot.is_integer()):
            return Link(value[0], int(slot))
    return value


def graph_of(prompt: Mapping[str, Any], catalogue: Catalogue, name: str = "prompt") -> Graph:
    """The graph of a prompt; what is no node is left out."""
    nodes = {}
    for id, entry in prompt.items():
        if isinstance(entry, dict) and isinstance(entry.get("inputs"), dict):
            inputs = {key: value_of(value) for key, value in entry["inputs"].items()}
            nodes[id] = Node(id, str(entry.get("class_type", "")), inputs)
    return Graph(name, nodes, catalogue)
