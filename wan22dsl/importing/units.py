"""What a text is put together from: the graph as it is looked at, and units, each one call in the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Union

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.graph.equality import inputs_of_meaning
from wan22dsl.graph.model import Link
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.graph.model import Graph, Node


class Value(NamedTuple):
    """A constant of an input, as JSON has it."""

    json: Any


class Absent(NamedTuple):
    """An input that is not there."""


ABSENT = Absent()


class SizeBy(NamedTuple):
    """A size of which one side at least is known only when it runs."""

    width: Link | Value
    height: Link | Value


#: What can be in an input, or in the two inputs of a size.
Target = Union[Link, Value, Absent, SizeBy]


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
        """What is in an input of a node."""
        return self.inputs(id).get(name, ABSENT)

    def type_of(self, link: Link) -> str:
        """The socket type of an output; `*` where it is not known."""
        found = self.class_of(link.node)
        if found is None or not 0 <= link.slot < len(found.outputs):
            return "*"
        return found.outputs[link.slot].type

    def type_of_input(self, node: Node, name: str) -> str:
        """The type of an input; `*` where it is not known."""
        node_class = self.graph.class_of(node)
        found = {} if node_class is None else inputs_of(node_class, node.inputs)
        return found[name].type if name in found else "*"

    def slot_named(self, id: str, name: str) -> int | None:
        """The slot of an output by its name; None where there is none, or several."""
        found = self.class_of(id)
        slots = (
            [at for at, output in enumerate(found.outputs) if output.name == name] if found else []
        )
        return slots[0] if len(slots) == 1 else None

    def output(self, id: str, slot: int) -> str:
        """How an output is chosen: `.name`, `[1]`, or nothing where there is only one."""
        found = self.class_of(id)
        if found is None or not 0 <= slot < len(found.outputs):
            return f"[{slot}]"
        if len(found.outputs) == 1:
            return ""
        name = found.outputs[slot].name
        if not name or self.slot_named(id, name) is None:
            return f"[{slot}]"
        return f".{spelling.member(name)}"

    def needs(self, id: str) -> set[str]:
        """The nodes that a node is linked to."""
        return {link.node for _, link in self.node(id).links()}

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
                missing = [link.node for _, link in self.node(id).links() if link.node not in done]
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


#: The kind of an argument that is an input of the node of a stage, beyond its parameters.
FURTHER = "further input"


#: The kind of an argument that is spelled already: a LoRA with what differs from its declaration.
SPELLED = "spelled"

#: The kind of an argument that is the call of a node without links, written where it is used.
IN_PLACE = "in place"


class Argument(NamedTuple):
    """An argument of a call: `kind` is the type of its parameter, or the socket type of an input.

    `wants` are the settings of the pipeline with which it need not be written; None: it must be.
    `open` tells that the default may be right, which only the compiler knows.
    """

    name: str
    kind: str
    target: Target | Called
    wants: dict[str, Target] | None = None
    open: bool = False


class Called(NamedTuple):
    """A call of a stage as an argument or a setting: an engine, or what gives sigmas to one."""

    call: str
    arguments: tuple[Argument, ...]
    output: str = ""

    def given(self) -> list[Argument]:
        """All arguments, those of calls inside it too."""
        found = []
        for argument in self.arguments:
            inner = argument.target
            found += inner.given() if isinstance(inner, Called) else [argument]
        return found


@dataclass
class Unit:
    """A call: of a stage, of a plain node, or a pass.

    `id` is the node that it ends with, `nodes` all that it stands for. `brought` is what the arrow brings;
    for a plain node it is in the input `place`. `takes` is the type of that, as the call has it. `outputs`
    are the names of its outputs by slot, empty for the only one. `reads` are the settings of the pipeline
    that it needs, whatever they are. `ends` tells that nothing can come behind it, `hands_on` that it hands
    on what it got.
    """

    id: str
    call: str
    nodes: frozenset[str]
    arguments: list[Argument] = field(default_factory=list)
    brought: Link | None = None
    place: str = ""
    outputs: dict[int, str] = field(default_factory=dict)
    wants: dict[str, Target] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    first: str = ""
    ends: bool = False
    hands_on: bool = False
    is_stage: bool = False
    is_pass: bool = False
    title: str = ""
    takes: str = "IMAGE"


@dataclass
class PassUnit(Unit):
    """A pass: `settings` are those that are its own, spelled; `wants` those that others may give.

    `kinds` are the types of what it wants; `family` is that of its model, empty where it is not known;
    `patches` the calls that change its model; `given` the arguments of its conditioning,
    `node` the class in the place of its node; `engine` is what samples, where that is no KSampler,
    `shifted` the node that sets its shift.
    """

    settings: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    family: str = ""
    model: Link | None = None
    noise: str = ""
    patches: list[Unit] = field(default_factory=list)
    conditioning: str = ""
    given: list[Argument] = field(default_factory=list)
    node: str = ""
    own_seed: Target | None = None
    engine: Called | None = None
    shifted: str = ""
