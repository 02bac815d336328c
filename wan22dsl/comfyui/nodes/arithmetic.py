"""Nodes that compute numbers, each by its own rules, and the parts that their records are made of.

ComfyUI: comfy_extras/nodes_number_convert.py, nodes_images.py.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import COMFYUI, NodeRecord, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Larger numbers are not computed with, nor powers and shifts that make them.
_LARGEST = 10**30
_MOST_BITS = 100
_MOST_DIGITS = 30


class UnknownValueError(Exception):
    """A value, or what a node does with it, is not known."""


def checked(value: Any) -> Any:
    """A value, if it can be computed with."""
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        raise UnknownValueError
    if isinstance(value, (int, float)) and abs(value) > _LARGEST:
        raise UnknownValueError
    return value


def power(base: Any, exponent: Any, *modulo: Any) -> Any:
    """A power, with an exponent that keeps the result small."""
    if modulo:
        raise UnknownValueError
    if isinstance(base, int) and isinstance(exponent, int) and exponent > _MOST_BITS:
        raise UnknownValueError
    return checked(base**exponent)


def left_shift(number: Any, bits: Any) -> Any:
    """A number shifted by a few bits."""
    if isinstance(bits, int) and bits > _MOST_BITS:
        raise UnknownValueError
    return checked(number << bits)


def rounded(number: Any, digits: Any = None) -> Any:
    """A number rounded as Python does, to a small number of digits."""
    if isinstance(digits, int) and abs(digits) > _MOST_DIGITS:
        raise UnknownValueError
    return round(number, digits)


def same(value: Any) -> Any:
    """The value itself."""
    return value


def truth(value: Any) -> bool:
    """Whether a number is not 0, as the editor's true and false."""
    return bool(value)


#: What becomes of a result at each output of a node.
Results = tuple["Callable[[Any], Any]", ...]


def result_of(work: Callable[[], Any], conversion: Callable[[Any], Any] = same) -> Facts:
    """What a computation gives; nothing where it cannot be made."""
    try:
        value = checked(conversion(checked(work())))
    except (ArithmeticError, ValueError, TypeError, LookupError, UnknownValueError):
        return NOTHING_KNOWN
    return Facts(value=value) if isinstance(value, (int, float, str)) else NOTHING_KNOWN


def converted(class_name: str, name: str, pack: str, *results: Callable[[Any], Any]) -> NodeRecord:
    """A class that gives the value of one input, at each output in another form."""

    def facts(reading: Reading) -> Facts:
        value = reading.value(name)
        if value is None or not 0 <= reading.slot < len(results):
            return NOTHING_KNOWN
        return result_of(lambda: value, results[reading.slot])

    return NodeRecord(class_name, pack, role="value", facts=facts)


def numbers(reading: Reading, *names: str) -> list[Any] | None:
    """The numbers of some inputs; None where one is not known."""
    found = [reading.value(name) for name in names]
    return found if all(isinstance(value, (int, float)) for value in found) else None


def computed(
    class_name: str,
    pack: str,
    names: tuple[str, ...],
    function: Callable[..., Any],
    results: Results = (same,),
) -> NodeRecord:
    """A class that gives a function of the numbers of some inputs."""

    def facts(reading: Reading) -> Facts:
        values = numbers(reading, *names)
        if values is None or not 0 <= reading.slot < len(results):
            return NOTHING_KNOWN
        return result_of(lambda: function(*values), results[reading.slot])

    return NodeRecord(class_name, pack, role="value", facts=facts)


def by_operation(
    class_name: str,
    pack: str,
    operations: Mapping[str, Callable[..., Any]],
    *,
    names: tuple[str, ...] = ("a", "b"),
    chooses: str = "op",
    results: Results = (same,),
    takes: Callable[[Any], Any] = same,
) -> NodeRecord:
    """A class that computes with the numbers of some inputs, by an operation that another input names."""

    def facts(reading: Reading) -> Facts:
        values, operation = numbers(reading, *names), operations.get(str(reading.value(chooses)))
        if values is None or operation is None or not 0 <= reading.slot < len(results):
            return NOTHING_KNOWN
        return result_of(lambda: operation(*map(takes, values)), results[reading.slot])

    return NodeRecord(class_name, pack, role="value", facts=facts)


def measured(class_name: str, pack: str, name: str, *sides: str) -> NodeRecord:
    """A class that gives the `width`, `height` or number of `frames` of pictures, an output each."""

    def facts(reading: Reading) -> Facts:
        if not 0 <= reading.slot < len(sides) or not sides[reading.slot]:
            return NOTHING_KNOWN
        return Facts(value=getattr(reading.facts(name), sides[reading.slot]))

    return NodeRecord(class_name, pack, role="value", facts=facts)


RECORDS: tuple[NodeRecord, ...] = (
    converted("ComfyNumberConvert", "value", COMFYUI, float, int),
    measured("GetImageSize", COMFYUI, "image", "width", "height", "frames"),
)
