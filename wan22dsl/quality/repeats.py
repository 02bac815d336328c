"""Frames that repeat the one before: where, and in which rhythm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wan22dsl.quality import limits
from wan22dsl.quality.findings import runs
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.quality.gathering import Gathered
    from wan22dsl.quality.shots import Shots


class Repeats(NamedTuple):
    """`frozen` tells that nothing moves at all, `moves` that there is motion that repeats interrupt.

    `still` are frames of long repeats, `periodic` those in a rhythm of `period` frames, `single` the others.
    """

    frames: tuple[int, ...]
    frozen: bool
    moves: bool
    still: tuple[int, ...] = ()
    periodic: tuple[int, ...] = ()
    period: int | None = None
    single: tuple[int, ...] = ()


def find(found: Gathered, shots: Shots, empty: set[int], fps: float | None) -> Repeats:
    """The repeats of a clip; `empty` frames show nothing, and repeat nothing."""
    same = [number for number in _same(found) if number not in empty]
    pairs = found.frames - 1 - len(empty)
    if pairs > 1 and len(same) >= limits.FROZEN_SHARE * pairs and found.apart < limits.FROZEN_SPOT:
        return Repeats(tuple(same), frozen=True, moves=False)
    others = [
        found.difference[number]
        for number in range(1, found.frames)
        if number not in {*same, *empty, *(one + 1 for one in empty)}
    ]
    if len(others) < 2 or float(np.median(others)) < limits.MOVES:
        return Repeats(tuple(same), frozen=False, moves=False)
    long = max(limits.FROZEN_FRAMES, round(limits.FROZEN_S * (fps or 16)))
    still = [
        number
        for first, last in runs(same)
        if last - first + 1 >= long
        for number in range(first, last + 1)
    ]
    rest = [number for number in same if number not in {*still}]
    period, periodic = _rhythm(found, shots, rest)
    return Repeats(
        frames=tuple(same),
        frozen=False,
        moves=True,
        still=tuple(still),
        periodic=periodic,
        period=period,
        single=() if period else tuple(rest),
    )


def _same(found: Gathered) -> list[int]:
    """Frames that are the same as the one before, but for a codec."""
    difference, spot = found.array("difference"), found.array("spot")
    least = max(limits.SAME_DIFFERENCE, limits.SAME_SHARE * _median(difference))
    most = max(limits.SAME_SPOT, limits.SAME_SHARE * _median(spot))
    return [
        number
        for number in range(1, found.frames)
        if difference[number] < least and spot[number] < most
    ]


def _rhythm(found: Gathered, shots: Shots, same: list[int]) -> tuple[int | None, tuple[int, ...]]:
    """The distance at which frames repeat, and these frames."""
    if len(same) >= limits.LEAST_REPEATS:
        steps = np.diff(same)
        distance = int(np.bincount(steps).argmax())
        if distance > 1 and (steps == distance).mean() >= limits.PERIODIC_SHARE:
            return distance, tuple(same)
    first, last = shots.longest
    steps = found.array("difference")[first + 1 : last + 1]
    for distance in range(2, limits.LONGEST_RHYTHM + 1):
        for start in range(distance):
            at = np.arange(start, len(steps), distance)
            if len(at) < 2 * limits.LEAST_REPEATS:
                continue
            others = np.delete(steps, at)
            is_low = np.median(steps[at]) < limits.DIP * np.median(others)
            if is_low and np.quantile(steps[at], 0.8) < np.quantile(others, 0.2):
                return distance, tuple(int(number) + first + 1 for number in at)
    return None, ()


def _median(values: Any) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else 0.0
