"""The limits of targets, as the ratings of records state them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.report.results.contents import Band

if TYPE_CHECKING:
    from collections.abc import Iterable


def limits(target: str) -> list[tuple[float, str]]:
    """The limits in seconds that a rating states, the smallest first: (80.0, "excellent"), (85.0, "good")."""
    stated = re.match(r"([^(]*) \(", target)
    found = re.findall(r"([\d.]+(?:e\+?\d+)?) s(?: (excellent|good))?", stated[1] if stated else "")
    return sorted((float(end), grade or "good") for end, grade in found)


def bands(targets: Iterable[str]) -> tuple[Band, ...]:
    """What targets call excellent and good, as stretches of the axis of seconds; none where they differ."""
    each = {tuple(limits(target)) for target in targets}
    if len(each) != 1:
        return ()
    found, start = [], 0.0
    for end, grade in each.pop():
        found.append(Band(start, end, f"{grade} ≤ {end:g} s"))
        start = end
    return tuple(found)
