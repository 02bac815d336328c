"""What differs in the values that a workflow keeps, and is no difference between its nodes as they run.

Such as the values of nodes that are muted, notes, the value that waits behind a link, and what becomes of
a seed after a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.editor import PRIMITIVE
from wan22dsl.comparing.difference import Difference
from wan22dsl.graph.equality import plain
from wan22dsl.graph.matching import matching
from wan22dsl.graph.model import Link
from wan22dsl.importing.spellings import json_value
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from wan22dsl.graph.model import Graph, Node, Stored


class OfStored(NamedTuple):
    """A difference, and whether it is of a primitive, whose value runs in the node that it is linked to."""

    difference: Difference
    is_of_primitive: bool = False


def of_stored(graph: Graph, other: Graph, *, same: bool) -> list[OfStored]:
    """The values that differ in the same node of two workflows; nothing where one of them is none.

    Those that the nodes run with are left out, since they are told with them; but not where the two mean the
    `same` as they are compared.
    """
    found: list[OfStored] = []
    if graph.stored is None or other.stored is None:
        return found
    for id, to in _pairs(graph, other, graph.stored, other.stored).items():
        before, after = graph.stored[id], other.stored[to]
        for name in dict.fromkeys((*before.values, *after.values)):
            values = before.values.get(name), after.values.get(name)
            if plain(values[0]) == plain(values[1]):
                continue
            nodes = graph.nodes.get(id), other.nodes.get(to)
            if not same and name.isdecimal() and _is_told(*nodes, values):
                continue
            if same or not _runs(*nodes, name):
                old, new = (json_value(value) for value in values)
                said = Difference("changed", after.label, _called(name), old, new)
                found.append(OfStored(said, after.class_name == PRIMITIVE and name == "0"))
    return found


def _pairs(
    graph: Graph, other: Graph, before: Mapping[str, Stored], after: Mapping[str, Stored]
) -> dict[str, str]:
    """Which node is which: those that run by what they are linked to, others by what they are called.

    Of those that never run first what is equal, then what has the same id, title, or class.
    """
    found = {
        id: to
        for id, to in matching(graph, other).pairs.items()
        if id in before and to in after and before[id].class_name == after[to].class_name
    }
    mine = {id: node for id, node in before.items() if id not in graph.nodes}
    theirs = {id: node for id, node in after.items() if id not in other.nodes}
    for key in (_whole, _with_id, _with_title, _with_class):
        left: dict[object, list[str]] = {}
        for to, node in theirs.items():
            left.setdefault(key(to, node), []).append(to)
        for id, node in [*mine.items()]:
            others = left.get(key(id, node))
            if others:
                found[id] = others.pop(0)
                del mine[id], theirs[found[id]]
    return found


def _whole(id: str, node: Stored) -> object:
    return node.class_name, _title(node), repr(sorted(node.values.items()))


def _with_id(id: str, node: Stored) -> object:
    return node.class_name, id


def _with_title(id: str, node: Stored) -> object:
    return node.class_name, _title(node)


def _with_class(id: str, node: Stored) -> object:
    return node.class_name


def _title(node: Stored) -> str:
    return node.label.partition(" ")[2]


def _runs(node: Node | None, other: Node | None, name: str) -> bool:
    """Whether a value is one of the node as it runs, and differs there."""
    if node is None or other is None:
        return False
    if isinstance(node.widgets, list) or isinstance(other.widgets, list):
        return True
    values: list[Any] = [each.inputs.get(name) for each in (node, other)]
    linked = sum(isinstance(value, Link) for value in values)
    return linked == 1 or (not linked and plain(values[0]) != plain(values[1]))


def _is_told(node: Node | None, other: Node | None, values: tuple[Any, Any]) -> bool:
    """Whether an input of the node differs in just these values, which only have no name here."""
    if node is None or other is None:
        return False
    wanted = plain(list(values))
    return any(
        plain([value, other.inputs.get(name)]) == wanted for name, value in node.inputs.items()
    )


def _called(name: str) -> str:
    return f"value {int(name) + 1}" if name.isdecimal() else name
