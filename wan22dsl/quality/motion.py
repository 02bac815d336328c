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
#: Medians are of every fourth row and column.
_THIN = 4


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
        rows, columns = np.mgrid[0 : self.size[1], 0 : self.size[0]]
        self._grid = np.dstack([columns, rows]).astype(np.float32)
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
        left = cv2.absdiff(now, moved)
        share = float(sure.mean())
        error = float(left[sure].mean()) if share > 0.05 else float(left.mean())
        accelerated = float("nan")
        if self._last is not None:
            accelerated = self._length(forward - self._last)
        self._last = forward
        return Step(self._length(forward), accelerated, error, share)

    def midway(self, before: Any, middle: Any, after: Any) -> float:
        """Mean difference of a frame and the one that flow puts half-way between its neighbours."""
        half = 0.5 * self._flow.calc(before, after, None)
        one = cv2.remap(before, self._grid - half, None, cv2.INTER_LINEAR)
        other = cv2.remap(after, self._grid + half, None, cv2.INTER_LINEAR)
        between = cv2.addWeighted(one, 0.5, other, 0.5, 0)
        return float(cv2.norm(between, middle, cv2.NORM_L1) / middle.size)

    def _length(self, flow: Any) -> float:
        thin = flow[::_THIN, ::_THIN]
        return float(np.median(np.hypot(thin[..., 0], thin[..., 1])) / self._scale)
