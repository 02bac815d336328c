"""The graph as it is looked at while its text is made: what stands in an input, and which nodes are twins."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from wan22dsl.graph.equality import inputs_of_meaning
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from wan22dsl.catalogue.schema import NodeClass
    from wan22dsl.graph.model import Graph, Node


class Value(NamedTuple):
    """A constant of an input, as JSON has it."""

    json: Any


class Absent(NamedTuple):
    """An input that is not there."""


ABSENT = Absent()

#: What can stand in an input.
Target = Union[Link, Value, Absent]


class Sight:
    """A graph whose links all lead somewhere and never in a circle."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._inputs: dict[str, dict[str, Target]] = {}

    def node(self, id: str) -> Node:
        """A node by its id."""
        return self.graph.nodes[id]

    def class_of(self, id: str) -> NodeClass | None:
        """The class of a node."""
        return self.graph.class_of(self.graph.nodes[id])

    def inputs(self, id: str) -> dict[str, Target]:
        """The inputs of a node with the defaults that it needs, constants in one spelling."""
        if id not in self._inputs:
            found = inputs_of_meaning(self.graph, self.graph.nodes[id])
            self._inputs[id] = {
                name: value if isinstance(value, Link) else Value(value)
                for name, value in found.items()
            }
        return self._inputs[id]

    def input(self, id: str, name: str) -> Target:
        """What stands in an input of a node."""
        return self.inputs(id).get(name, ABSENT)

    def type_of(self, link: Link) -> str:
        """The socket type of an output; `*` where it is not known."""
        found = self.class_of(link.node)
        if found is None or not 0 <= link.slot < len(found.outputs):
            return "*"
        return found.outputs[link.slot].type

    def slot_named(self, id: str, name: str) -> int | None:
        """The slot of an output by its name; None where there is none, or several."""
        found = self.class_of(id)
        slots = [at for at, one in enumerate(found.outputs) if one.name == name] if found else []
        return slots[0] if len(slots) == 1 else None

    def above(self, id: str) -> frozenset[str]:
        """The node and all that it needs."""
        return self._above[id]

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for node in self.ordered:
            mine = {node.id}
            for _, link in node.links():
                mine |= found[link.node]
            found[node.id] = frozenset(mine)
        return found

    @cached_property
    def ordered(self) -> list[Node]:
        """The nodes, each behind those that it needs, else in their order."""
        done: dict[str, None] = {}
        for first in self.graph.nodes:
            pending = [first]
            while pending:
                id = pending[-1]
                missing = [one.node for _, one in self.node(id).links() if one.node not in done]
                if missing and id not in done:
                    pending.extend(reversed(missing))
                    continue
                done.setdefault(id)
                pending.pop()
        return [self.graph.nodes[id] for id in done]

    @cached_property
    def twins(self) -> frozenset[str]:
        """The nodes that equal one before them; in a pipeline such nodes become one unless titles differ."""
        seen: dict[tuple[Any, ...], str] = {}
        found = set()
        for node in self.ordered:
            key = (node.class_name, node.mode, repr(sorted(self.inputs(node.id).items())))
            if seen.setdefault(key, node.id) != node.id:
                found.add(node.id)
        return frozenset(found)
