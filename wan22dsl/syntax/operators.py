"""The order of operators: `*`, then `+` and `-`, then `..` and `of`, then `->`; each from left to right.

The grammar keeps a chain flat. Nothing here recurses, so a chain may be as long as it likes; but the left
side of a `Binary` may then be nested as deeply, and is to be walked in a loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Union

if TYPE_CHECKING:
    from wan22dsl.syntax.tree import Chain, Expression


class Binary(NamedTuple):
    """`left operator right`; the operator is one of `*`, `+`, `-`, `..` and `of`."""

    operator: str
    left: Nested
    right: Nested
    start: int
    end: int


class Arrow(NamedTuple):
    """`a -> b -> c`: the elements of a flow, at least two. None of them is an Arrow itself."""

    elements: tuple[Nested, ...]
    start: int
    end: int


Nested = Union["Expression", Binary]

# How tightly an operator binds. `->` is the loosest; see `nest`.
BINDING = {"*": 3, "+": 2, "-": 2, "..": 1, "of": 1}


def nest(chain: Chain) -> Arrow | Binary:
    """The chain with its operators in order. Operands stay as they are."""
    elements: list[Nested] = []
    first = 0
    ends = [at for at, sign in enumerate(chain.operators) if sign == "->"]
    for at in [*ends, len(chain.operators)]:
        elements.append(_arithmetic(chain.operands[first : at + 1], chain.operators[first:at]))
        first = at + 1
    if ends:
        return Arrow(tuple(elements), chain.start, chain.end)
    only = elements[0]
    assert isinstance(only, Binary)  # a chain has an operator
    return only


def _arithmetic(operands: tuple[Expression, ...], operators: tuple[str, ...]) -> Nested:
    """Operands between two arrows: a stack of what still waits for its right side."""
    values: list[Nested] = [operands[0]]
    waiting: list[str] = []
    for sign, operand in zip(operators, operands[1:]):
        while waiting and BINDING[waiting[-1]] >= BINDING[sign]:
            _join(values, waiting.pop())
        waiting.append(sign)
        values.append(operand)
    while waiting:
        _join(values, waiting.pop())
    return values[0]


def _join(values: list[Nested], sign: str) -> None:
    right = values.pop()
    left = values.pop()
    values.append(Binary(sign, left, right, left.start, right.end))
