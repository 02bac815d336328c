"""Cuts and leaps. A clip of Wan is one shot, so a cut is a finding; and figures are within shots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wan22dsl.quality import limits
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.quality.gathering import Gathered

#: Frames on each side that tell what is usual here.
_AROUND = 5


class Shots(NamedTuple):
    """`cuts` and `leaps` are the frames behind them, `spans` the shots, first and last frame."""

    cuts: tuple[int, ...]
    leaps: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    @property
    def longest(self) -> tuple[int, int]:
        """The longest shot."""
        return max(self.spans, key=lambda span: span[1] - span[0])

    def pairs_within(self, frames: int) -> Any:
        """For each frame, whether it is of the same shot as the one before."""
        within = np.ones(frames, bool)
        within[[0, *self.cuts]] = False
        return within


def find(found: Gathered) -> Shots:
    """The shots of a clip."""
    jumps = [number for number in range(1, found.frames) if _is_jump(found, number)]
    cuts = tuple(number for number in jumps if not found.likeness[number] >= limits.SAME_SCENE)
    leaps = tuple(number for number in jumps if number not in cuts and _is_leap(found, number))
    starts = [0, *cuts]
    ends = [*(cut - 1 for cut in cuts), found.frames - 1]
    return Shots(cuts, leaps, tuple(zip(starts, ends)))


def usual(values: list[float], number: int) -> float:
    """The median around a frame, without it and the next; NaN where nothing is known."""
    around = [
        values[index]
        for index in range(max(number - _AROUND, 0), min(number + _AROUND + 2, len(values)))
        if index not in (number, number + 1) and not np.isnan(values[index])
    ]
    return float(np.median(around)) if around else float("nan")


def _is_jump(found: Gathered, number: int) -> bool:
    """Whether a frame differs much more from the one before than is usual around it."""
    if any(_is_dark_or_flat(found, at) for at in (number - 1, number)):
        return False
    difference, normal = found.difference[number], usual(found.difference, number)
    least = max(limits.JUMP, limits.JUMP_SHARE * normal) if normal == normal else limits.JUMP
    return difference > least


def _is_leap(found: Gathered, number: int) -> bool:
    """Whether the same scene is suddenly elsewhere: the flow changes there, and comes back."""
    if not found.has_flow:
        return True
    acceleration = found.acceleration_px[number]
    normal = usual(found.acceleration_px, number)
    return bool(acceleration > max(limits.LEAP_PX, limits.LEAP_SHARE * np.nan_to_num(normal)))


def _is_dark_or_flat(found: Gathered, number: int) -> bool:
    is_black = found.luma[number] < limits.BLACK_LUMA
    return found.flat[number] or (is_black and found.contrast[number] < limits.BLACK_CONTRAST)
