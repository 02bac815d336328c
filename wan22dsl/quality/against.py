"""A video against the image that it was made from, and against a video of the same seed."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from wan22dsl.quality import libraries, limits
from wan22dsl.quality.figures import delta_e
from wan22dsl.quality.models import AgainstImage, AgainstReference, Figures
from wan22dsl.quality.sampled import colours, sharpness
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.quality.reading.clip import Clip, Facts

    #: A colour in CIE L*a*b*.
    Lab = tuple[float, float, float]

#: SSIM: constants and window of Wang et al. 2004.
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_WINDOW, _SIGMA = (11, 11), 1.5
_ENDED = object()


def ssim(one: Any, other: Any) -> float:
    """Structural similarity of two pictures of luma (Wang et al. 2004): 1 for equal ones."""

    def blurred(values: Any) -> Any:
        return cv2.GaussianBlur(values, _WINDOW, _SIGMA)

    a, b = one.astype(np.float32), other.astype(np.float32)
    mean_a, mean_b = blurred(a), blurred(b)
    aa, bb, ab = mean_a * mean_a, mean_b * mean_b, mean_a * mean_b
    variance_a, variance_b = blurred(a * a) - aa, blurred(b * b) - bb
    covariance = blurred(a * b) - ab
    found = ((2 * ab + _C1) * (2 * covariance + _C2)) / (
        (aa + bb + _C1) * (variance_a + variance_b + _C2)
    )
    return float(found.mean())


def psnr_db(one: Any, other: Any) -> float:
    """Peak signal to noise ratio of two pictures of 8 bits, over all channels; infinite for equal ones."""
    error = cv2.norm(one, other, cv2.NORM_L2SQR) / one.size
    return float(10 * np.log10(255**2 / error)) if error > 0 else float("inf")


def image(name: str, pixels: Any, first: Any) -> AgainstImage:
    """The first frame against the input image, cropped or stretched to its size, whichever is nearer."""
    height, width = first.shape[:2]
    made: list[tuple[Any, Any]] = []
    if pixels.shape == first.shape:
        made.append(("same size", pixels))
    else:
        made.append(("cropped", _scaled(_cropped(pixels, width, height), width, height)))
        made.append(("stretched", _scaled(pixels, width, height)))
    fit, picture = max(made, key=lambda item: _alike(item[1], first))
    grey, grey_first = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (picture, first))
    of_image, of_first = _look(picture, grey), _look(first, grey_first)
    return AgainstImage(
        image=name,
        fit=fit,
        psnr_db=_finite(psnr_db(picture, first)),
        ssim=round(ssim(grey, grey_first), 4),
        likeness=round(_alike(picture, first), 4),
        delta_e=delta_e(of_image[3], of_first[3]),
        contrast=_ratio(of_first[0], of_image[0]),
        saturation=_ratio(of_first[1], of_image[1]),
        sharpness=_ratio(of_first[2], of_image[2]),
    )


class Compared(NamedTuple):
    """Two videos of one seed and prompt. `problem` says why they are not comparable frame by frame."""

    found: AgainstReference
    problem: str = ""


def videos(video: str | Path, reference: str | Path) -> Compared:
    """The pictures of two videos of one seed and prompt: PSNR, SSIM and the shift of colours, and no more.

    Raises UnreadableFile, and CommandError where a library is missing.
    """
    libraries.look()
    from wan22dsl.quality.reading import open_clip

    clip, other = open_clip(video), open_clip(reference)
    comparison = Comparison(with_colours=True)
    comparison.compare(clip, other)
    own, theirs = comparison.labs
    name = other.facts.name
    return Compared(
        comparison.result(name, Figures(lab=own), Figures(lab=theirs)), comparison.problem
    )


class Comparison:
    """Two clips, frame by frame, while they are read."""

    def __init__(self, *, with_colours: bool = False) -> None:
        self._psnr: list[float] = []
        self._ssim: list[float] = []
        self._labs: list[tuple[Lab, Lab]] = []
        self._with_colours = with_colours
        self.problem = ""

    @property
    def labs(self) -> tuple[Lab | None, Lab | None]:
        """The mean colours of both, where they were asked for."""
        if not self._labs:
            return None, None
        left, right = (tuple(map(float, np.mean(each, axis=0))) for each in zip(*self._labs))
        return left, right  # type: ignore[return-value]

    def compare(self, clip: Clip, reference: Clip) -> None:
        """Reads both; `problem` says why they cannot be compared."""
        one, other = clip.facts, reference.facts
        if (one.width_px, one.height_px) != (other.width_px, other.height_px):
            self.problem = f"the sizes differ: {_size(one)} and {_size(other)}"
            return
        pairs: Any = zip_longest(clip.frames(), reference.frames(), fillvalue=_ENDED)
        for number, (left, right) in enumerate(pairs):
            if number >= limits.MOST_FRAMES:
                break
            if left is _ENDED or right is _ENDED:
                self.problem = "the numbers of frames differ"
                return
            self._add(number, left.pixels, right.pixels)

    def _add(self, number: int, left: Any, right: Any) -> None:
        self._psnr.append(psnr_db(left, right))
        if number % limits.SAMPLE_EVERY == 0:
            pair = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (left, right))
            self._ssim.append(ssim(*pair))
            if self._with_colours:
                self._labs.append((colours(left)[1], colours(right)[1]))

    def result(self, name: str, own: Figures, theirs: Figures) -> AgainstReference:
        """What was found."""
        apart = None
        if own.lab is not None and theirs.lab is not None:
            apart = delta_e(own.lab, theirs.lab)
        if self.problem or not self._psnr:
            return AgainstReference(
                reference=name, same=None, frames=0, delta_e=apart, figures=theirs
            )
        lowest = int(np.argmin(self._psnr))
        return AgainstReference(
            reference=name,
            same=bool(np.isinf(self._psnr).all()),
            frames=len(self._psnr),
            psnr_db=_finite(float(np.median(self._psnr))),
            lowest_psnr_db=_finite(self._psnr[lowest]),
            lowest_psnr_frame=lowest if np.isfinite(self._psnr[lowest]) else None,
            ssim=round(float(np.median(self._ssim)), 4),
            delta_e=apart,
            figures=theirs,
        )


def _size(facts: Facts) -> str:
    return f"{facts.width_px}x{facts.height_px}"


def _cropped(pixels: Any, width: int, height: int) -> Any:
    """The middle, in the shape of the video: ComfyUI's common_upscale with `center`."""
    own_height, own_width = pixels.shape[:2]
    if own_width * height > own_height * width:
        wanted = max(round(own_height * width / height), 1)
        left = (own_width - wanted) // 2
        return pixels[:, left : left + wanted]
    wanted = max(round(own_width * height / width), 1)
    top = (own_height - wanted) // 2
    return pixels[top : top + wanted]


def _scaled(pixels: Any, width: int, height: int) -> Any:
    is_smaller = width < pixels.shape[1]
    how = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    return cv2.resize(pixels, (width, height), interpolation=how)


def _alike(one: Any, other: Any) -> float:
    """Correlation at an eighth of the size, of each colour: noise, codecs and small shifts do not matter."""
    height, width = other.shape[:2]
    size = max(width // 8, 4), max(height // 8, 4)
    a, b = (
        cv2.resize(each, size, interpolation=cv2.INTER_AREA).astype(np.float32).reshape(-1, 3)
        for each in (one, other)
    )
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float((a * b).sum()) / norm if norm > 0 else float(norm == 0)


def _look(pixels: Any, grey: Any) -> tuple[float, float, float, tuple[float, float, float]]:
    saturation, lab = colours(pixels)
    return float(cv2.meanStdDev(grey)[1][0, 0]), saturation, sharpness(grey), lab


def _ratio(value: float, of: float) -> float | None:
    return round(value / of, 4) if of > 0 else None


def _finite(value: float) -> float | None:
    return round(value, 2) if np.isfinite(value) else None
