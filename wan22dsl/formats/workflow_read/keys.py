"""Ids and numbers as workflow JSON has them, however they are written."""

from __future__ import annotations

from typing import Any


def key(value: Any) -> str | None:
    """An id as text, however it is written; None where it is none."""
    number = whole(value)
    if number is not None:
        return str(number) if abs(number) < 1 << 64 else None
    return value if isinstance(value, str) and value else None


def whole(value: Any) -> int | None:
    """A whole number; None where it is something else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None
