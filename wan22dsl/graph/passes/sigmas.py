"""The noise levels (sigmas) of a schedule, as ComfyUI computes them for Wan's models.

Sources: Comfy-Org/ComfyUI, comfy/samplers.py and comfy/model_sampling.py (ModelSamplingDiscreteFlow with
1,000 steps); for `beta57` and `bong_tangent` ClownsharkBatwing/RES4LYF, __init__.py and sigmas.py. Pure
arithmetic; what is not known here gives None.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import atan, exp, isclose, lgamma, log, pi, tan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Wan's shift where no node sets one (comfy/supported_models.py).
DEFAULT_SHIFT = 8.0

#: Samplers for which ComfyUI computes one step more and drops the last but one.
DROPS_ONE = frozenset({"dpm_2", "dpm_2_ancestral", "uni_pc", "uni_pc_bh2"})

_TIMES = 1000
_MOST_STEPS = 1000


def sigma(time: float, shift: float) -> float:
    """The noise at a time from 0 to 1."""
    return shift * time / (1 + (shift - 1) * time)


def time_of(sigma: float, shift: float) -> float:
    """The time from 0 to 1 at which there is that noise."""
    return sigma / (shift - (shift - 1) * sigma)


#: Sigmas are compared with this tolerance: some schedules hit the boundary exactly.
EPSILON = 1e-6


def steps_above(schedule: tuple[float, ...], level: float) -> int:
    """How many steps of a schedule start at a noise level or above."""
    return sum(1 for sigma in schedule[:-1] if sigma >= level - EPSILON)


@lru_cache(maxsize=1024)
def sigmas(
    scheduler: str, steps: int, shift: float, sampler: str = "euler", denoise: float = 1.0
) -> tuple[float, ...] | None:
    """The noise before each step and after the last one; None when it cannot be told.

    With `denoise` below 1 these are the last steps of a longer schedule.
    """
    if not 0 < steps <= _MOST_STEPS or not 1e-6 < shift < 1e6 or not 0 < denoise <= 1:
        return None
    if denoise <= 0.9999 and steps > denoise * (_MOST_STEPS + 1):
        return None  # also where the quotient would be infinite
    total = steps if denoise > 0.9999 else int(steps / denoise)
    if total > _MOST_STEPS:
        return None
    found = _scheduled(scheduler, total + (sampler in DROPS_ONE), shift)
    if found is None:
        return None
    if sampler in DROPS_ONE:
        found = found[:-2] + found[-1:]
    return found if denoise > 0.9999 else found[-(steps + 1) :]


#: The shift that a search goes up to.
MOST_SHIFT = 100.0


@lru_cache(maxsize=256)
def shift_at(
    scheduler: str, step: int, steps: int, level: float, sampler: str = "euler", grid: float = 0.01
) -> float | None:
    """The first shift of a grid at which the noise at a step is at a level or above; None: there is none.

    So WanMoEScheduler looks for it (cmeka/ComfyUI-WanMoEScheduler, nodes.py).
    """
    if not 0 < level < 1 or not 0.001 <= grid <= MOST_SHIFT or not 0 < step <= steps:
        return None
    below, above = 0, int(MOST_SHIFT / grid)
    while above - below > 1:  # the noise at a step grows with the shift
        middle = (below + above) // 2
        levels = sigmas(scheduler, steps, middle * grid, sampler)
        if levels is None or len(levels) <= step:
            return None
        below, above = (below, middle) if levels[step] >= level else (middle, above)
    return round(above * grid, 6) if above * grid < MOST_SHIFT else None


@lru_cache(maxsize=256)
def _scheduled(scheduler: str, steps: int, shift: float) -> tuple[float, ...] | None:
    how = _SCHEDULERS.get(scheduler)
    if how is not None:
        return tuple(how(steps, shift)) or None
    shapes = re.fullmatch(_SHAPES, scheduler)
    return tuple(_beta(steps, shift, *map(float, shapes.groups()))) if shapes else None


def beta(low: float, high: float) -> str:
    """The name of the scheduler `beta` with these two shapes: `beta(0.7, 0.55)`, and `beta` for its own."""
    return "beta" if (low, high) == (0.6, 0.6) else f"beta({low:g}, {high:g})"


_SHAPES = r"beta\((0?\.[0-9]+|[1-9][0-9]?(?:\.[0-9]+)?), (0?\.[0-9]+|[1-9][0-9]?(?:\.[0-9]+)?)\)"


def _table(index: int, shift: float) -> float:
    return sigma((index + 1) / _TIMES, shift)


def _line(first: float, last: float, count: int) -> list[float]:
    if count == 1:
        return [first]
    return [first + (last - first) * at / (count - 1) for at in range(count)]


def _simple(steps: int, shift: float) -> list[float]:
    return [_table(_TIMES - 1 - int(at * (_TIMES / steps)), shift) for at in range(steps)] + [0.0]


def _normal(steps: int, shift: float) -> list[float]:
    first, last = _table(_TIMES - 1, shift), _table(0, shift)
    return [sigma(time, shift) for time in _line(first, last, steps)] + [0.0]


def _sgm_uniform(steps: int, shift: float) -> list[float]:
    first, last = _table(_TIMES - 1, shift), _table(0, shift)
    return [sigma(time, shift) for time in _line(first, last, steps + 1)[:-1]] + [0.0]


def _karras(steps: int, shift: float) -> list[float]:
    first, last = _table(_TIMES - 1, shift) ** (1 / 7), _table(0, shift) ** (1 / 7)
    return [root**7 for root in _line(first, last, steps)] + [0.0]


def _exponential(steps: int, shift: float) -> list[float]:
    first, last = log(_table(_TIMES - 1, shift)), log(_table(0, shift))
    return [exp(power) for power in _line(first, last, steps)] + [0.0]


def _ddim_uniform(steps: int, shift: float) -> list[float]:
    start = [] if isclose(_table(1, shift), 0, abs_tol=0.00001) else [0.0]
    stride = max(_TIMES // (steps if start else steps + 1), 1)
    return [*start, *(_table(at, shift) for at in range(1, _TIMES, stride))][::-1]


def _linear_quadratic(steps: int, shift: float) -> list[float]:
    if steps == 1:
        return [1.0, 0.0]
    threshold, linear = 0.025, steps // 2
    rest = steps - linear
    difference = linear - threshold * steps
    square, slope = (
        difference / (linear * rest**2),
        threshold / linear - 2 * difference / rest**2,
    )
    offset = square * linear**2
    risen = [at * threshold / linear for at in range(linear)]
    risen += [square * at**2 + slope * at + offset for at in range(linear, steps)]
    highest = _table(_TIMES - 1, shift)
    return [(1.0 - number) * highest for number in [*risen, 1.0]]


def _kl_optimal(steps: int, shift: float) -> list[float]:
    if steps == 1:
        return [_table(_TIMES - 1, shift), 0.0]
    first, last = atan(_table(_TIMES - 1, shift)), atan(_table(0, shift))
    return [tan(angle) for angle in _line(first, last, steps)] + [0.0]


def _beta(steps: int, shift: float, low: float = 0.6, high: float = 0.6) -> list[float]:
    """Times by the quantiles of the beta distribution with these two shapes; repeats are dropped."""
    found: list[float] = []
    before = -1
    for at in range(steps):
        index = _quantile_index(1 - at / steps, low, high)
        if index != before:
            found.append(_table(index, shift))
        before = index
    return [*found, 0.0]


def _beta57(steps: int, shift: float) -> list[float]:
    return _beta(steps, shift, 0.5, 0.7)


def _quantile_index(share: float, low: float, high: float) -> int:
    """The quantile times 999, rounded: the first index whose upper edge has that share below it."""
    if share >= 1:
        return _TIMES - 1
    first, last = 0, _TIMES - 1
    while first < last:
        middle = (first + last) // 2
        if beta_share((middle + 0.5) / (_TIMES - 1), low, high) < share:
            first = middle + 1
        else:
            last = middle
    return first


def beta_share(place: float, low: float, high: float) -> float:
    """How much of the beta distribution with these two shapes lies below a place between 0 and 1.

    The regularised incomplete beta function, as a continued fraction.
    """
    if place > (low + 1) / (low + high + 2):
        return 1 - beta_share(1 - place, high, low)
    whole = lgamma(low + high) - lgamma(low) - lgamma(high)
    front = exp(whole + low * log(place) + high * log(1 - place)) / low
    fraction, ratio, divisor = 1.0, 1.0, 0.0
    for number in range(200):
        half = number // 2
        if number == 0:
            part = 1.0
        elif number % 2 == 0:
            part = half * (high - half) * place / ((low + 2 * half - 1) * (low + 2 * half))
        else:
            part = -(low + half) * (low + high + half) * place
            part /= (low + 2 * half) * (low + 2 * half + 1)
        divisor = 1 / (1 + part * divisor)
        ratio = 1 + part / ratio
        fraction *= ratio * divisor
        if number and abs(ratio * divisor - 1) < 1e-12:
            break
    return front * (fraction - 1)


def _bong_tangent(steps: int, shift: float) -> list[float]:
    """Two arcs that meet at .5, whatever the shift; none for a single step, which the pack fails on."""
    if steps < 2:
        return []
    total = steps + 2
    middle = int((total * 0.6 + total * 0.6) / 2)
    slope = 0.2 / (total / 40)
    first = _arc(middle, slope, middle, 1.0, 0.5)
    return [*first[:-1], *_arc(total - middle, slope, int(total * 0.6) - middle, 0.5, 0.0)]


def _arc(count: int, slope: float, pivot: int, start: float, end: float) -> list[float]:
    heights = [(2 / pi * atan(-slope * (at - pivot)) + 1) / 2 for at in range(count)]
    most, least = heights[0], heights[-1]
    return [(height - least) / (most - least) * (start - end) + end for height in heights]


_SCHEDULERS: dict[str, Callable[[int, float], list[float]]] = {
    "simple": _simple,
    "normal": _normal,
    "sgm_uniform": _sgm_uniform,
    "karras": _karras,
    "exponential": _exponential,
    "ddim_uniform": _ddim_uniform,
    "linear_quadratic": _linear_quadratic,
    "kl_optimal": _kl_optimal,
    "beta": _beta,
    "beta57": _beta57,
    "bong_tangent": _bong_tangent,
}
