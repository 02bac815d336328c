"""What differs in the values that a workflow keeps, and is no difference between its nodes as they run.

Such as the values of nodes that are muted, notes, the value that waits behind a link, and what becomes of
a seed after a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comparing.difference import Difference
from wan22dsl.graph.equality import plain
from wan22dsl.graph.model import Link
from wan22dsl.importing.constants import json_value

if TYPE_CHECKING:
    from typing import Any

    from wan22dsl.graph.model import Graph


def of_stored(graph: Graph, other: Graph, *, everything: bool) -> list[Difference]:
    """The values that differ in the same node of two workflows; nothing where one of them is none.

    Without `everything` those that the nodes run with are left out: they are told with them.
    """
    found: list[Difference] = []
    if graph.stored is None or other.stored is None:
        return found
    for id, before in graph.stored.items():
        after = other.stored.get(id)
        if after is None or after.class_name != before.class_name:
            continue
        for name in dict.fromkeys((*before.values, *after.values)):
            values = before.values.get(name), after.values.get(name)
            if plain(values[0]) == plain(values[1]):
                continue
            if everything or not _runs(graph, other, id, name):
                old, new = (json_value(value) for value in values)
                found.append(Difference("changed", after.label, _called(name), old, new))
    return found


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
