"""The facts of a declared node class as formulas: numbers, inputs and their facts, with `+`, `-`, `*`.

A formula is plain data that can be compared, so that what is made of it can be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from wan22dsl.language.program.values import (
    Constant,
    Unknown,
    combine,
    is_too_large,
    result_type,
)
from wan22dsl.language.types import Type
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

#: So many operations may a formula have: it is compared and worked out part by part.
MOST_OPERATIONS = 50


class OfInput(NamedTuple):
    """A `fact` of what is linked to an input, its value (an empty fact), or the `link` itself."""

    input: str
    fact: str
    type: str


class Operation(NamedTuple):
    """`left operator right`; the operator is `+`, `-`, `*` or `/`."""

    operator: str
    left: Formula
    right: Formula


Formula = Union[Constant, OfInput, Operation]


def type_of(formula: Formula) -> str | None:
    """The type of what a formula gives, `*` where it is not known; None where its sides do not fit."""
    found = _typed(formula)
    if found is None:
        return None
    return found.type if isinstance(found, Constant) else found.type.name


def _typed(formula: Formula) -> Constant | Unknown | None:
    if isinstance(formula, Constant):
        return formula
    if isinstance(formula, OfInput):
        return Unknown(Type(formula.type))
    left, right = _typed(formula.left), _typed(formula.right)
    if left is None or right is None:
        return None
    if any(isinstance(side, Unknown) and side.type.name == "*" for side in (left, right)):
        return Unknown(Type("*"))
    if isinstance(left, Constant) and isinstance(right, Constant):
        return combine(formula.operator, left, right)
    kind = result_type(formula.operator, left, right)
    return None if kind is None else Unknown(kind)


def worked_out(formula: Formula, known: Callable[[OfInput], Constant | None]) -> Constant | None:
    """The value of a formula; None where a part of it is not known, or where it is beyond all use."""
    if isinstance(formula, Constant):
        return formula
    if isinstance(formula, OfInput):
        return known(formula)
    left = worked_out(formula.left, known)
    right = None if left is None else worked_out(formula.right, known)
    if left is None or right is None:
        return None
    found = combine(formula.operator, left, right)
    return None if found is None or is_too_large(found) else found
