"""What of a graph leads to an output, and so runs at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph


def needed(graph: Graph) -> Graph:
    """What leads to an output, where there is one; other nodes never run, though the editor keeps them."""
    waiting = [
        node.id
        for node in graph.nodes.values()
        if (found := graph.class_of(node)) is None or found.is_output
    ]
    seen: set[str] = set()
    while waiting:
        id = waiting.pop()
        if id in graph.nodes and id not in seen:
            seen.add(id)
            waiting.extend(link.node for _, link in graph.nodes[id].links())
    kept = {id: node for id, node in graph.nodes.items() if id in seen}
    return replace(graph, nodes=kept) if kept else graph
