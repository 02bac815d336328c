"""Classes that a project declares, over those of a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.inputs import fits
from wan22dsl.comfyui.catalogue.schema import DECLARED, MADE_UP, NodeClass
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue, Input


class DeclaredCatalogue:
    """A `Catalogue` with declared classes over another one.

    `classes` are as they are declared, `homes` the files in which they are. Two are equal when they have
    equal classes over the same catalogue, so that what is worked out can be kept.
    """

    def __init__(
        self, base: Catalogue, classes: Mapping[str, NodeClass], homes: Mapping[str, str]
    ) -> None:
        self.base = base
        self.classes = dict(classes)
        self.homes = dict(homes)
        self._known: dict[str, NodeClass | None] = {}

    @property
    def target(self) -> str:
        """What the catalogue below describes, for people."""
        return self.base.target

    def get(self, name: str) -> NodeClass | None:
        """The class of that name: as it is declared, with what the target knows besides."""
        if name not in self._known:
            below = self.base.get(name)
            declared = self.classes.get(name)
            self._known[name] = below if declared is None else merged(declared, below)
        return self._known[name]

    def names(self) -> tuple[str, ...]:
        """The names of all classes, sorted."""
        return tuple(sorted({*self.base.names(), *self.classes}))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DeclaredCatalogue):
            return NotImplemented
        return self.base is other.base and self.classes == other.classes

    def __hash__(self) -> int:
        return hash((id(self.base), *sorted(self.classes)))


def merged(declared: NodeClass, below: NodeClass | None) -> NodeClass:
    """A declared class with what the target knows of it: its order of inputs, what the file leaves open."""
    if below is None or below.pack == MADE_UP:
        return declared
    own = {input_.name: input_ for input_ in declared.inputs}
    inputs = [
        _with_own(input_, own.pop(input_.name)) if input_.name in own else input_
        for input_ in below.inputs
    ]
    inputs += [input_ for input_ in own.values() if not _is_inside(input_.name, below)]
    return declared._replace(
        inputs=tuple(inputs),
        outputs=below.outputs if _knows_outputs(below, declared) else declared.outputs,
        is_output=declared.is_output or below.is_output,
        pack=below.pack if declared.pack == DECLARED else declared.pack,
    )


def _knows_outputs(below: NodeClass, declared: NodeClass) -> bool:
    """Whether the target's outputs are those of the declaration; it may know more of them."""
    own = [(output.name, output.type) for output in declared.outputs]
    return not own or own == [(output.name, output.type) for output in below.outputs]


def _with_own(below: Input, own: Input) -> Input:
    """An input of the target, with what the declaration says of it."""
    if below.branches is not None or below.grows is not None:
        return below  # a declaration has no words for these
    kind = own.type
    if kind == "*" or (kind == "COMBO" and own.options is None) or _same_type(own, below):
        kind = below.type
    return below._replace(
        type=kind,
        options=own.options if own.options is not None else below.options,
        minimum=own.minimum if own.minimum is not None else below.minimum,
        maximum=own.maximum if own.maximum is not None else below.maximum,
        default=own.default if own.default is not None else below.default,
        force_input=own.force_input or below.force_input,
        sent=own.sent and own.default != below.default,
    )


def _same_type(own: Input, below: Input) -> bool:
    return own.type == below.type or (below.type != "*" and fits(own.type, below.type))


def _is_inside(name: str, below: NodeClass) -> bool:
    """Whether an input is one that a choice or a growing input of the target brings: `format.codec`."""
    return any(
        name.startswith(f"{input_.name}.")
        for input_ in below.inputs
        if input_.branches is not None or input_.grows is not None
    )


class Difference(NamedTuple):
    """What a declaration says against the target: of an input or an output by name, or of all (empty)."""

    is_output: bool
    name: str
    problem: str


def differences(declared: NodeClass, below: NodeClass | None) -> Iterator[Difference]:
    """Where a declaration and the target disagree. What the target does not know is no difference."""
    if below is None or below.pack == MADE_UP:
        return
    theirs = {input_.name: input_ for input_ in below.inputs}
    for own in declared.inputs:
        input_ = theirs.get(own.name)
        if input_ is None:
            if not _is_inside(own.name, below):
                yield Difference(False, own.name, "no input `{name}`")
        elif input_.branches is not None or input_.grows is not None or own.type == "*":
            continue
        elif not fits(own.type, input_.type):
            yield Difference(False, own.name, f"`{{name}}` as {input_.type}, not {own.type}")
        elif own.options and input_.options and not set(own.options) <= set(input_.options):
            missing = next(option for option in own.options if option not in input_.options)
            yield Difference(False, own.name, f"no value {missing!r} for `{{name}}`")
    if declared.outputs and below.outputs:
        yield from _of_outputs(declared, below)


def _of_outputs(declared: NodeClass, below: NodeClass) -> Iterator[Difference]:
    if len(declared.outputs) > len(below.outputs):
        name = declared.outputs[len(below.outputs)].name
        yield Difference(True, name, "no output `{name}`")
    for own, output in zip(declared.outputs, below.outputs):
        if not fits(own.type, output.type):
            yield Difference(
                True, own.name, f"the output `{{name}}` as {output.type}, not {own.type}"
            )
