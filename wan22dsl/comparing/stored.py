"""What differs in the values that a workflow keeps, and is no difference between its nodes as they run.

Such as the values of nodes that are muted, notes, the value that waits behind a link, and what becomes of
a seed after a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comparing.difference import Difference
from wan22dsl.graph.equality import digests, plain
from wan22dsl.graph.model import Link
from wan22dsl.importing.constants import json_value

if TYPE_CHECKING:
    from typing import Any

    from wan22dsl.graph.model import Graph


def of_stored(
    graph: Graph, other: Graph, same: tuple[Graph, Graph] | None = None
) -> list[Difference]:
    """The values that differ in the same node of two workflows; nothing where one of them is none.

    Those that the nodes run with are left out, since they are told with them; but not where the two mean the
    `same` as they are compared. There a node whose id another one has now is left out.
    """
    found: list[Difference] = []
    if graph.stored is None or other.stored is None or not _are_numbered_alike(graph, other):
        return found
    known = ({}, {}) if same is None else (digests(same[0]), digests(same[1]))
    for id, before in graph.stored.items():
        after = other.stored.get(id)
        if after is None or after.class_name != before.class_name:
            continue
        if known[0].get(id) != known[1].get(id):
            continue
        for name in dict.fromkeys((*before.values, *after.values)):
            values = before.values.get(name), after.values.get(name)
            if plain(values[0]) == plain(values[1]):
                continue
            if same is not None or not _runs(graph, other, id, name):
                old, new = (json_value(value) for value in values)
                found.append(Difference("changed", after.label, _called(name), old, new))
    return found


def _are_numbered_alike(graph: Graph, other: Graph) -> bool:
    """Whether one was made of the other: most nodes that have an id of the other one are of its class."""
    pairs = [
        (node.class_name, other.nodes[id].class_name)
        for id, node in graph.nodes.items()
        if id in other.nodes
    ]
    return sum(first == second for first, second in pairs) * 2 >= len(pairs)


def _runs(graph: Graph, other: Graph, id: str, name: str) -> bool:
    """Whether a value is one of the node as it runs, and differs there."""
    nodes = graph.nodes.get(id), other.nodes.get(id)
    if nodes[0] is None or nodes[1] is None:
        return False
    if isinstance(nodes[0].widgets, list) and isinstance(nodes[1].widgets, list):
        return True
    values: list[Any] = [node.inputs.get(name) for node in nodes if node is not None]
    return not any(isinstance(value, Link) for value in values) and plain(values[0]) != plain(
        values[1]
    )


def _called(name: str) -> str:
    return f"value {int(name) + 1}" if name.isdecimal() else name
