"""Whether a graph can be written as a text at all: links lead somewhere, nothing goes round in a circle."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from wan22dsl.graph.order import never_ready
from wan22dsl.rules.engine import judge

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph, Node


def obstacles(graph: Graph) -> list[Diagnostic]:
    """What keeps a graph from being written as a text; empty where nothing does."""
    broken = any(_leads_nowhere(graph, node) for node in graph.nodes.values())
    if graph.nodes and not broken and not never_ready(graph):
        return []
    return [one for one in judge(graph)[1] if one.is_error]


def writable(graph: Graph) -> Graph:
    """The graph without nodes that a text cannot hold: in a circle, linked to nothing, or behind such nodes.

    Where one of them is needed, `obstacles` says so; the others never run.
    """
    lost = {id for id, node in graph.nodes.items() if _leads_nowhere(graph, node)}
    waiting = [*lost]
    while waiting:
        users = {user for user, _, _ in graph.consumers.get(waiting.pop(), ())} - lost
        lost |= users
        waiting += users
    lost |= {*never_ready(graph)}
    kept = {id: node for id, node in graph.nodes.items() if id not in lost}
    return graph.with_nodes(kept) if lost else graph


def nameless(graph: Graph) -> Node | None:
    """The first node with an input, or with a key in one, that has no name: `.wan` writes them by name."""
    return next((node for node in graph.nodes.values() if _lacks_names(node.inputs)), None)


def _lacks_names(value: Any) -> bool:
    if isinstance(value, dict):
        return "" in value or any(map(_lacks_names, value.values()))
    return type(value) is list and any(map(_lacks_names, value))


def _leads_nowhere(graph: Graph, node: Node) -> bool:
    return any(link.node not in graph.nodes or link.slot < 0 for _, link in node.links()) or not (
        _has_numbers(node.inputs)
    )


def _has_numbers(value: Any) -> bool:
    """Whether all numbers in a value are numbers of JSON, and so of the language."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(_has_numbers, value.values()))
    return all(map(_has_numbers, value)) if type(value) is list else True
