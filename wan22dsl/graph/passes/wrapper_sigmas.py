"""The noise levels of kijai/ComfyUI-WanVideoWrapper's schedulers, which are not those of ComfyUI's names.

Source: that pack, wanvideo/schedulers (get_scheduler), version 1.4.7, with diffusers 0.35. Its own results
are met to 0.0003; to 0.016 for `res_multistep` and `er_sde`, which read them in a table.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi

from wan22dsl.graph.passes.sigmas import beta_share, sigma

_MOST_STEPS = 1000

#: The last of the 1,000 times of training, and the first.
_FIRST, _LAST = 0.999, 0.001

_EVEN = frozenset(
    "unipc dpm++ dpm++_sde deis vibt_unipc flowmatch_pusa res_multistep er_sde".split()
)
_CAUSVID = (0.999, 0.934, 0.862, 0.756, 0.603, 0.41, 0.25, 0.14, 0.074)


@lru_cache(maxsize=256)
def wrapper_sigmas(scheduler: str, steps: int, shift: float) -> tuple[float, ...] | None:
    """The noise before each step and after the last one; None when it cannot be told."""
    if not 0 < steps <= _MOST_STEPS or not 1e-6 < shift < 1e6:
        return None
    name, _, beta = scheduler.partition("/")
    found = _points(name, steps, shift)
    if found is None or beta not in {"", "beta"}:
        return None
    return (*(_by_beta(found) if beta else found), 0.0)


def core_scheduler(scheduler: str) -> str | None:
    """ComfyUI's scheduler with the same noise levels; None where it has none."""
    if scheduler in _EVEN:
        return "simple"
    return "normal" if scheduler in {"euler", "lcm"} else None


def _points(name: str, steps: int, shift: float) -> list[float] | None:
    """The noise before each step."""
    if name in _EVEN or (name == "sa_ode_stable" and steps <= 10):
        return [sigma(_FIRST * (1 - at / steps), shift) for at in range(steps)]
    if name == "sa_ode_stable":
        return [sigma((1 + cos(pi * at / steps)) / 2, shift) for at in range(steps)]
    if name in {"euler", "lcm"}:
        return _shifted_twice(steps, shift)
    if name == "flowmatch_distill" and steps == 4:
        return [sigma(time, shift) for time in (0.9998, 0.75, 0.5, 0.25)]
    if name == "flowmatch_causvid" and steps <= len(_CAUSVID):
        return list(_CAUSVID[:steps])
    return None


def _shifted_twice(steps: int, shift: float) -> list[float]:
    """The shift is put on the lowest level, and once more on what lies between it and the highest."""
    lowest = sigma(_LAST, shift)
    if steps == 1:
        return [1.0]
    return [sigma(1 + (lowest - 1) * at / (steps - 1), shift) for at in range(steps)]


def _by_beta(points: list[float]) -> list[float]:
    """Quantiles of the beta distribution with the shapes .6 and .6, between the first level and the last."""
    count = len(points)
    if count == 1:
        return points
    first, last = points[0], points[-1]
    return [last + (first - last) * _quantile(1 - at / (count - 1)) for at in range(count)]


def _quantile(share: float) -> float:
    """The place between 0 and 1 below which that share of the distribution is."""
    if share in {0.0, 1.0}:
        return share
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_share(middle, 0.6, 0.6) < share else (low, middle)
    return (low + high) / 2
