"""Clips that tests make, and files of them: good ones of several kinds. `defects.py` plants what is wrong."""

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
WIDTH, HEIGHT, COUNT = 256, 320, 33


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
    wide = width + 20 + round(count * abs(step[0]) * 1.5)
    picture = texture(seed, wide, height + 60, sigma, contrast)
    places = [(10 + n * step[0] + 2 * np.sin(n / 5), 20 + n * step[1]) for n in range(count)]
    return [window(picture, x, y, width, height) for x, y in places]


def fast_pan() -> Frames:
    """Eleven pixels a frame."""
    return pan(15, step=(11, 2), sigma=2.5)


def soft() -> Frames:
    """Large soft shapes that hardly move."""
    return pan(5, step=(0.2, 0.05), sigma=12, contrast=25)


def shapes() -> Frames:
    """Discs over a sky."""
    rng = np.random.default_rng(3)
    sky = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    sky += np.linspace(60, 190, HEIGHT)[:, None, None]
    sky[..., 2] += np.linspace(0, 40, WIDTH)[None, :]
    discs = [
        (rng.uniform(0, 1, 2), rng.uniform(-0.012, 0.012, 2), rng.integers(0, 255, 3).tolist())
        for _ in range(7)
    ]
    frames = []
    for n in range(COUNT):
        frame = sky.clip(0, 255).astype(np.uint8)
        for size, (place, speed, colour) in enumerate(discs):
            x, y = (place + speed * n) % 1 * (WIDTH, HEIGHT)
            disc(frame, x, y, 14 + 5 * size, colour)
        frames.append(frame)
    return frames


def disc(frame: Any, x: float, y: float, radius: float, colour: Sequence[int]) -> None:
    """A disc at a place between pixels."""
    centre = round(x * 16), round(y * 16)
    cv2.circle(frame, centre, round(radius * 16), tuple(colour), -1, cv2.LINE_AA, 4)


def night() -> Frames:
    """Hardly any light, but some lamps."""
    frames = [(frame * 0.1).astype(np.uint8) for frame in pan(6, sigma=2.5)]
    for n, frame in enumerate(frames):
        for lamp in range(6):
            disc(frame, 25 + 38 * lamp + n / 3, 90 + 7 * lamp, 4, (220, 200, 120))
    return frames


def white() -> Frames:
    """A small figure on white."""
    frames = []
    for n in range(COUNT):
        frame = np.full((HEIGHT, WIDTH, 3), 252, np.uint8)
        centre = round(WIDTH / 2 + 20 * np.sin(n / 6)), HEIGHT // 2
        cv2.ellipse(frame, centre, (26, 40), n * 3, 0, 360, (40, 60, 90), -1, cv2.LINE_AA)
        frames.append(frame)
    return frames


def talking() -> Frames:
    """A face of which only the mouth moves."""
    ground = cv2.GaussianBlur(texture(9, WIDTH, HEIGHT, 3, 30), (0, 0), 2)
    cv2.ellipse(ground, (128, 160), (64, 80), 0, 0, 360, (205, 160, 140), -1, cv2.LINE_AA)
    ground = cv2.GaussianBlur(ground, (0, 0), 1.2)
    frames = []
    for n in range(COUNT):
        frame = ground.copy()
        opened = 2 + 3 * (1 + np.sin(n * 1.1)) + 2 * np.sin(n * 0.37)
        axes = 18 * 16, round(opened * 16)
        centre = 128 * 16, 192 * 16
        cv2.ellipse(frame, centre, axes, 0, 0, 360, (120, 40, 40), -1, cv2.LINE_AA, 4)
        lid = 2 if n in (10, 11) else 6
        cv2.ellipse(frame, (98, 144), (9, lid), 0, 0, 360, (40, 30, 30), -1, cv2.LINE_AA)
        frames.append(frame)
    return frames


def with_cut() -> Frames:
    """Two shots; the second begins at frame 16."""
    return pan(1)[:16] + pan(22, step=(-1, 0.4), contrast=55)[16:]


def zoom() -> Frames:
    """A camera that comes nearer and turns."""
    picture = texture(31, WIDTH * 2, HEIGHT * 2, 2.2)
    frames = []
    for n in range(COUNT):
        move = cv2.getRotationMatrix2D((WIDTH, HEIGHT), n * 0.15, 0.9 + n * 0.006)
        move[:, 2] -= WIDTH / 2, HEIGHT / 2
        frames.append(cv2.warpAffine(picture, move, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC))
    return frames


