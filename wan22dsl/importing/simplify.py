"""A graph in which what is known without running is put in: primitives, sums, switches.

It does the same with fewer nodes, and so it is not the same graph: only for those who ask for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.catalogue.inputs import inputs_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.graph.steps_back import switched

if TYPE_CHECKING:
    from wan22dsl.catalogue.schema import Input
    from wan22dsl.graph.model import Graph, Node

#: What an input takes of a value, by the socket type.
_TAKES: dict[str, tuple[type, ...]] = {
    "INT": (int,),
    "FLOAT": (int, float),
    "STRING": (str,),
    "BOOLEAN": (bool,),
    "COMBO": (str,),
}

#: Longer ways through switches are given up.
_LONGEST = 200


def simplified(graph: Graph) -> Graph:
    """The graph with known values in the place of links, and links past the switches that are set."""
    facts = FactTable(graph)
    nodes = {node.id: _put_in(graph, node, facts) for node in graph.nodes.values()}
    return graph.with_nodes(nodes)


def _put_in(graph: Graph, node: Node, facts: FactTable) -> Node:
    node_class = graph.class_of(node)
    known = inputs_of(node_class, node.inputs) if node_class is not None else {}
    inputs = {
        name: _known(graph, value, known.get(name), facts) if isinstance(value, Link) else value
        for name, value in node.inputs.items()
    }
    return node.changed(inputs=inputs)


def _known(graph: Graph, link: Link, one: Input | None, facts: FactTable) -> Any:
    value = facts.of(link).value
    if one is not None and value is not None and not one.is_socket:
        takes = [kind for part in one.type.split(",") for kind in _TAKES.get(part, ())]
        if type(value) in takes:
            return value
    for _ in range(_LONGEST):
        before = graph.nodes.get(link.node)
        real = switched(before, facts) if before is not None else None
        if real is None:
            break
        link = real
    return link
