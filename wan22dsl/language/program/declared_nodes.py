"""What a `node` declaration says of a class, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.language.program.formulas import Formula

#: Place in a file: where something starts and ends.
Place = tuple[int, int]


class DeclaredInput(NamedTuple):
    """An input. `type` is ComfyUI's; `options` are those of a choice, None where they are not known.

    `required` tells that a call has to write it; `default` is what is sent where none does, None: nothing.
    """

    name: str
    type: str
    required: bool
    place: Place
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    options: tuple[Any, ...] | None = None
    only_link: bool = False


class DeclaredOutput(NamedTuple):
    """An output, with ComfyUI's type."""

    name: str
    type: str
    place: Place


class DeclaredFact(NamedTuple):
    """A fact of an output, by the output's number; `name` as in `kinds.FACTS`, or `value`."""

    output: int
    name: str
    formula: Formula


class DeclaredNode(NamedTuple):
    """A class as a file declares it; `place` is that of its name."""

    name: str
    inputs: tuple[DeclaredInput, ...]
    outputs: tuple[DeclaredOutput, ...]
    facts: tuple[DeclaredFact, ...]
    pack: str
    is_output: bool
    place: Place
