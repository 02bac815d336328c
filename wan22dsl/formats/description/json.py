"""A description for programs: the facts by their names, as `schemas/description.schema.json` has them."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wan22dsl.formats.description import Description


#: So many digits of a number are the same whatever computer worked it out.
_DIGITS = 9


def write(description: Description) -> str:
    """The description as JSON text with a line end."""
    return json.dumps(as_data(description), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_data(value: Any) -> Any:
    """Named tuples as objects, other tuples as arrays, numbers with nine digits at most.

    A number that JSON does not have is not known."""
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None)
        if names is None:
            return [as_data(item) for item in value]
        return {name: as_data(item) for name, item in zip(names, value)}
    if isinstance(value, dict):
        return {name: as_data(item) for name, item in value.items()}
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if isfinite(value) else None
    return value
