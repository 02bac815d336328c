"""One walk through the frames of a clip. Of each some numbers are kept, and no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from wan22dsl.quality import limits
from wan22dsl.quality.motion import Motion
from wan22dsl.quality.sampled import Sample, sample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.quality.reading.clip import Frame

_NAN = float("nan")

#: Squares whose means tell whether a spot has changed.
_SPOT_PX = 8
#: The middle of a frame that is looked for in the next, and how alike frames must be that it is not needed.
_MIDDLE = 0.6
_LOOKED_AT = 3.0


class Gathered:
    """What is known of each frame: about two frames at the later one, about three at the middle one."""

    def __init__(self) -> None:
        self.times_s: list[float | None] = []
        self.luma: list[float] = []
        self.contrast: list[float] = []
        self.flat: list[bool] = []
        self.difference: list[float] = []
        self.spot: list[float] = []
        self.spread: list[float] = []
        self.likeness: list[float] = []
        self.motion_px: list[float] = []
        self.acceleration_px: list[float] = []
        self.warp_error: list[float] = []
        self.explained: list[float] = []
        self.smoothness: list[float] = []
        self.follows: list[float] = []
        self.blend: list[float] = []
        self.lasting: list[float] = []
        self.apart = 0.0
        self.samples: list[Sample] = []
        self.first: Any = None
        self.has_flow = True
        self.is_whole = True

    @property
    def frames(self) -> int:
        """Number of frames."""
        return len(self.luma)

    def array(self, name: str) -> Any:
        """One of the lists as an array."""
        return np.array(getattr(self, name), float)


def gather(frames: Iterable[Frame], *, borders: bool = False) -> Gathered:
    """Goes through frames; with `borders`, gradients of each column and row are kept."""
    found = Gathered()
    walk: _Walk | None = None
    for number, frame in enumerate(frames):
        if number >= limits.MOST_FRAMES:
            found.is_whole = False
            break
        if walk is None:
            height, width = frame.pixels.shape[:2]
            walk = _Walk(found, width, height, borders)
            found.first = frame.pixels
        walk.add(number, frame)
    for values in (found.smoothness, found.follows, found.blend):
        values += [_NAN] * (found.frames - len(values))
    return found


class _Walk:
    """The last frames, while the next one is looked at."""

    def __init__(self, found: Gathered, width_px: int, height_px: int, borders: bool) -> None:
        self._found, self._borders = found, borders
        self._motion = Motion(width_px, height_px)
        found.has_flow = self._motion.is_possible
        self._spots = max(width_px // _SPOT_PX, 1), max(height_px // _SPOT_PX, 1)
        self._greys: list[Any] = []
        self._smalls: list[Any] = []
        self._last_spots: Any = None
        self._first_spots: Any = None
        self._sampled_spots: Any = None

    def add(self, number: int, frame: Frame) -> None:
        """The next frame."""
        found = self._found
        grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)
        mean, deviation = cv2.meanStdDev(grey)
        found.times_s.append(frame.time_s)
        found.luma.append(float(mean[0, 0]))
        found.contrast.append(float(deviation[0, 0]))
        found.flat.append(_is_flat(frame.pixels, found.contrast[-1]))
        small = self._motion.small(grey)
        spots = cv2.resize(grey, self._spots, interpolation=cv2.INTER_AREA)
        self._pair(grey, small, spots)
        self._triple(grey, small)
        if number % limits.SAMPLE_EVERY == 0:
            before = self._greys[-1] if self._greys and not self._repeats() else None
            found.samples.append(sample(number, frame.pixels, grey, before, borders=self._borders))
            if self._sampled_spots is not None:
                found.lasting.append(likeness(self._sampled_spots, spots))
            self._sampled_spots = spots
        if self._first_spots is None:
            self._first_spots = spots
        found.apart = float(cv2.absdiff(spots, self._first_spots).max())
        self._greys = [*self._greys[-1:], grey]
        self._smalls = [*self._smalls[-1:], small]
        self._last_spots = spots

    def _repeats(self) -> bool:
        return self._found.difference[-1] < limits.SAME_DIFFERENCE

    def _pair(self, grey: Any, small: Any, spots: Any) -> None:
        found = self._found
        if not self._greys:
            for values in (
                *(found.difference, found.spot, found.spread, found.likeness, found.motion_px),
                *(found.acceleration_px, found.warp_error, found.explained),
            ):
                values.append(_NAN)
            return
        change = cv2.absdiff(grey, self._greys[-1])
        mean, deviation = cv2.meanStdDev(change)
        difference = float(mean[0, 0])
        found.difference.append(difference)
        found.spread.append(float(deviation[0, 0]))
        found.spot.append(float(cv2.absdiff(spots, self._last_spots).max()))
        is_large = difference > _LOOKED_AT
        found.likeness.append(likeness(self._last_spots, spots) if is_large else 1.0)
        if not self._motion.is_possible:
            motion = acceleration = error = explained = _NAN
        else:
            motion, acceleration, error, explained = self._motion.step(self._smalls[-1], small)
        found.motion_px.append(motion)
        found.acceleration_px.append(acceleration)
        found.warp_error.append(error)
        found.explained.append(explained)

    def _triple(self, grey: Any, small: Any) -> None:
        """The frame before this one, between its neighbours."""
        found = self._found
        if len(self._smalls) < 2:
            if self._smalls:
                found.smoothness.append(_NAN)
                found.follows.append(_NAN)
                found.blend.append(_NAN)
            return
        before, middle = self._smalls
        error, follows = _NAN, _NAN
        if self._motion.is_possible:
            error, follows = self._motion.midway(before, middle, small)
        found.smoothness.append(error)
        found.follows.append(follows)
        first, second = self._greys
        apart = cv2.norm(first, grey, cv2.NORM_L1) / grey.size
        average = cv2.addWeighted(first, 0.5, grey, 0.5, 0)
        from_average = cv2.norm(average, second, cv2.NORM_L1) / grey.size
        found.blend.append(from_average / apart if apart > limits.SAME_DIFFERENCE else _NAN)


def likeness(before: Any, now: Any) -> float:
    """How well the middle of one frame is found anywhere in another: 1 is a shift, 0 something else."""
    height, width = before.shape
    top, left = round(height * (1 - _MIDDLE) / 2), round(width * (1 - _MIDDLE) / 2)
    middle = before[top : height - top, left : width - left]
    if middle.size < 16 or float(middle.std()) < 0.5 or float(now.std()) < 0.5:
        return _NAN
    return float(cv2.matchTemplate(now, middle, cv2.TM_CCOEFF_NORMED).max())


def _is_flat(rgb: Any, contrast: float) -> bool:
    """Whether a frame has one colour."""
    if contrast >= limits.FLAT_CONTRAST:
        return False
    return bool((cv2.meanStdDev(rgb)[1] < limits.FLAT_CONTRAST).all())
