"""Defects that are planted in good clips."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tests.quality.clips import pan

if TYPE_CHECKING:
    from tests.quality.clips import Frames


def bytes_of(values: Any) -> Any:
    """Levels of 0 to 255."""
    return np.clip(values, 0, 255).astype(np.uint8)


def two_black(frames: Frames) -> Frames:
    """Frames 12 and 13."""
    return [np.zeros_like(frame) if n in (12, 13) else frame for n, frame in enumerate(frames)]


def all_black(frames: Frames) -> Frames:
    """As NaN looks."""
    return [np.zeros_like(frame) for frame in frames]


def all_grey(frames: Frames) -> Frames:
    """As an empty latent looks."""
    return [np.full_like(frame, (118, 120, 119)) for frame in frames]


def frozen(frames: Frames) -> Frames:
    """The first frame, again and again."""
    return [frames[0]] * len(frames)


def stopped(frames: Frames) -> Frames:
    """From the middle on the same frame."""
    middle = len(frames) // 2
    return frames[:middle] + [frames[middle]] * (len(frames) - middle)


def sixth_doubled(frames: Frames) -> Frames:
    """Every sixth frame repeats the one before."""
    return [frames[n - 1] if n % 6 == 5 else frame for n, frame in enumerate(frames)]


def all_doubled(frames: Frames) -> Frames:
    """Half the rate, each frame twice."""
    return [frames[n // 2] for n in range(len(frames))]


def noise(frames: Frames) -> Frames:
    """Nothing but noise."""
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, frame.shape).astype(np.uint8) for frame in frames]


def latent_noise(frames: Frames) -> Frames:
    """Noise of a latent: blots of eight pixels that change within four frames, and some grain."""
    rng = np.random.default_rng(2)
    height, width = frames[0].shape[:2]
    cells = height // 8, width // 8, 3
    keys = [
        cv2.resize(
            rng.standard_normal(cells).astype(np.float32),
            (width, height),
            interpolation=cv2.INTER_CUBIC,
        )
        for _ in range(len(frames) // 4 + 2)
    ]
    made = []
    for n, frame in enumerate(frames):
        key, share = n // 4, n % 4 / 4
        blots = keys[key] * (1 - share) + keys[key + 1] * share
        made.append(bytes_of(128 + 50 * blots + rng.normal(0, 12, frame.shape)))
    return made


def blended(frames: Frames, times: int = 2) -> Frames:
    """Every second frame replaced by the average of its neighbours."""
    kept, made = frames[::times], []
    for one, other in pairwise(kept):
        made += [
            bytes_of(one * (1 - step / times) + other * (step / times)) for step in range(times)
        ]
    return [*made, kept[-1]]


def blocky(frames: Frames) -> Frames:
    """JPEG of quality 12."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, 12]
    return [cv2.imdecode(cv2.imencode(".jpg", frame, quality)[1], 1) for frame in frames]


def noisy(frames: Frames, deviation: float = 6) -> Frames:
    """Added noise, of each frame its own."""
    rng = np.random.default_rng(3)
    return [bytes_of(frame + rng.normal(0, deviation, frame.shape)) for frame in frames]


def flickering(frames: Frames, share: float = 0.03) -> Frames:
    """Lighter and darker with every frame."""
    return [bytes_of(frame * (1 + share * (-1) ** n)) for n, frame in enumerate(frames)]


def leaping(frames: Frames) -> Frames:
    """From frame 16 on 25 pixels to the right."""
    return [np.roll(frame, 25, axis=1) if n >= 16 else frame for n, frame in enumerate(frames)]


def cut(frames: Frames) -> Frames:
    """From frame 16 on another scene."""
    height, width = frames[0].shape[:2]
    return frames[:16] + pan(77, len(frames), width, height)[16:]


def seam(frames: Frames, at: int = 192, levels: int = 6) -> Frames:
    """Lighter right of a column."""
    return [
        np.concatenate([frame[:, :at], bytes_of(frame[:, at:].astype(int) + levels)], axis=1)
        for frame in frames
    ]
