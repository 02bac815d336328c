"""A description for programs: the facts by their names, as `schemas/description.schema.json` has them."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wan22dsl.formats.description import Description


def write(one: Description) -> str:
    """The description as JSON text with a line end."""
    return json.dumps(as_data(one), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_data(value: Any) -> Any:
    """Named tuples as objects, other tuples as arrays; a number that JSON does not have is not known."""
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None)
        if names is None:
            return [as_data(one) for one in value]
        return {name: as_data(one) for name, one in zip(names, value)}
    if isinstance(value, dict):
        return {name: as_data(one) for name, one in value.items()}
    return None if isinstance(value, float) and not isfinite(value) else value
