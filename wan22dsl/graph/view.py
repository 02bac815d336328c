"""The graph for networkx, where an algorithm beyond neighbours is worth its import."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx

    from wan22dsl.graph.model import Graph


def to_networkx(graph: Graph) -> networkx.MultiDiGraph[str]:
    """Nodes by id with the node under `node`; links as edges with `input` and `slot`.

    Links that go to no node are left out.
    """
    import networkx  # ten times the start of an interpreter

    made: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=graph.name)
    for node in graph.nodes.values():
        made.add_node(node.id, node=node)
    for node in graph.nodes.values():
        for name, link in node.links():
            if link.node in graph.nodes:
                made.add_edge(link.node, node.id, input=name, slot=link.slot)
    return made
