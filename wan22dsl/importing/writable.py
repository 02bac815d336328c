"""Whether a graph can be written as a text, and which part of it is needed."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.order import never_ready

if TYPE_CHECKING:
    from collections.abc import Container

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph, Node


def obstacles(graph: Graph) -> list[Diagnostic]:
    """What keeps a graph from being written as a text; empty where nothing does."""
    broken = any(_leads_nowhere(graph, node) for node in graph.nodes.values())
    if graph.nodes and not broken and not never_ready(graph):
        return []
    from wan22dsl.lint.rules.engine import judge  # all rules, where something is wrong

    return [finding for finding in judge(graph)[1] if finding.is_error]


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
    return next(
        (
            node
            for node in graph.nodes.values()
            if _lacks_names(node.inputs) or _lacks_names(node.widgets)
        ),
        None,
    )


def _lacks_names(value: Any) -> bool:
    if isinstance(value, dict):
        return "" in value or any(map(_lacks_names, value.values()))
    return type(value) is list and any(map(_lacks_names, value))


def _leads_nowhere(graph: Graph, node: Node) -> bool:
    return any(link.node not in graph.nodes or link.slot < 0 for _, link in node.links()) or not (
        _has_numbers(node.inputs) and _has_numbers(node.widgets)
    )


def _has_numbers(value: Any) -> bool:
    """Whether all numbers in a value are numbers of JSON, and so of the language."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(_has_numbers, value.values()))
    return all(map(_has_numbers, value)) if type(value) is list else True


def needed(graph: Graph, before: Graph | None = None) -> Graph:
    """What leads to an output, where there is one; other nodes never run, though the editor keeps them.

    A node of an unknown class may be an output. It is none if others took what it gives `before` the values
    that it gives were put in; nor is one that gives values and shows them.
    """
    led_on = {} if before is None else before.consumers
    waiting = [
        node.id
        for node in graph.nodes.values()
        if ((found := graph.class_of(node)) is None or found.is_output)
        and not (
            led_on.get(node.id) and (found is None or record_of(node.class_name).role == "value")
        )
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
