"""Whether every node of a graph gets its turn, and which ones wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx

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
    """Whether each node is behind those that it needs, as in most graphs."""
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

    place = {name: number for number, name in enumerate(graph.nodes)}
    knotted = _part(graph, stuck)
    found = []
    for knot in networkx.strongly_connected_components(knotted):
        first = min(knot, key=place.__getitem__)
        if len(knot) > 1 or knotted.has_edge(first, first):
            whole = len(knot) == len(knotted)
            within = knotted if whole else _part(graph, sorted(knot, key=place.__getitem__))
            found.append((place[first], networkx.find_cycle(within, first)))
    return [[edge[0] for edge in edges] for _, edges in sorted(found, key=lambda value: value[0])]


def _part(graph: Graph, names: list[str]) -> networkx.DiGraph[str]:
    """Who waits for whom among some nodes, by the order of the graph.

    A view of the whole graph would do, but a walk through it takes several times as long.
    """
    import networkx

    made: networkx.DiGraph[str] = networkx.DiGraph()
    made.add_nodes_from(names)
    for name in names:
        made.add_edges_from((name, user) for user, _, _ in graph.consumers[name] if user in made)
    return made
