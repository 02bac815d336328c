"""Values that are known when compiling: constants with a type, the types, and arithmetic on them."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wan22dsl.language.syntax import spelling
from wan22dsl.language.types import Type
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Files by their type, and the socket that they become when loaded.
FILE_SOCKETS = {"image": "IMAGE", "video": "VIDEO", "audio": "AUDIO"}


class Constant(NamedTuple):
    """A value that is known when compiling."""

    type: str
    data: Any

    def __str__(self) -> str:
        return spell(self)


class Unknown(NamedTuple):
    """A value of which only the type is known yet; stands in when a block is checked alone."""

    type: Type


class Nothing(NamedTuple):
    """`none`: not given. `setting` is the one that was read and is not there, if that is why."""

    setting: str = ""


class Broken(NamedTuple):
    """What a reported mistake left behind. Nothing more is said about it."""


NOTHING = Nothing()
BROKEN = Broken()

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)([A-Za-z]*)\Z")
_SIZE = re.compile(r"(\d+)x(\d+)\Z")
#: The unit of a number, and the type that the number has with it.
UNITS = {"": "", "s": "seconds", "f": "frames", "fps": "fps", "GiB": "bytes", "MiB": "bytes"}
_BYTES = {"GiB": 1 << 30, "MiB": 1 << 20}
_MOST_DIGITS = 400


@lru_cache(maxsize=1024)
def read_number(text: str) -> Constant | None:
    """The constant that a number of the language stands for; None when its spelling has no meaning.

    A number beyond all use has none; of one with more than 4,300 digits Python makes no number at all.
    """
    if len(text) > _MOST_DIGITS:
        return None
    found = _spelled(text)
    return None if found is None or is_too_large(found) else found


def _spelled(text: str) -> Constant | None:
    size = _SIZE.match(text)
    if size:
        return Constant("size", (int(size[1]), int(size[2])))
    match = _NUMBER.match(text)
    if not match or match[2] not in UNITS:
        return None
    digits, unit = match.groups()
    number = int(digits) if digits.lstrip("-").isdigit() else float(digits)
    kind = UNITS[unit]
    if abs(number) > _LARGEST / _BYTES["GiB"] and kind == "bytes":
        return None
    if not kind:
        return Constant("int" if isinstance(number, int) else "float", number)
    if kind == "bytes":
        return Constant("bytes", round(number * _BYTES[unit]))
    if kind == "frames" and not isinstance(number, int):
        return None
    return Constant(kind, number)


def plain_number(number: float) -> int | float:
    """A number without the noise of binary fractions: 0.1 + 0.2 is 0.3."""
    if isinstance(number, int):
        return number
    return float(f"{number:.12g}")


#: No number that means anything comes near it, and no text that is put together is so long. Values that
#: name the one before twice get there in a few lines.
_LARGEST = 10**300
LONGEST = 10_000_000

#: An item of a list or a record counts as so many characters.
_ITEM = 50


def is_too_large(value: Constant) -> bool:
    """Whether what was made of other values is beyond all use: so large a number, or so long a list."""
    if value.type not in ("list", "record"):
        sides = value.data if value.type == "size" else (value.data,)
        return any(isinstance(side, (int, float)) and abs(side) > _LARGEST for side in sides)
    length, waiting = 0, [value]
    while waiting and length <= LONGEST:
        constant = waiting.pop()
        items = constant.data if constant.type == "list" else [item for _, item in constant.data]
        length += _ITEM * len(items)
        length += sum(len(each.data) for each in items if _is(each, "text"))
        waiting += [each for each in items if _is(each, "list") or _is(each, "record")]
    return length > LONGEST


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, Constant) and value.type == kind


def spell(value: Any) -> str:
    """A value as it is written in the language."""
    if not isinstance(value, Constant):
        return "none" if isinstance(value, Nothing) else "…"
    kind, data = value
    if kind in ("int", "float"):
        return str(data)
    if kind in ("text", "image", "video", "audio"):
        return spelling.quote(str(data))
    if kind in ("seconds", "frames", "fps"):
        if isinstance(data, float) and data.is_integer():
            data = int(data)  # a rate that was worked out is 16fps too, and not 16.0fps
        return f"{data}{ {'seconds': 's', 'frames': 'f', 'fps': 'fps'}[kind] }"
    if kind == "bytes":
        return f"{data / _BYTES['GiB']:g}GiB"
    if kind == "size":
        return f"{data[0]}x{data[1]}"
    if kind == "sampler":
        return f"{data[0]}/{data[1]}"
    if kind == "steps":
        start, end, total = data
        return f"{start}..{end}" + (f" of {total}" if total is not None else "")
    if kind == "range":
        return f"{spell(data[0])}..{spell(data[1])}"
    if kind == "list":
        return "[" + ", ".join(spell(item) for item in data) + "]"
    if kind == "record":
        entries = ", ".join(f"{spelling.key(key)} = {spell(item)}" for key, item in data)
        return f"{{ {entries} }}" if entries else "{}"
    return {"bool": str(data).lower(), "null": "null"}[kind]


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
    if operator == "/":
        return _divided(left, right)
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
    if left.type == right.type == "record" and operator == "+":
        return Constant("record", tuple({**dict(left.data), **dict(right.data)}.items()))
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
        return _size_of(_product(side, right.data) for side in left.data)
    if left.type in _SCALABLE:
        product = _product(left.data, right.data)
        if left.type in ("frames", "bytes") and math.isfinite(product):
            if product != int(product):
                return None
            product = int(product)
        return Constant(left.type, product)
    return None


def _size_of(sides: Iterable[float]) -> Constant:
    """A size, rounded as ComfyUI's ImageScaleBy does: to the nearest pixel, halves to the even one."""
    return Constant("size", tuple(round(px) if math.isfinite(px) else px for px in sides))


