"""How the proportions of a picture are called, and which sizes have them."""

from __future__ import annotations

from math import gcd


def ratio(width: int, height: int) -> str:
    """The proportions in the smallest whole numbers, 13:19; as a decimal number where these are large."""
    common = gcd(width, height) or 1
    wide, high = width // common, height // common
    return f"{wide}:{high}" if max(wide, high) <= 64 else f"{width / height:.3f}:1"


def sizes(wide: int, high: int, area_px: int) -> list[tuple[int, int]]:
    """The two sizes of exactly these proportions, in blocks of 16, whose areas are nearest."""
    steps = range(1, 4096 // (16 * max(wide, high)) + 1)
    found = [(16 * wide * step, 16 * high * step) for step in steps]
    nearest = sorted(found, key=lambda size: abs(size[0] * size[1] - area_px))[:2]
    return sorted(nearest)
