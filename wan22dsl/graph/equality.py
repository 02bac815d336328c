"""Whether two graphs mean the same: the same nodes, linked alike, whatever their ids and titles are.

Two nodes are the same when their classes and modes are, and their inputs, down to the loaders. What writing
a prompt would fix does not count: a required input that is not there has its default, and numbers are
compared without the noise of sums and without what an INT or a FLOAT makes of them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from wan22dsl import digest
from wan22dsl.comfyui.catalogue.inputs import defaults_of, spelled_as_now
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.graph.model import Graph, Node

#: Numbers are compared with as many digits as they are written with.
_DIGITS = 12

#: Above it, a float that is whole is no longer sure to be the number that was meant.
_EXACT = 2**53


def same(graph: Graph, other: Graph) -> bool:
    """Whether two graphs have the same nodes, each as often."""
    return Counter(digests(graph).values()) == Counter(digests(other).values())


def digests(graph: Graph) -> dict[str, str]:
    """What each node is, in short: two nodes have one digest when they mean the same.

    A link to a node that is not there, or that leads round to itself, is compared by its id.
    """
    found: dict[str, str] = {}
    for first in graph.nodes:
        open_: set[str] = set()
        pending = [first]
        while pending:
            id = pending[-1]
            if id in found:
                pending.pop()
                continue
            node = graph.nodes[id]
            needed = [link.node for _, link in node.links() if link.node in graph.nodes]
            missing = [item for item in needed if item not in found and item not in open_]
            if missing and id not in open_:
                open_.add(id)
                pending.extend(missing)
                continue
            found[id] = _digest(graph, node, found)
            pending.pop()
    return found


def inputs_of_meaning(graph: Graph, node: Node) -> dict[str, Any]:
    """The inputs of a node as they are compared: links as they are, constants in one spelling."""
    inputs = dict(node.inputs)
    node_class = graph.class_of(node)
    if node_class is not None:
        inputs.update(defaults_of(node_class, inputs))
    return {
        name: value if isinstance(value, Link) else plain(value) for name, value in inputs.items()
    }


def plain(value: Any) -> Any:
    """A constant in the one spelling in which it is compared; what is no number stays as it is."""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return repr(value)
        value = float(f"{value:.{_DIGITS}g}") + 0.0
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def _digest(graph: Graph, node: Node, known: dict[str, str]) -> str:
    parts = [node.class_name if node.mode == "active" else f"{node.class_name}\0{node.mode}"]
    node_class = graph.class_of(node)
    inputs: Mapping[str, Any] = inputs_of_meaning(graph, node)
    if node_class is not None:
        inputs = spelled_as_now(node_class, inputs)
    for name, value in sorted(inputs.items()):
        if isinstance(value, Link):
            parts.append(f"{name}\0<{known.get(value.node, value.node)}>{value.slot}")
        else:
            parts.append(f"{name}\0{value!r}")
    if isinstance(node.widgets, list):
        parts.append(f"\0{plain(node.widgets)!r}")
    return digest.of("\1".join(parts))
