"""The elements of which a text is put together: each node or group of nodes as one call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.model import Link
    from wan22dsl.importing.simplified import Target


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
