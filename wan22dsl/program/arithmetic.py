"""Arithmetic on constants. Units must agree; there is no division, since it would have to round."""

from __future__ import annotations

import math

from wan22dsl.program.values import Constant, Type, Unknown, plain_number

_NUMBERS = ("int", "float")
_SCALABLE = ("seconds", "frames", "fps", "bytes")
_WHOLE = ("range", "list", "record")
_ADDABLE = ("seconds", "frames", "fps", "bytes")


def combine(operator: str, left: Constant, right: Constant) -> Constant | None:
    """`left operator right`, or None where the two do not go together. `->` is not arithmetic.

    The result may be too large to be used; see `values.is_too_large`.
    """
    if operator == "*":
        return _times(left, right)
    if operator in "+-" and len(operator) == 1:
        return _plus_minus(operator, left, right)
    if operator == "..":
        if left.type in _WHOLE or right.type in _WHOLE:
            return None
        if left.type == right.type or {left.type, right.type} <= set(_NUMBERS):
            return Constant("range", (left, right))
        return None
    if operator == "of" and left.type == "range" and right.type == "int":
        low, high = left.data
        if low.type == high.type == "int":
            return Constant("steps", (low.data, high.data, right.data))
    return None


def _plus_minus(operator: str, left: Constant, right: Constant) -> Constant | None:
    sign = 1 if operator == "+" else -1
    if left.type in _NUMBERS and right.type in _NUMBERS:
        kind = "int" if left.type == right.type == "int" else "float"
        return Constant(kind, _sum(left.data, sign * right.data))
    if left.type == right.type and left.type in _ADDABLE:
        return Constant(left.type, _sum(left.data, sign * right.data))
    if left.type == right.type == "list" and operator == "+":
        return Constant("list", left.data + right.data)
    return None


def _times(left: Constant, right: Constant) -> Constant | None:
    if left.type in _NUMBERS and right.type in _NUMBERS:
        kind = "int" if left.type == right.type == "int" else "float"
        return Constant(kind, _product(left.data, right.data))
    if left.type in _NUMBERS:
        left, right = right, left
    if right.type not in _NUMBERS:
        return None
    if left.type == "size":
        # As ComfyUI's ImageScaleBy rounds: to the nearest pixel, halves to the even one.
        sides = [_product(side, right.data) for side in left.data]
        return Constant("size", tuple(round(one) if math.isfinite(one) else one for one in sides))
    if left.type in _SCALABLE:
        product = _product(left.data, right.data)
        if left.type in ("frames", "bytes") and math.isfinite(product):
            if product != int(product):
                return None
            product = int(product)
        return Constant(left.type, product)
    return None


def _product(one: float, other: float) -> int | float:
    """The product; infinite where a float cannot hold it."""
    try:
        return plain_number(one * other)
    except OverflowError:
        return math.inf


def _sum(one: float, other: float) -> int | float:
    """The sum; infinite where a float cannot hold it."""
    try:
        return plain_number(one + other)
    except OverflowError:
        return math.inf


def result_type(operator: str, left: Unknown | Constant, right: Unknown | Constant) -> Type | None:
    """The type of an operation of which a side is not known yet; None where no value could make it right."""
    names = [one.type if isinstance(one, Constant) else one.type.name for one in (left, right)]
    if names[0] not in _SAMPLES or names[1] not in _SAMPLES:
        return None
    sample = combine(operator, _SAMPLES[names[0]], _SAMPLES[names[1]])
    if sample is None:
        return None
    items = [one.type.item for one in (left, right) if isinstance(one, Unknown)]
    return Type(sample.type, next((item for item in items if item is not None), None))


_SAMPLES = {
    "int": Constant("int", 1),
    "float": Constant("float", 1.0),
    "seconds": Constant("seconds", 1),
    "frames": Constant("frames", 1),
    "fps": Constant("fps", 1),
    "bytes": Constant("bytes", 1),
    "size": Constant("size", (1, 1)),
    "list": Constant("list", ()),
    "range": Constant("range", (Constant("int", 0), Constant("int", 1))),
    "text": Constant("text", ""),
    "bool": Constant("bool", True),
}


def frames_of(seconds: float, fps: float) -> int:
    """How many frames last so long: seconds × fps + 1, to the nearest frame (Wan's own formula)."""
    return math.floor(plain_number(seconds * fps) + 1.5)