def grain() -> Frames:
    """Film grain that belongs there."""
    rng = np.random.default_rng(4)
    return [
        (frame + rng.normal(0, 2, frame.shape)).clip(0, 255).astype(np.uint8)
        for frame in pan(8, sigma=3)
    ]


def cartoon() -> Frames:
    """Flat colours and lines."""
    frames = []
    for n in range(COUNT):
        frame = np.full((HEIGHT, WIDTH, 3), (150, 200, 235), np.uint8)
        cv2.rectangle(frame, (0, 224), (WIDTH, HEIGHT), (110, 180, 90), -1)
        x, y = 77 + n * 1.3, 176 + 6 * np.sin(n / 4)
        disc(frame, x, y, 42, (30, 20, 20))
        disc(frame, x, y, 40, (250, 220, 190))
        disc(frame, x, y + 12, 8 + 4 * np.sin(n / 2), (30, 20, 20))
        frames.append(frame)
    return frames


def fade_in() -> Frames:
    """Out of black."""
    return [(frame * min(1, n / 12)).astype(np.uint8) for n, frame in enumerate(pan(12))]


def snow() -> Frames:
    """Many flakes, each on its own way."""
    rng = np.random.default_rng(6)
    flakes, speeds = rng.uniform(0, 1, (300, 2)), rng.uniform(0.004, 0.02, 300)
    frames = pan(14, step=(0.3, 0.1), sigma=6, contrast=30)
    for n, frame in enumerate(frames):
        for (x, y), speed in zip(flakes, speeds):
            across = (x + 0.01 * np.sin(n / 5 + x * 40)) % 1 * WIDTH
            disc(frame, across, (y + speed * n) % 1 * HEIGHT, 1 + speed * 50, (240, 240, 250))
    return frames


def water() -> Frames:
    """Waves in all directions, in which nothing stays what it was."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    waves = [
        (rng.uniform(0.05, 0.8), rng.uniform(0, 6.28), rng.uniform(0.1, 0.9)) for _ in range(25)
    ]
    frames = []
    for n in range(COUNT):
        height = sum(
            np.sin(k * (x * np.cos(a) + y * np.sin(a)) + speed * n) / (1 + k * 3)
            for k, a, speed in waves
        )
        colours = [60 + height * 12, 110 + height * 16, 150 + height * 20]
        frames.append(np.stack(colours, -1).clip(0, 255).astype(np.uint8))
    return frames


def checks() -> Frames:
    """A chessboard of squares of 16 pixels that moves."""
    y, x = np.mgrid[0 : HEIGHT * 2, 0 : WIDTH * 2]
    board = (((x // 16 + y // 16) % 2) * 150 + 50).astype(np.uint8)
    board = np.stack([board] * 3, -1)
    return [window(board, 20 + n * 0.8, 10 + n * 0.3, WIDTH, HEIGHT) for n in range(COUNT)]


def text() -> Frames:
    """Lines that scroll."""
    frames = []
    for n in range(COUNT):
        frame = np.full((HEIGHT, WIDTH, 3), 20, np.uint8)
        for line in range(20):
            place = (10, HEIGHT + line * 30 - n * 4)
            words, font = f"a quick brown fox {line}", cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(frame, words, place, font, 0.6, (230, 230, 230), 1, cv2.LINE_AA)
        frames.append(frame)
    return frames


def shaking() -> Frames:
    """A camera in a hand."""
    rng = np.random.default_rng(8)
    picture = texture(16, WIDTH + 80, HEIGHT + 80, 2.5)
    places = np.cumsum(rng.normal(0, 1.2, (COUNT, 2)), axis=0).astype(np.float32)
    places = cv2.GaussianBlur(places, (1, 3), 0.8)
    return [window(picture, 40 + x, 40 + y, WIDTH, HEIGHT) for x, y in places]


#: Clips in which nothing is broken or suspicious.
GOOD = {
    each.__name__: each
    for each in (
        *(pan, fast_pan, soft, shapes, night, white, talking, zoom, grain, cartoon),
        *(fade_in, snow, water, checks, text, shaking),
    )
}


def mp4(frames: Sequence[Any], crf: int = 18, fps: float = 16, pixels: str = "") -> bytes:
    """An MP4 of H.264, as ComfyUI writes it."""
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as file:
        height, width = frames[0].shape[:2]
        stream = file.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        stream.width, stream.height = width, height
        stream.pix_fmt = pixels or ("yuv444p" if (width | height) & 1 else "yuv420p")
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
