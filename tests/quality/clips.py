"""Clips that tests make: good ones of several kinds, defects that are planted, and files of both."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Frames = list[Any]
WIDTH, HEIGHT, COUNT = 320, 448, 33


def texture(seed: int, width: int, height: int, sigma: float = 2.0, contrast: float = 45) -> Any:
    """A picture of blots of several sizes, in colour."""
    rng = np.random.default_rng(seed)
    made = np.zeros((height, width, 3), np.float32)
    for scale, share in ((sigma, 0.35), (sigma * 4, 0.5), (sigma * 16, 1.0)):
        part = rng.standard_normal((height, width, 3)).astype(np.float32)
        part = cv2.GaussianBlur(part, (0, 0), scale)
        made += share * part / part.std()
    return (128 + contrast * made / made.std()).clip(0, 255).astype(np.uint8)


def window(picture: Any, x: float, y: float, width: int, height: int) -> Any:
    """A part of a picture, at a place between pixels."""
    move = np.float32([[1, 0, -x], [0, 1, -y]])
    return cv2.warpAffine(picture, move, (width, height), flags=cv2.INTER_CUBIC)


def pan(
    seed: int = 1,
    count: int = COUNT,
    width: int = WIDTH,
    height: int = HEIGHT,
    *,
    step: tuple[float, float] = (1.7, 0.6),
    sigma: float = 2.0,
    contrast: float = 45,
) -> Frames:
    """A camera that goes over a texture, not quite evenly, as hands do."""
    picture = texture(
        seed, width + 20 + round(count * abs(step[0]) * 1.5), height + 60, sigma, contrast
    )
    places = [(10 + n * step[0] + 2 * np.sin(n / 5), 20 + n * step[1]) for n in range(count)]
    return [window(picture, x, y, width, height) for x, y in places]


def mp4(frames: Sequence[Any], crf: int = 18, fps: float = 16, **options: Any) -> bytes:
    """An MP4 of H.264, as ComfyUI writes it."""
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as file:
        height, width = frames[0].shape[:2]
        stream = file.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        stream.width, stream.height = width, height
        stream.pix_fmt = options.get(
            "pix_fmt", "yuv420p" if not (width | height) & 1 else "yuv444p"
        )
        stream.options = {"crf": str(crf), "preset": "veryfast"}
        for frame in frames:
            for packet in stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame))):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)
    return data.getvalue()


def written(path: Path, frames: Sequence[Any], crf: int = 18, fps: float = 16) -> Path:
    """A file of frames."""
    path.write_bytes(mp4(frames, crf, fps))
    return path


def names(findings: Iterable[Any]) -> list[str]:
    """The names of findings."""
    return [each.name for each in findings]
