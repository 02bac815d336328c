"""How much noise one pass of a schedule hands to the next, against what that one expects.

A pass hands on its latent divided by (1 - sigma) of its end, and takes one up multiplied by (1 - sigma) of
its start (Comfy-Org/ComfyUI, comfy/model_sampling.py, CONST). So between an end e and a start s the noise is
off by the factor e(1 - s) / ((1 - e)s), whatever the numbers of the steps are. WanVideoWrapper's samplers
divide and multiply by nothing: e / s.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Literal

from wan22dsl.graph.passes.sigmas import DEFAULT_SHIFT, DROPS_ONE, EPSILON, steps_above
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.passes.recognition import Pass

#: What is wrong with a hand-off. `sampler` and `scheduler` may also be said where the noise agrees.
Cause = Literal[
    "lost", "twice", "gap", "overlap", "totals", "shift", "scheduler", "sampler", "several"
]

#: Less than this share of noise too much or too little is left unsaid.
TOLERANCE = 0.02


class Handoff(NamedTuple):
    """A hand-off that is not exact.

    `factor` is the noise that is there over the noise that is expected (None: it cannot be told), `end`
    and `start` the sigmas between which it is lost; `agrees`: the noise is still right.
    """

    before: Pass
    after: Pass
    cause: Cause
    factor: float | None = None
    end: float | None = None
    start: float | None = None
    agrees: bool = False

    @property
    def numbers(self) -> str:
        """The sigmas and the noise, as a sentence behind another; empty where they are not known."""
        if self.factor is None or self.end is None or self.start is None:
            return ""
        return (
            f". It is handed off at sigma {level(self.end)}, where sigma {level(self.start)} "
            f"is expected: {share(self.factor)}"
        )


def pairs(passes: list[Pass]) -> list[tuple[Pass, Pass]]:
    """Each hand-off within a schedule: a pass, and one that goes on with its latent."""
    by_id = {pass_.id: pass_ for pass_ in passes}
    return [(by_id[pass_.before], pass_) for pass_ in passes if pass_.before in by_id]


def handoffs_in(passes: list[Pass], *causes: Cause) -> list[Handoff]:
    """Every hand-off of a schedule that is not exact, for these causes; by default, if it matters."""
    return chosen(judged(passes), *causes)


def judged(passes: list[Pass]) -> list[Handoff]:
    """Every hand-off of a schedule of which there is something to tell."""
    return [told for pair in pairs(passes) if (told := _judged(*pair)) is not None]


def chosen(found: list[Handoff], *causes: Cause) -> list[Handoff]:
    """Those with one of the causes; by default, those that matter."""
    if causes:
        return [handoff for handoff in found if handoff.cause in causes]
    return [handoff for handoff in found if not handoff.agrees]


def level(sigma: float) -> str:
    """A sigma with three digits: 0.9, 0.833, 1."""
    return f"{sigma:.3f}".rstrip("0").rstrip(".")


def share(factor: float) -> str:
    """How far the noise is off, in words: `16.7 % too little noise`."""
    if factor <= 0.005:
        return "no noise at all"
    if factor < 0.1:
        return f"{round(100 * factor, 1):.6g} % of the noise that it expects"
    if factor > 3:
        return f"{round(factor, 1):.6g} times the noise that it expects"
    much = "much" if factor > 1 else "little"
    return f"{round(100 * abs(factor - 1), 1):.6g} % too {much} noise"


def _judged(before: Pass, after: Pass) -> Handoff | None:
    """What is wrong between two passes; None where nothing is, or where nothing can be said."""
    first, second = before.settings, after.settings
    left, adds = first.leftover_noise and not after.takes_denoised, second.add_noise
    if left is None or adds is None or _empty(before) or _empty(after):
        return None
    end = before.sigmas[-1] if before.sigmas else None
    start = after.sigmas[0] if after.sigmas else None
    ended = first.end is not None and first.end == first.steps and not end
    if adds:
        if not left or ended:
            return None  # the noise is gone, and new noise takes its place
        return Handoff(before, after, "twice", _both(end, start), end, start)
    if not left and not ended:
        if start is not None and start < 1e-6:
            return None
        return Handoff(before, after, "lost", 0.0, 0.0, start)
    return _compared(before, after, end, start)


def expected_split(pass_: Pass) -> int | None:
    """How many steps of the schedule of a pass are at or above the boundary of its family.

    A step that starts exactly there is as right on the one expert as on the other: it counts for the one that
    runs it.
    """
    schedule, boundary = pass_.schedule, pass_.boundary
    if schedule is None or boundary is None:
        return None
    at, above = steps_above(schedule, boundary), steps_above(schedule, boundary + 2 * EPSILON)
    return above if pass_.settings.end == above else at


def _empty(pass_: Pass) -> bool:
    """Whether it has no step of its own: WAN704 tells that."""
    settings = pass_.settings
    return (
        settings.start is not None and settings.end is not None and settings.end <= settings.start
    )


def _both(end: float | None, start: float | None) -> float | None:
    """Old and new noise together, which add up like the sides of a right angle."""
    if end is None or start is None or end >= 1 or not start:
        return None
    return sqrt((end * (1 - start) / (1 - end)) ** 2 + start**2) / start


def _compared(before: Pass, after: Pass, end: float | None, start: float | None) -> Handoff | None:
    """One schedule against the other, by their noise, or where it is not known by what they say."""
    causes = _differences(before, after)
    factor = _factor(end, start, scaled=not before.settings.wrapper)
    agrees = factor is not None and abs(factor - 1) <= TOLERANCE
    if not causes:
        at, to = before.settings.end, after.settings.start
        if at is None or to is None or at == to or agrees:
            return None
        return Handoff(before, after, "gap" if at < to else "overlap", factor, end, start)
    kinds = [name for name in causes if name in ("scheduler", "sampler")]
    if agrees:
        return Handoff(before, after, kinds[0], factor, end, start, True) if kinds else None
    if factor is None:
        return Handoff(before, after, kinds[0]) if kinds else None
    # Samplers that count their steps alike do not move the noise.
    counted = [name for name in causes if name != "sampler" or _counts_otherwise(before, after)]
    if not counted:
        at, to = before.settings.end or 0, after.settings.start or 0
        return Handoff(before, after, "gap" if at < to else "overlap", factor, end, start)
    cause: Cause = counted[0] if len(counted) == 1 else "several"
    return Handoff(before, after, cause, factor, end, start)


def _factor(end: float | None, start: float | None, *, scaled: bool) -> float | None:
    if end is None or start is None or end >= 1 or not 0 < start <= 1:
        return None  # at sigma 1 nothing of the latent is left, whatever there is
    if not scaled:
        return end / start
    return end * (1 - start) / ((1 - end) * start)


def _differences(before: Pass, after: Pass) -> list[Cause]:
    """In what two schedules differ."""
    settings, other = before.settings, after.settings
    found: list[Cause] = []
    if settings.sigmas != other.sigmas or settings.denoise != other.denoise:
        found.append("several")
    if settings.steps != other.steps:
        found.append("totals")
    if settings.scheduler != other.scheduler:
        found.append("scheduler")
    if settings.sampler != other.sampler:
        found.append("sampler")
    if _shift(before) != _shift(after):
        found.append("shift")
    return found


def _shift(pass_: Pass) -> float | None:
    """The shift that holds; None where a node sets one that is not known."""
    return DEFAULT_SHIFT if pass_.shift_node is None else pass_.shift


def _counts_otherwise(before: Pass, after: Pass) -> bool:
    linked = before.settings.sigma_model is not None and after.settings.sigma_model is not None
    drops = [pass_.settings.sampler in DROPS_ONE for pass_ in (before, after)]
    return drops[0] != drops[1] and not linked
