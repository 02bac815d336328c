"""Arithmetic, a node for each type (evanspearman/ComfyMath: src/comfymath/)."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.arithmetic import (
    UnknownValueError,
    by_operation,
    converted,
    left_shift,
    power,
    same,
    truth,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "ComfyMath"

#: Larger factorials are not worked out.
_LARGEST_FACTORIAL = 25


def _factorial(number: int) -> int:
    if number > _LARGEST_FACTORIAL:
        raise UnknownValueError
    return math.factorial(number)


def _inverted_and(a: int, b: int) -> int:
    """What the pack does for Nand and for Nor."""
    return ~a & b


_OF_TWO_INTS: Mapping[str, Callable[..., Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": operator.floordiv,
    "Mod": operator.mod,
    "Pow": power,
    "And": operator.and_,
    "Nand": _inverted_and,
    "Or": operator.or_,
    "Nor": _inverted_and,
    "Xor": operator.xor,
    "Xnor": lambda a, b: ~a ^ b,
    "Shl": left_shift,
    "Shr": operator.rshift,
    "Max": max,
    "Min": min,
}
_OF_TWO_FLOATS: Mapping[str, Callable[..., Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": operator.truediv,
    "Mod": operator.mod,
    "Pow": power,
    "FloorDiv": operator.floordiv,
    "Max": max,
    "Min": min,
    "Log": math.log,
    "Atan2": math.atan2,
}
_SIMPLE: Mapping[str, Callable[..., Any]] = {
    "Abs": abs,
    "Neg": operator.neg,
    "Inc": lambda a: a + 1,
    "Dec": lambda a: a - 1,
    "Sqr": lambda a: a * a,
    "Cube": lambda a: a * a * a,
}
_OF_INT: Mapping[str, Callable[..., Any]] = {
    **_SIMPLE,
    "Not": operator.invert,
    "Factorial": _factorial,
}
_OF_FLOAT: Mapping[str, Callable[..., Any]] = {
    **_SIMPLE,
    "Sqrt": math.sqrt,
    "Exp": math.exp,
    "Ln": math.log,
    "Log10": math.log10,
    "Log2": math.log2,
    "Sin": math.sin,
    "Cos": math.cos,
    "Tan": math.tan,
    "Round": round,
    "Floor": math.floor,
    "Ceil": math.ceil,
    "Trunc": math.trunc,
    "Radians": math.radians,
    "Degrees": math.degrees,
}
_INTS_COMPARED: Mapping[str, Callable[..., Any]] = {
    "Eq": operator.eq,
    "Neq": operator.ne,
    "Gt": operator.gt,
    "Lt": operator.lt,
    "Geq": operator.ge,
    "Leq": operator.le,
}
_FLOATS_COMPARED: Mapping[str, Callable[..., Any]] = {
    "Eq": operator.eq,
    "Neq": operator.ne,
    "Gt": operator.gt,
    "Gte": operator.ge,
    "Lt": operator.lt,
    "Lte": operator.le,
}

RECORDS: tuple[NodeRecord, ...] = (
    by_operation("CM_IntBinaryOperation", _PACK, _OF_TWO_INTS),
    by_operation("CM_IntUnaryOperation", _PACK, _OF_INT, names=("a",)),
    by_operation("CM_IntBinaryCondition", _PACK, _INTS_COMPARED),
    by_operation("CM_FloatBinaryOperation", _PACK, _OF_TWO_FLOATS, takes=float),
    by_operation("CM_FloatUnaryOperation", _PACK, _OF_FLOAT, names=("a",), takes=float),
    by_operation("CM_FloatBinaryCondition", _PACK, _FLOATS_COMPARED, takes=float),
    by_operation("CM_NumberBinaryOperation", _PACK, _OF_TWO_FLOATS, takes=float),
    by_operation("CM_NumberUnaryOperation", _PACK, _OF_FLOAT, names=("a",), takes=float),
    by_operation("CM_NumberBinaryCondition", _PACK, _FLOATS_COMPARED, takes=float),
    converted("CM_BoolToInt", "a", _PACK, int),
    converted("CM_IntToBool", "a", _PACK, truth),
    converted("CM_FloatToInt", "a", _PACK, int),
    converted("CM_IntToFloat", "a", _PACK, float),
    converted("CM_IntToNumber", "a", _PACK, same),
    converted("CM_FloatToNumber", "a", _PACK, same),
    converted("CM_NumberToInt", "a", _PACK, int),
    converted("CM_NumberToFloat", "a", _PACK, float),
)
