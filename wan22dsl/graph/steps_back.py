"""One step back along the links of one type, through nodes that only hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.known.values import PASSED_ON
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node


def switched(node: Node, facts: FactTable) -> Link | None:
    """What a node hands on as it is: a reroute, or the chosen side of a switch; None for others."""
    if node.class_name == "ComfySwitchNode":
        value = node.inputs.get("switch")
        chosen = facts.of(value).value if isinstance(value, Link) else value
        if isinstance(chosen, bool):
            side = node.inputs.get("on_true" if chosen else "on_false")
            return side if isinstance(side, Link) else None
        return None
    if node.class_name in PASSED_ON:
        name = PASSED_ON[node.class_name]
        links = [link for one, link in node.links() if not name or one == name]
        return links[0] if len(links) == 1 else None
    return None


def step_back(graph: Graph, node: Node, kind: str, facts: FactTable) -> Link | None:
    """The first linked input of a type; for an unknown class, its only link; None where it begins."""
    chosen = switched(node, facts)
    if chosen is not None:
        return chosen
    linked, node_class = node.links(), graph.class_of(node)
    if node_class is None:
        return linked[0][1] if len(linked) == 1 else None
    types = {one.name: one.type for one in node_class.inputs} if linked else {}
    return next((link for name, link in linked if kind in types.get(name, "").split(",")), None)
