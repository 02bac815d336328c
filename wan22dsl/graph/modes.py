"""Bypassed and muted nodes: the graph that is left when they have been taken out.

As ComfyUI's editor does it when it makes prompt JSON: a bypassed node is rewired, each of its outputs to
its first linked input of that type; a muted one is left out. Where nothing is left behind an input, the
input goes; where it is one that the node needs, the node goes too, with all that needs it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wan22dsl.graph.model import Graph, Link, Node

if TYPE_CHECKING:
    from wan22dsl.catalogue.schema import NodeClass


def active(graph: Graph) -> Graph:
    """The graph without its bypassed and muted nodes; the same one where there are none."""
    if all(node.mode == "active" for node in graph.nodes.values()):
        return graph
    sources = Sources(graph)
    gone = _left_out(graph, sources)
    nodes = {
        node.id: _rewired(node, sources, gone)
        for node in graph.nodes.values()
        if node.mode == "active" and node.id not in gone
    }
    return Graph(graph.name, nodes, graph.catalogue, graph.span)


class Sources:
    """Where links really come from: through bypassed nodes to the first active one."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._found: dict[Link, Link | None] = {}

    def of(self, link: Link) -> Link | None:
        """The first active output behind a link, or a link to no node, as it is.

        None when there is nothing: a muted node, or a bypassed one without an input of that type.
        """
        path: list[Link] = []
        current: Link | None = link
        while current is not None and current not in self._found:
            self._found[current] = None  # what comes round to itself comes from nothing
            path.append(current)
            node = self._graph.nodes.get(current.node)
            if node is None or node.mode == "active":
                self._found[current] = current
                break
            current = _before(self._graph, node, current.slot) if node.mode == "bypass" else None
        end = None if current is None else self._found[current]
        self._found.update(dict.fromkeys(path, end))
        return end


def _before(graph: Graph, node: Node, slot: int) -> Link | None:
    """The first linked input that has the type of the output; for an unknown class, the only link."""
    node_class = graph.class_of(node)
    links = list(node.links())
    if node_class is None or not 0 <= slot < len(node_class.outputs):
        return links[0][1] if len(links) == 1 else None
    wanted = node_class.outputs[slot].type
    types = {one.name: one.type for one in node_class.inputs}
    return next((link for name, link in links if types.get(name) == wanted), None)


def _left_out(graph: Graph, sources: Sources) -> set[str]:
    """The active nodes that go because what they need is gone."""
    users: dict[str, list[Node]] = {}
    waiting = [node for node in graph.nodes.values() if node.mode == "active"]
    for node in waiting:
        for _, link in node.links():
            real = sources.of(link)
            if real is not None:
                users.setdefault(real.node, []).append(node)
    gone: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node.id not in gone and _misses_something(graph, node, sources, gone):
            gone.add(node.id)
            waiting.extend(users.get(node.id, ()))
    return gone


def _misses_something(graph: Graph, node: Node, sources: Sources, gone: set[str]) -> bool:
    """Whether an input that the node cannot do without has nothing behind it any more."""
    needed: set[str] | None = None
    for name, link in node.links():
        real = sources.of(link)
        if real is not None and real.node not in gone:
            continue
        if needed is None:
            needed = _needed(graph.class_of(node), node)
        if name in needed:
            return True
    return False


def _needed(node_class: NodeClass | None, node: Node) -> set[str]:
    """The inputs that a class needs; an unknown class may need any."""
    if node_class is None:
        return set(node.inputs)
    return {one.name for one in node_class.inputs if one.required}


def _rewired(node: Node, sources: Sources, gone: set[str]) -> Node:
    inputs = {}
    for name, value in node.inputs.items():
        if isinstance(value, Link):
            real = sources.of(value)
            if real is None or real.node in gone:
                continue
            value = real
        inputs[name] = value
    return node if inputs == node.inputs else replace(node, inputs=inputs)
