"""What a single frame is measured by: colour, contrast, sharpness, noise, blocks. Every fifth is."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from wan22dsl.tuples import NamedTuple

#: Immerkær, Fast Noise Variance Estimation (1996): a kernel that does not see slopes.
_IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_TO_SIGMA = (np.pi / 2) ** 0.5 / 6

#: Noise is looked for in squares of this side, in this share of them, the flattest.
_SQUARE_PX, _FLATTEST = 32, 0.1
#: In darker and brighter squares noise is cut off.
_DARK, _BRIGHT = 8, 247

#: Gradients below this are not told from none.
_LEAST_GRADIENT = 0.3

#: Colours are measured on this many pixels.
_COLOUR_PIXELS = 70_000


class Sample(NamedTuple):
    """One frame. `columns` and `rows` are mean gradients, `structure` the share of large shapes."""

    frame: int
    contrast: float
    saturation: float
    clipped_percent: float
    lab: tuple[float, float, float]
    sharpness: float
    noise: float
    flat_noise: float
    blocks: float
    spatial_information: float
    structure: float
    columns: Any
    rows: Any


def sample(number: int, rgb: Any, grey: Any, before: Any, *, borders: bool = False) -> Sample:
    """Measures a frame; `before` is the luma of the one before, None where there is none that differs."""
    laplacian = cv2.filter2D(grey, cv2.CV_32F, _IMMERKAER)
    saturation, lab = colours(rgb)
    columns, rows = gradients(grey)
    return Sample(
        frame=number,
        contrast=float(cv2.meanStdDev(grey)[1][0, 0]),
        saturation=saturation,
        clipped_percent=_clipped(grey),
        lab=lab,
        sharpness=sharpness(grey),
        noise=float(np.abs(laplacian).mean()) * _TO_SIGMA,
        flat_noise=_flat_noise(grey, laplacian, before),
        blocks=_blocks(columns, rows),
        spatial_information=_spatial_information(grey),
        structure=_structure(grey),
        columns=columns if borders else None,
        rows=rows if borders else None,
    )


def colours(rgb: Any) -> tuple[float, tuple[float, float, float]]:
    """Mean saturation (HSV, 0 to 255) and mean CIE L*a*b*."""
    height, width = rgb.shape[:2]
    scale = (_COLOUR_PIXELS / (width * height)) ** 0.5
    if scale < 1:
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    saturation = float(cv2.mean(cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV))[1])
    lab = cv2.mean(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab))
    return saturation, (float(lab[0]), float(lab[1]), float(lab[2]))


def sharpness(grey: Any) -> float:
    """Variance of the Laplacian."""
    return float(cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))[1][0, 0]) ** 2


def gradients(grey: Any) -> tuple[Any, Any]:
    """Mean absolute gradient between a column and the next, and between a row and the next."""
    across = cv2.absdiff(grey[:, 1:], grey[:, :-1])
    down = cv2.absdiff(grey[1:], grey[:-1])
    columns = cv2.reduce(across, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F) if across.size else None
    rows = cv2.reduce(down, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F) if down.size else None
    return (
        columns.ravel() if columns is not None else np.zeros(0),
        rows.ravel() if rows is not None else np.zeros(0),
    )


def _clipped(grey: Any) -> float:
    levels = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()
    return float(100 * (levels[:3].sum() + levels[253:].sum()) / grey.size)


def _flat_noise(grey: Any, laplacian: Any, before: Any) -> float:
    """Noise in the flattest squares, and only what is new in this frame; NaN where nothing is flat or new.

    A texture that stays or moves along is not counted in flat parts; noise of each frame of its own is.
    """
    if before is None:
        return float("nan")
    change = cv2.subtract(grey, before, dtype=cv2.CV_16S)
    changed = cv2.filter2D(change.astype(np.float32), cv2.CV_32F, _IMMERKAER)
    inside = _means(grey.astype(np.float32))
    here = _means(np.abs(laplacian))
    new = _means(np.abs(changed)) / 2**0.5
    seen = (inside > _DARK) & (inside < _BRIGHT)
    if not seen.any():
        return float("nan")
    both = np.minimum(here, new)[seen]
    return float(np.quantile(both, _FLATTEST) * _TO_SIGMA)


def _means(values: Any) -> Any:
    """Means of squares; a rest at the edges is left out, unless it is all there is."""
    height, width = values.shape
    across, down = max(width // _SQUARE_PX, 1), max(height // _SQUARE_PX, 1)
    whole = values[: down * _SQUARE_PX, : across * _SQUARE_PX]
    return cv2.resize(whole, (across, down), interpolation=cv2.INTER_AREA)


def _blocks(columns: Any, rows: Any) -> float:
    """Gradient on the 8x8 grid, relative to that off it; the smaller of both directions."""
    ratios = []
    for values in (columns, rows):
        if len(values) < 24:
            return float("nan")
        on = float(values[7::8].mean())
        off = float(np.delete(values, np.s_[7::8]).mean())
        ratios.append((on + _LEAST_GRADIENT) / (off + _LEAST_GRADIENT))
    return min(ratios)


def _spatial_information(grey: Any) -> float:
    """SI of ITU-T P.910: standard deviation of the magnitude of the Sobel gradient."""
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return float(cv2.meanStdDev(cv2.magnitude(across, down))[1][0, 0])


def _structure(grey: Any) -> float:
    """Share of the variance that is in shapes larger than a square: almost nothing in noise."""
    height, width = grey.shape
    if min(height, width) < 4 * _SQUARE_PX:
        return float("nan")
    whole = float(cv2.meanStdDev(grey)[1][0, 0]) ** 2
    large = float(_means(grey.astype(np.float32)).var())
    return large / whole if whole > 0 else float("nan")
