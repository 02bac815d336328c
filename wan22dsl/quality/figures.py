"""Figures to compare, from what was gathered: medians over frames, within shots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wan22dsl.quality.models import Figures
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wan22dsl.quality.gathering import Gathered
    from wan22dsl.quality.sampled import Sample
    from wan22dsl.quality.shots import Shots

#: Samples at each end of a shot that drift is between.
_AT_ENDS = 2
#: The longest distance between original frames of an interpolation that is looked for.
_MOST_TIMES = 8
#: Fewer inserted frames, or originals, have no rhythm.
_LEAST_INSERTED = 4


def figures(found: Gathered, shots: Shots, *, seams: float | None = None) -> Figures:
    """All figures that can be had."""
    samples = found.samples
    within = shots.pairs_within(found.frames)
    smoothness = _smooth_within(found, within)
    worst = int(np.nanargmax(smoothness)) if not np.isnan(smoothness).all() else None
    names = (
        "contrast",
        "saturation",
        "clipped_percent",
        "sharpness",
        "noise",
        "flat_noise",
        "blocks",
    )
    blended = blending(found, shots) if found.has_flow else None
    ends = drift(samples, shots.longest)
    return Figures(
        brightness=_rounded(np.mean(found.luma)) if found.luma else None,
        **{name: _median(getattr(each, name) for each in samples) for name in names},
        lab=mean_lab(samples),
        seams=_rounded(seams),
        flicker=_median(flicker(found, shots)),
        difference=_median(found.array("difference")[within]),
        motion_px=_median(found.array("motion_px")[within]),
        acceleration_px=_median(found.array("acceleration_px")[within & _shifted(within)]),
        warp_error=_median(found.array("warp_error")[within]),
        smoothness=_median(smoothness),
        worst_smoothness=_rounded(smoothness[worst]) if worst is not None else None,
        worst_smoothness_frame=worst,
        judder=_rounded(judder(found, shots)),
        blend=_rounded(blended.inserted) if blended is not None else None,
        spatial_information=_largest(each.spatial_information for each in samples),
        temporal_information=_largest(found.array("spread")[within]),
        **ends,
    )


def mean_lab(samples: Sequence[Sample]) -> tuple[float, float, float] | None:
    """The mean colour of all samples."""
    if not samples:
        return None
    first, second, third = np.mean([each.lab for each in samples], axis=0)
    return round(float(first), 3), round(float(second), 3), round(float(third), 3)


def delta_e(one: Sequence[float], other: Sequence[float]) -> float:
    """Delta E 1976: the distance of two colours in CIE L*a*b*."""
    return round(float(np.linalg.norm(np.subtract(one, other))), 3)


def flicker(found: Gathered, shots: Shots) -> list[float]:
    """Absolute second differences of the mean luma, within shots."""
    luma = found.array("luma")
    values: list[float] = []
    for first, last in shots.spans:
        values += [float(value) for value in np.abs(np.diff(luma[first : last + 1], n=2))]
    return values


def judder(found: Gathered, shots: Shots) -> float | None:
    """How differently odd and even steps move, in the longest shot."""
    first, last = shots.longest
    steps = found.array("difference")[first + 1 : last + 1]
    if len(steps) < 6 or not steps.mean():
        return None
    return abs(float(steps[::2].mean() - steps[1::2].mean())) / float(steps.mean())


class Blending(NamedTuple):
    """Frames that were inserted, if any: how near to averages of their neighbours they are.

    `original` is the same of the others, `times` the factor of the interpolation.
    `follows` and `original_follows` are how far both follow the
    motion: 1 they do, 0 they are averages; NaN where that cannot be told.
    """

    inserted: float
    original: float
    times: int
    follows: float
    original_follows: float


def blending(found: Gathered, shots: Shots) -> Blending | None:
    """The distance of originals that sets both kinds apart most, in the longest shot."""
    first, last = shots.longest
    values = found.array("blend")[first : last + 1]
    follows = found.array("follows")[first : last + 1]
    best: tuple[float, Blending] | None = None
    for times in range(2, _MOST_TIMES + 1):
        for start in range(times):
            is_inserted = np.arange(len(values)) % times != start
            inserted, original = _known(values[is_inserted]), _known(values[~is_inserted])
            if min(len(inserted), len(original)) < _LEAST_INSERTED:
                continue
            low, high = float(np.median(inserted)), float(np.median(original))
            # With a wrong distance some originals count as inserted: the highest tenth tells.
            apart = high - float(np.quantile(inserted, 0.9))
            if best is None or apart > best[0]:
                pair = [_middle(follows[of]) for of in (is_inserted, ~is_inserted)]
                best = apart, Blending(low, high, times, *pair)
    return best[1] if best is not None else None


def drift(samples: Sequence[Sample], span: tuple[int, int]) -> dict[str, float | None]:
    """How the last samples of a shot differ from the first."""
    inside = [each for each in samples if span[0] <= each.frame <= span[1]]
    if len(inside) < 2 * _AT_ENDS:
        return {}
    first, last = inside[:_AT_ENDS], inside[-_AT_ENDS:]
    one, other = mean_lab(first), mean_lab(last)
    assert one is not None and other is not None
    found: dict[str, float | None] = {"drift_delta_e": delta_e(one, other)}
    for name in ("contrast", "saturation", "sharpness"):
        before, after = (
            float(np.mean([getattr(each, name) for each in at])) for at in (first, last)
        )
        found[f"drift_{name}"] = _rounded(after / before) if before > 0 else None
    return found


def _smooth_within(found: Gathered, within: Any) -> Any:
    """Smoothness, NaN where the frame or the next begins a shot."""
    smoothness = found.array("smoothness").copy()
    after = np.append(within[1:], False)
    smoothness[~(within & after)] = np.nan
    return smoothness


def _shifted(within: Any) -> Any:
    """Whether the frame before is within a shot."""
    return np.append(False, within[:-1])


def _known(values: Iterable[float]) -> Any:
    array = np.array(list(values), float)
    return array[~np.isnan(array)]


def _middle(values: Any) -> float:
    known = _known(values)
    return float(np.median(known)) if len(known) else float("nan")


def _median(values: Iterable[float]) -> float | None:
    known = _known(values)
    return _rounded(np.median(known)) if len(known) else None


def _largest(values: Iterable[float]) -> float | None:
    known = _known(values)
    return _rounded(known.max()) if len(known) else None


def _rounded(value: Any) -> float | None:
    """Four digits; None stays None."""
    return None if value is None or np.isnan(value) else float(f"{float(value):.4g}")
