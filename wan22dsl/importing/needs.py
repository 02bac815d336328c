"""What of a graph leads to an output, and so runs at all; what hangs together with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

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
    return graph.with_nodes(kept) if kept else graph


def linked(graph: Graph, ids: Container[str]) -> Graph:
    """What hangs together with the nodes of these ids, in whatever direction."""
    beside: dict[str, set[str]] = {id: set() for id in graph.nodes}
    for node in graph.nodes.values():
        for _, link in node.links():
            if link.node in beside:
                beside[node.id].add(link.node)
                beside[link.node].add(node.id)
    waiting = [id for id in graph.nodes if id in ids]
    seen: set[str] = set()
    while waiting:
        id = waiting.pop()
        if id not in seen:
            seen.add(id)
            waiting.extend(beside[id])
    return graph.with_nodes({id: node for id, node in graph.nodes.items() if id in seen})
