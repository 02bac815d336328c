"""What workflow JSON consists of: nodes with their slots and values, links, and the graphs they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.graph.modes import through

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The id of the node of a subgraph that stands for its own inputs.
INPUT_NODE = "-10"

#: The modes of ComfyUI's editor that take a node out; all others let it run.
MODES = {2: "mute", 4: "bypass"}


class Slot(NamedTuple):
    """An input of a node. `link` is the id of what is linked to it, `widget` whether it has a value too.

    `number` is its place among the inputs.
    """

    name: str
    type: str
    link: str | None
    widget: bool
    number: int


class Out(NamedTuple):
    """An output of a node: its type, and the ids of its links."""

    type: str
    links: tuple[str, ...]


class Wire(NamedTuple):
    """A link: from an output of a node to an input of another one."""

    origin: str
    origin_slot: int
    target: str
    target_slot: int


class Raw(NamedTuple):
    """A node as it stands in the file, at `start`.

    `values` are those of its widgets, in their order or by name; `named` the same by name, where the
    file has both. `backed` tells that the file says that a server has a class of that name. `wan_id` is the
    id that the node had in the graph that was drawn, `is_constant` tells that it was none there, but a
    constant of another node, and `unset` names the inputs that it did not have; all where we drew the file.
    """

    id: str
    type: str
    mode: str
    title: str
    inputs: list[Slot]
    outputs: list[Out]
    values: list[Any] | dict[str, Any]
    named: dict[str, Any] | None
    backed: bool
    start: int
    wan_id: str = ""
    is_constant: bool = False
    unset: tuple[str, ...] = ()

    def input_named(self, name: str) -> Slot | None:
        """The input of that name."""
        return next((one for one in self.inputs if one.name == name), None)

    def handed_on(self, slot: int, wanted: str) -> Slot | None:
        """The input that an output is rewired to where the node is bypassed."""
        output = self.outputs[slot].type if 0 <= slot < len(self.outputs) else "*"
        types = [one.type for one in self.inputs]
        number = through(slot, wanted or output, types, output)
        return None if number is None else self.inputs[number]


class Port(NamedTuple):
    """An input or output of a subgraph: its name and type, and the links inside."""

    name: str
    type: str
    links: tuple[str, ...]


class Level(NamedTuple):
    """A graph of the file: the outer one, or the definition of a subgraph."""

    name: str
    nodes: dict[str, Raw]
    wires: dict[str, Wire]
    inputs: list[Port]
    outputs: list[Port]


class Drawing(NamedTuple):
    """A workflow: the outer graph, and the definitions of subgraphs by the type of their instances."""

    root: Level
    subgraphs: Mapping[str, Level]


class Place:
    """A graph that is open at one place: the outer one, or one instance of a subgraph.

    `path` stands in front of the ids of its nodes (`57:12:`), `host` is the instance itself and `outer`
    where it lies. `mode` is "mute" where the instance, or one around it, is muted or bypassed.
    """

    def __init__(self, level: Level, host: Raw | None = None, outer: Place | None = None) -> None:
        self.level = level
        self.host = host
        self.outer = outer
        self.path = ""
        self.mode = "active"
        self.inner: dict[str, Place] = {}
        if host is not None and outer is not None:
            self.path = f"{outer.path}{host.id}:"
            self.mode = "active" if outer.mode == host.mode == "active" else "mute"
            outer.inner[host.id] = self

    @property
    def type(self) -> str:
        """The type of the subgraph; empty for the outer graph."""
        return "" if self.host is None else self.host.type


class Spot(NamedTuple):
    """A place in a node: an input by its number, or a value by its number or name."""

    node: Raw
    part: str
    key: int | str


class Given(NamedTuple):
    """A value for an input, and where it stands; `spot` is None where the class gives it."""

    value: Any
    spot: Spot | None