def _divided(left: Constant, right: Constant) -> Constant | None:
    """A quotient: of whole numbers that divide evenly a whole one. Frames and bytes have to divide evenly."""
    if right.type not in _NUMBERS or not right.data:
        return None
    if left.type == "size":
        return _size_of(_quotient(side, right.data) for side in left.data)
    if left.type in _NUMBERS:
        found = _quotient(left.data, right.data)
        whole = left.type == right.type == "int" and isinstance(found, int)
        return Constant("int" if whole else "float", found if whole else float(found))
    if left.type not in _SCALABLE:
        return None
    found = _quotient(left.data, right.data)
    if left.type in ("frames", "bytes") and math.isfinite(found):
        return Constant(left.type, int(found)) if found == int(found) else None
    return Constant(left.type, found)


def _quotient(number: float, other: float) -> int | float:
    """The quotient, whole where whole numbers divide evenly; infinite where a float cannot hold it."""
    if isinstance(number, int) and isinstance(other, int) and number % other == 0:
        return number // other
    try:
        return plain_number(number / other)
    except OverflowError:
        return math.inf


def _product(number: float, other: float) -> int | float:
    """The product; infinite where a float cannot hold it."""
    try:
        return plain_number(number * other)
    except OverflowError:
        return math.inf


def _sum(number: float, other: float) -> int | float:
    """The sum; infinite where a float cannot hold it."""
    try:
        return plain_number(number + other)
    except OverflowError:
        return math.inf


def result_type(operator: str, left: Unknown | Constant, right: Unknown | Constant) -> Type | None:
    """The type of an operation of which a side is not known yet; None where no value could make it right."""
    names = [
        value.type if isinstance(value, Constant) else value.type.name for value in (left, right)
    ]
    if names[0] not in _SAMPLES or names[1] not in _SAMPLES:
        return None
    sample = combine(operator, _SAMPLES[names[0]], _SAMPLES[names[1]])
    if sample is None:
        return None
    items = [value.type.item for value in (left, right) if isinstance(value, Unknown)]
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
    "record": Constant("record", ()),
    "range": Constant("range", (Constant("int", 0), Constant("int", 1))),
    "text": Constant("text", ""),
    "bool": Constant("bool", True),
}


def frames_of(seconds: float, fps: float) -> int:
    """How many frames last so long: seconds × fps + 1, to the nearest frame (Wan's own formula)."""
    return math.floor(plain_number(seconds * fps) + 1.5)
