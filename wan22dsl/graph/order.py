"""Whether every node of a graph gets its turn, and which ones wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph


def never_ready(graph: Graph) -> list[str]:
    """The nodes that can never run: those in circles, and those behind them. Linear in the graph."""
    nodes = graph.nodes
    if _stand_in_order(graph):
        return []
    waiting = {
        node.id: sum(1 for _, link in node.links() if link.node in nodes) for node in nodes.values()
    }
    ready = [name for name, count in waiting.items() if count == 0]
    done = 0
    while ready:
        name = ready.pop()
        done += 1
        for user, _, _ in graph.consumers[name]:
            waiting[user] -= 1
            if waiting[user] == 0:
                ready.append(user)
    return [] if done == len(nodes) else [name for name, count in waiting.items() if count > 0]


def _stand_in_order(graph: Graph) -> bool:
    """Whether each node stands behind those that it needs, as in most graphs."""
    nodes, seen = graph.nodes, set()
    for node in nodes.values():
        for _, link in node.links():
            if link.node not in seen and link.node in nodes:
                return False
        seen.add(node.id)
    return True


def circles(graph: Graph, stuck: list[str]) -> list[list[str]]:
    """One circle for every knot of nodes that wait for each other, by the order of the graph.

    `stuck` are the nodes of `never_ready`.
    """
    import networkx  # only where something is wrong

    knotted = graph.nx.subgraph(stuck)
    place = {name: number for number, name in enumerate(graph.nodes)}
    found = []
    for knot in networkx.strongly_connected_components(knotted):
        if len(knot) > 1 or any(knotted.has_edge(name, name) for name in knot):
            first = min(knot, key=lambda name: place[name])
            found.append((place[first], networkx.find_cycle(knotted.subgraph(knot), first)))
    return [[edge[0] for edge in edges] for _, edges in sorted(found, key=lambda value: value[0])]
