"""Optical flow between frames: how far things move, and what their motion does not explain.

DIS flow (Kroeger et al. 2016, OpenCV's preset FAST) on luma of half size, less for large videos.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from wan22dsl.tuples import NamedTuple

#: Flow is computed on at most this many pixels: half of 832x1216 in both directions.
_MOST_PIXELS = 260_000
#: Sides of a video that are shorter are not made smaller: the flow needs some patches of 8 pixels.
_LEAST_SIDE_PX = 160
#: Shorter sides have no flow at all.
_NO_FLOW_PX = 32
#: Where forward and backward flow are farther apart, something was covered (pixels of the flow's size).
_APART_PX = 1.0
#: Where motion and average differ by less, mean squared levels, noise decides which is nearer.
_LEAST_ENERGY = 0.5
#: Edges of this share of a side are left out where motion brings something in.
_EDGE = 16
#: Medians are of every fourth row and column.
_THIN = 4
#: What motion does not explain is looked at in every second row and column, where there are enough pixels.
_CHECKED, _ENOUGH_PIXELS = 2, 20_000


class Step(NamedTuple):
    """From one frame to the next. Lengths are pixels of the video; NaN where there is nothing to see."""

    motion_px: float
    acceleration_px: float
    warp_error: float
    explained: float


class Motion:
    """Flow between the frames that it is given, in their order; only the last few are kept."""

    def __init__(self, width_px: int, height_px: int) -> None:
        shortest = min(width_px, height_px)
        self.is_possible = shortest >= _NO_FLOW_PX
        scale = min(1.0, (_MOST_PIXELS / (width_px * height_px)) ** 0.5)
        if shortest * 0.5 >= _LEAST_SIDE_PX:
            scale = min(scale, 0.5)
        self._scale = scale
        self.size = max(round(width_px * scale), 1), max(round(height_px * scale), 1)
        self._flow: Any = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        every = _CHECKED if self.size[0] * self.size[1] >= _ENOUGH_PIXELS else 1
        rows, columns = np.mgrid[0 : self.size[1] : every, 0 : self.size[0] : every]
        self._grid = np.dstack([columns, rows]).astype(np.float32)
        self._at = np.s_[::every, ::every]
        # What comes in at an edge is in neither neighbour.
        self._inner = tuple(
            np.s_[side // _EDGE : side - side // _EDGE] for side in self._grid.shape[:2]
        )
        self._last: Any = None

    def small(self, grey: Any) -> Any:
        """A frame in the size of the flow."""
        if self._scale == 1.0:
            return grey
        return cv2.resize(grey, self.size, interpolation=cv2.INTER_AREA)

    def breaks(self) -> None:
        """The next step has nothing to do with the one before."""
        self._last = None

    def step(self, before: Any, now: Any) -> Step:
        """Two frames in a row: how far things moved, by how much that changed, and what is left over."""
        forward = self._flow.calc(before, now, None)
        backward = self._flow.calc(now, before, None)
        backward = backward[self._at]
        there = self._grid + backward
        returned = cv2.remap(forward, there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        apart = returned + backward
        height, width = now.shape
        inside = (
            (there[..., 0] >= 0)
            & (there[..., 1] >= 0)
            & (there[..., 0] <= width - 1)
            & (there[..., 1] <= height - 1)
        )
        sure = inside & (np.einsum("ijk,ijk->ij", apart, apart) < _APART_PX**2)
        moved = cv2.remap(before, there, None, cv2.INTER_LINEAR)
        left = cv2.absdiff(np.ascontiguousarray(now[self._at]), moved)
        share = float(sure.mean())
        error = float(left[sure].mean()) if share > 0.05 else float(left.mean())
        accelerated = float("nan")
        if self._last is not None:
            accelerated = self._length(forward - self._last)
        self._last = forward
        return Step(self._length(forward), accelerated, error, share)

    def midway(self, before: Any, middle: Any, after: Any) -> tuple[float, float]:
        """A frame against the one that flow puts half-way between its neighbours.

        The mean difference; and how far the frame follows the motion: 1 it does, 0 it is the plain average of
        its neighbours. That is NaN where both hardly differ.
        """
        flow = self._flow.calc(before, after, None)
        half = 0.5 * flow[self._at][self._inner]
        grid = self._grid[self._inner]
        one = cv2.remap(before, grid - half, None, cv2.INTER_LINEAR)
        other = cv2.remap(after, grid + half, None, cv2.INTER_LINEAR)
        between = cv2.addWeighted(one, 0.5, other, 0.5, 0)
        before, middle, after = (
            np.ascontiguousarray(each[self._at][self._inner]) for each in (before, middle, after)
        )
        average = cv2.addWeighted(before, 0.5, after, 0.5, 0).astype(np.float32)
        error = cv2.absdiff(between, middle).mean()
        by_motion = between - average
        energy = float(np.vdot(by_motion, by_motion))
        if energy < _LEAST_ENERGY * middle.size:
            return float(error), float("nan")
        return float(error), float(np.vdot(middle - average, by_motion)) / energy

    def _length(self, flow: Any) -> float:
        thin = flow[::_THIN, ::_THIN]
        return float(np.median(np.hypot(thin[..., 0], thin[..., 1])) / self._scale)
