"""Values of a server's JSON, as far as they can be used."""

from __future__ import annotations

from math import isfinite
from typing import Any

#: Numbers beyond this are no sizes, times or counts; JavaScript, too, counts no further.
_LARGEST = 2**53


def number(value: Any) -> int | None:
    """A whole number that can be computed with; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not isfinite(value):
        return None
    return int(value) if -_LARGEST < value < _LARGEST else None


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list; empty where it is none."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
