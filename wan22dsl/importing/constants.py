"""How constants are spelled in an imported text: one spelling for one value of one type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.language.program.values import plain_number
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from wan22dsl.language.program.values import Constant

_UNITS = {"frames": "f", "fps": "fps", "seconds": "s"}


def canonical(constant: Constant) -> str:
    """A number of the language, with its unit."""
    kind, data = constant
    if kind == "size":
        return f"{data[0]}x{data[1]}"
    return number(data) + _UNITS.get(kind, "")


def number(value: float) -> str:
    """A number as it is written: `5.0` stays a float, and 0.30000000000000004 is 0.3."""
    return repr(plain_number(value))


def spelled(value: Any, kind: str) -> str | None:
    """A JSON value as one of a type of the language; None where it is no such value.

    Sockets of constants (INT, FLOAT, STRING, BOOLEAN) are spelled as their values are.
    """
    if isinstance(value, bool):
        return str(value).lower() if kind in ("bool", "BOOLEAN", "*") else None
    if isinstance(value, str):
        return spelling.quote(value) if kind in ("text", "STRING", "COMBO", "*") else None
    if not isinstance(value, (int, float)) or value != value:
        return None
    whole = isinstance(value, int) or value.is_integer()
    if kind in ("int", "INT"):
        return str(int(value)) if whole else None
    if kind in ("float", "FLOAT"):
        return number(float(value)) if abs(value) < 1e300 else None
    if kind == "frames":
        return f"{int(value)}f" if whole and value >= 0 else None
    if kind == "fps":
        return f"{_short(value)}fps" if value > 0 and abs(value) < 1e12 else None
    return number(value) if kind == "*" else None


def _short(value: float) -> str:
    found = plain_number(value)
    return str(int(found)) if found == int(found) else repr(found)


def json_value(value: Any) -> str:
    """A JSON value as an input of a plain node."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return spelling.quote(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(json_value, value)) + "]"
    entries = (f"{spelling.key(key)} = {json_value(item)}" for key, item in value.items())
    return "{ " + ", ".join(entries) + " }" if value else "{}"
