"""How ComfyUI reads the constants of a prompt: what it turns them into, and what it refuses."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Fate(Enum):
    """What becomes of a constant."""

    TAKEN = "kept"
    SAME = "converted to the same value of another type"
    CHANGED = "converted to another value"
    REFUSED = "refused"


#: The types whose constants ComfyUI turns into Python values: `int(value)`, `float(value)`, …
READ = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN"})

#: How the values of those types are called in messages.
KINDS = {"INT": "a whole number", "FLOAT": "a number", "STRING": "text", "BOOLEAN": "true or false"}


def read(kind: str, value: Any) -> tuple[Fate, Any]:
    """What ComfyUI makes of a constant for an input of that type, and what becomes of it."""
    return _READERS[kind](value)


def _whole(value: Any) -> tuple[Fate, Any]:
    if type(value) is int:
        return Fate.TAKEN, value
    if isinstance(value, bool):
        return Fate.CHANGED, int(value)
    if isinstance(value, float) and abs(value) < float("inf"):
        return (Fate.TAKEN if value.is_integer() else Fate.CHANGED), int(value)
    if isinstance(value, str):
        try:
            return Fate.SAME, int(value)
        except ValueError:
            return Fate.REFUSED, None
    return Fate.REFUSED, None


def _number(value: Any) -> tuple[Fate, Any]:
    if type(value) in {int, float}:
        return Fate.TAKEN, value
    if isinstance(value, bool):
        return Fate.CHANGED, float(value)
    if isinstance(value, str):
        try:
            return Fate.SAME, float(value)
        except ValueError:
            return Fate.REFUSED, None
    return Fate.REFUSED, None


def _text(value: Any) -> tuple[Fate, Any]:
    if isinstance(value, str):
        return Fate.TAKEN, value
    same = isinstance(value, (int, float)) and not isinstance(value, bool)
    return (Fate.SAME if same else Fate.CHANGED), str(value)


def _truth(value: Any) -> tuple[Fate, Any]:
    if isinstance(value, bool):
        return Fate.TAKEN, value
    same = value in (0, 1) or (isinstance(value, str) and value.strip().lower() in {"true", ""})
    return (Fate.SAME if same else Fate.CHANGED), bool(value)


_READERS: dict[str, Callable[[Any], tuple[Fate, Any]]] = {
    "INT": _whole,
    "FLOAT": _number,
    "STRING": _text,
    "BOOLEAN": _truth,
}
