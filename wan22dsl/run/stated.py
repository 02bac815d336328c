"""Facts that a text states and no prompt holds, for a simulated server: it has no model to measure.

They are those in the braces of a call, and those of a `node` declaration.

They travel under `_meta` of a node, where ComfyUI has the title and looks at nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.server.shapes import STATED

if TYPE_CHECKING:
    from wan22dsl.graph.model import Facts, Graph, Node

_STATED = ("frames", "fps", "width", "height")


def with_facts(prompt: dict[str, Any], graph: Graph) -> dict[str, Any]:
    """The prompt with the frames, rate and size that are stated of its nodes."""
    found, table = dict(prompt), FactTable(graph)
    for node in graph.nodes.values():
        known = _declared(node, graph, table) or node.stated
        said = {name: getattr(known, name) for name in _STATED}
        facts = {name: value for name, value in said.items() if value is not None}
        if facts and node.id in found:
            meta = {**found[node.id].get("_meta", {}), STATED: facts}
            found[node.id] = {**found[node.id], "_meta": meta}
    return found


def _declared(node: Node, graph: Graph, table: FactTable) -> Facts | None:
    """What is known of the first picture, clip or latent that a node of a declared class gives."""
    node_class = graph.class_of(node)
    if node_class is None or node_class.declared_facts is None:
        return None
    for slot, output in enumerate(node_class.outputs):
        if output.type in _VISUAL:
            return table.of(Link(node.id, slot))
    return None


_VISUAL = frozenset({"IMAGE", "LATENT", "VIDEO", "MASK"})
