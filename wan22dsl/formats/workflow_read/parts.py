"""What workflow JSON consists of: nodes, slots, links, subgraphs; and the nodes that only the editor has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import records
from wan22dsl.comfyui.nodes.editor import PRIMITIVE as PRIMITIVE
from wan22dsl.graph.modes import through
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


#: The id of the node of a subgraph that stands for its own inputs.
INPUT_NODE = "-10"

#: What is between `workflow` and the name of a group in the type of a group node.
GROUP_SIGNS = (">", "/")

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
    file has both; `properties` are what scripts of packs keep beside them. `backed` tells that the file
    says that a server has a class of that name. `wan_id` is the id that the node had in the graph that was
    drawn, `is_constant` tells that it was none there, but a constant of another node, and `unset` names the
    inputs that it did not have; all where we drew the file. `inside` tells of a group node, for each node
    inside, which of its values is which of those here.
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
    properties: Mapping[str, Any] = {}
    inside: Mapping[str, Mapping[int, int]] = {}

    def input_named(self, name: str) -> Slot | None:
        """The input of that name."""
        return next((slot for slot in self.inputs if slot.name == name), None)

    def handed_on(self, slot: int, wanted: str) -> Slot | None:
        """The input that an output is rewired to where the node is bypassed."""
        output = self.outputs[slot].type if 0 <= slot < len(self.outputs) else "*"
        types = [input_.type for input_ in self.inputs]
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

    def own(self, raw: Raw) -> Raw:
        """A node of this graph with the values that the group node around it has for it."""
        numbers = None if self.host is None else self.host.inside.get(raw.id)
        if not numbers or self.host is None or not isinstance(raw.values, list):
            return raw
        given = self.host.values
        assert isinstance(given, list)  # else nothing is `inside`
        values = [
            given[numbers[at]] if at in numbers else value for at, value in enumerate(raw.values)
        ]
        return raw._replace(values=values)

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


#: Set and Get nodes by their classes, each with its pack: what one is given under a name comes out of the
#: others of that pack and name. (kijai/ComfyUI-KJNodes, yolain/ComfyUI-Easy-Use and kk8bit/KayTool)
SETS = {r.class_name: r.pack for r in records() if r.named_value == "set"}
GETS = {r.class_name: r.pack for r in records() if r.named_value == "get"}

_ONLY_IN_EDITOR = frozenset(r.class_name for r in records() if r.only_in_editor)


def is_virtual(node: Raw, *, known: bool) -> bool:
    """Whether a node never reaches the server; `known` says whether the catalogue has its class.

    Nodes that an extension makes in the browser alone are told by what the editor writes beside all
    others, and by having no links: those are decoration, such as labels and timers.
    """
    if node.type in _ONLY_IN_EDITOR:
        return True
    if known or node.backed:
        return False
    linked = any(slot.link for slot in node.inputs) or any(out.links for out in node.outputs)
    return not linked and not node.inputs and not node.outputs


def is_constant(node: Raw) -> bool:
    """Whether a node stands for a constant that the editor has no field for; then it has just that value."""
    return node.is_constant and node.mode == "active" and len(node.values) == 1


def set_name(node: Raw) -> str | None:
    """The name under which a Set node keeps, or a Get node fetches."""
    values = node.values
    first = values.get("Constant") if isinstance(values, dict) else next(iter(values), None)
    return first if isinstance(first, str) else None
