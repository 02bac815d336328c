"""How the tables of known classes look at one node: its values, and what is known of its links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.graph.model import Node


class Reading:
    """One output of one node, to be told what is known of it."""

    __slots__ = ("known", "node", "node_class", "slot")

    def __init__(
        self,
        node: Node,
        slot: int,
        node_class: NodeClass | None,
        known: Callable[[Link], Facts],
    ) -> None:
        self.node = node
        self.slot = slot
        self.node_class = node_class
        self.known = known

    def value(self, name: str) -> Any:
        """The constant an input has: written, by a link to a known constant, or its default."""
        if name in self.node.inputs:
            value = self.node.inputs[name]
            return self.known(value).value if isinstance(value, Link) else held(value)
        if self.node_class is not None:
            for input_ in self.node_class.inputs:
                if input_.name == name and input_.has_default:
                    return input_.default
        return None

    def whole(self, name: str) -> int | None:
        """The value of an input as a whole number, as ComfyUI reads it; None when it is not known."""
        value = self.value(name)
        if isinstance(value, int):
            return int(value)
        return int(value) if isinstance(value, float) and -1e18 < value < 1e18 else None

    def number(self, name: str) -> float | None:
        """The value of an input as a number; None when it is not known."""
        value = self.value(name)
        return float(value) if isinstance(value, (int, float)) and abs(value) < 1e18 else None

    def linked(self, name: str) -> bool:
        """Whether the input has a link."""
        return isinstance(self.node.inputs.get(name), Link)

    def facts(self, name: str) -> Facts:
        """What is known of the link of an input; nothing when it has none."""
        value = self.node.inputs.get(name)
        return self.known(value) if isinstance(value, Link) else NOTHING_KNOWN

    def link(self, name: str) -> Link | None:
        """The link of an input."""
        value = self.node.inputs.get(name)
        return value if isinstance(value, Link) else None

    def type(self) -> str | None:
        """The type of the output in question; None when the class is not known."""
        if self.node_class is None or not 0 <= self.slot < len(self.node_class.outputs):
            return None
        return self.node_class.outputs[self.slot].type


#: No setting of any node comes near it, and floats hold what is made of smaller ones.
_LARGEST = 10**30


def held(value: Any) -> Any:
    """The value of an input; None for a number too large to compute with, which the server refuses."""
    return None if isinstance(value, int) and abs(value) > _LARGEST else value


def agreed(values: list[Any]) -> Any:
    """The value that all of them have; None when they differ, or when there is none."""
    first = values[0] if values else None
    return first if all(value == first for value in values) else None


def times(number: int | None, other: int | None) -> int | None:
    """The product of two numbers of which both must be known."""
    return None if number is None or other is None else number * other


def added(number: int | None, other: int | None) -> int | None:
    """The sum of two numbers of which both must be known."""
    return None if number is None or other is None else number + other
