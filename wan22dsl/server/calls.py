"""One execution of a node: what it works with, what it is given, and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.graph.model import NOTHING_KNOWN
from wan22dsl.server.flow import Flow, digest_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import Facts
    from wan22dsl.server.folders import Folders
    from wan22dsl.server.memory import Log, Memory


class NodeFault(Exception):
    """A node raises. `kind` is the name of the exception as ComfyUI tells it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Work(NamedTuple):
    """What a node does: its outputs, a quiet time, steps with progress, and a quiet time again."""

    outputs: tuple[Flow, ...]
    before_s: float = 0.0
    steps: int = 0
    step_s: float = 0.0
    after_s: float = 0.0

    def slower(self, factor: float) -> Work:
        """The same, taking so many times as long."""
        return self._replace(
            before_s=self.before_s * factor,
            step_s=self.step_s * factor,
            after_s=self.after_s * factor,
        )


class Bench(NamedTuple):
    """What nodes work with."""

    card: Card
    memory: Memory
    log: Log
    folders: Folders


class Call(NamedTuple):
    """One execution of a node: its class, and its inputs as constants and as what arrives by link.

    `shapes` are the facts of its outputs, and `saved` those of the file that it writes, if it writes one.
    """

    node_class: NodeClass
    values: Mapping[str, Any]
    shapes: tuple[Facts, ...] = ()
    saved: Facts | None = None

    def flow(self, *names: str) -> Flow | None:
        """What arrives at the first of these inputs that has a link."""
        return next(
            (item for name in names if isinstance(item := self.values.get(name), Flow)), None
        )

    def value(self, name: str, otherwise: Any = None) -> Any:
        """A constant, also one that arrives by link; without one, the default of the class."""
        found = self.values.get(name)
        if isinstance(found, Flow):
            found = found.constant
        if found is None:
            input_ = inputs_of(self.node_class, {}).get(name)
            found = default_of(input_) if input_ is not None else None
        return otherwise if found is None else found

    def number(self, name: str, otherwise: float = 0) -> float:
        """The same for a number."""
        found = self.value(name, otherwise)
        return found if isinstance(found, int | float) else otherwise

    def digest(self, *without: str) -> str:
        """What this work is known by, but for some inputs that change nothing."""
        values = {key: value for key, value in self.values.items() if key not in without}
        return digest_of(self.node_class.name, values)

    def made(self, slot: int = 0, digest: str | None = None) -> Flow:
        """An output: of the type that the class says, in the shape that the facts say."""
        outputs = self.node_class.outputs
        kind = outputs[slot].type if slot < len(outputs) else "IMAGE"
        shape = self.shapes[slot] if slot < len(self.shapes) else NOTHING_KNOWN
        return shaped(Flow(kind, self.digest() if digest is None else digest), shape)

    def outputs(self, *flows: Flow) -> tuple[Flow, ...]:
        """The outputs by slot: those given, and beyond them the usual ones."""
        return (*flows, *handed_on(self)[len(flows) :])


def shaped(flow: Flow, facts: Facts) -> Flow:
    """A flow with the frames, size, rate and value of these facts."""
    return flow._replace(
        width_px=facts.width or 0,
        height_px=facts.height or 0,
        frames=facts.frames or 0,
        batch=facts.clips or 1,
        fps=facts.fps or 0.0,
        constant=facts.value,
    )


def handed_on(call: Call) -> tuple[Flow, ...]:
    """Outputs of a class that needs no work here: each with what the first input of its type carries."""
    flows = [value for value in call.values.values() if isinstance(value, Flow)]
    digest = call.digest()
    found = []
    for slot, output in enumerate(call.node_class.outputs):
        like = next((flow for flow in flows if flow.type == output.type), Flow(""))
        made = call.made(slot, digest_of(digest, slot))
        found.append(made._replace(steps=like.steps, channels=like.channels, model=like.model))
    return tuple(found)
