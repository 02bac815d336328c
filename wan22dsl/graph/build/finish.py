"""Finishes a graph: leaves out what nothing needs, and puts loaders right before what needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import own_files
from wan22dsl.graph.model import Draft, Graph

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Wire
    from wan22dsl.graph.model import Node
    from wan22dsl.source import Span


def finished(b: Builder, name: str, span: Span, results: list[Wire]) -> Graph | Draft:
    """The graph of a build. A plain graph keeps what is written, in its order."""
    nodes = b.nodes
    if b.merge and not (b.lost or b.wrong):
        nodes = _ordered(_needed(b, results))
    for node in nodes.values():
        node.title = node.title or node.id
    graph = Graph(name, nodes, b.catalogue, span)
    own_files.name(b, graph)
    if not b.incomplete:
        return graph
    return Draft(graph, frozenset(b.broken), b.wrong, b.wrong or b.lost)


def _needed(b: Builder, results: list[Wire]) -> dict[str, Node]:
    """What leads to an output, or to what the pipeline gives to another."""
    pending = [wire.link.node for wire in results]
    for node in b.nodes.values():
        schema = b.catalogue.get(node.class_name)
        if schema is None or schema.is_output:
            pending.append(node.id)
    needed: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending.extend(link.node for _, link in b.nodes[name].links() if link.node in b.nodes)
    return {name: node for name, node in b.nodes.items() if name in needed}


def _ordered(nodes: dict[str, Node]) -> dict[str, Node]:
    """The same nodes, each loader right before its first user.

    ComfyUI runs nodes in the order of the prompt's keys as far as the links allow, so a loader that
    stands early is loaded early, while the pass before it still needs the memory.
    """
    found: dict[str, Node] = {}
    used = {link.node for node in nodes.values() for _, link in node.links()}
    for name, node in nodes.items():
        links = list(node.links())
        if not links and name in used:
            continue
        for _, link in links:
            if link.node not in found and link.node in nodes:
                found[link.node] = nodes[link.node]
        found[name] = node
    return found
