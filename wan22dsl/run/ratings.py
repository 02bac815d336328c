"""How good a time is, against targets.

The targets are those of the two-pass guide that this project was made for: 832x1216, 81 frames, 4 steps with
a distilled LoRA at cfg 1, on one RTX 5090 (32 GB). They say nothing of other sizes, and are not applied
there; whoever has a target of their own gives it (`--target-seconds`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wan22dsl.run.plan import PassPlan, Plan
    from wan22dsl.run.timing import Times

SOURCE = "the guide's targets for 832x1216, 81 frames, 4 steps"

#: Seconds: up to the first is excellent, up to the second good, above it slow.
A_PASS = (80.0, 85.0)
TWO_PASSES = (160.0, 180.0)

#: Two passes with interpolation are to stay under this; interpolating 81 frames alone under that.
WITH_INTERPOLATION = 180.0
INTERPOLATION = 20.0

_WIDTHS = {(832, 1216), (1216, 832)}
_INTERPOLATORS = ("rife", "film")


class Rating(NamedTuple):
    """What was rated, and how: "excellent", "good", "slow", or "not rated" with the reason."""

    what: str
    seconds: float
    verdict: str
    target: str
    note: str = ""

    @property
    def is_slow(self) -> bool:
        """Whether it missed its target."""
        return self.verdict == "slow"


def rate(times: Times, plan: Plan, own_target_s: float | None = None) -> list[Rating]:
    """The ratings of a run: each pass, the passes together, interpolation, the whole."""
    found = []
    if own_target_s is not None:
        note = "" if not times.all_cached else "nothing was run"
        verdict = "slow" if times.total_s > own_target_s else "good"
        verdict = "not rated" if times.all_cached else verdict
        target = f"{own_target_s:g} s"
        found.append(Rating("the whole run", times.total_s, verdict, target, note))
    applies = bool(plan.passes) and all(_is_the_case(one) for one in plan.passes)
    if not applies:
        return found
    split = len(plan.passes) == 2 and sum(one.steps or 0 for one in plan.passes) == 4
    for own, took in zip(plan.passes, times.passes):
        if took.cached:
            found.append(Rating(own.name, took.total_s, "not rated", SOURCE, "from the cache"))
        else:
            note = "cold: the model file was read" if took.cold else "warm"
            target = f"{A_PASS[0]:g} s excellent, {A_PASS[1]:g} s good"
            found.append(Rating(own.name, took.total_s, _grade(took.total_s, A_PASS), target, note))
    fresh = not any(one.cached for one in times.passes)
    if len(plan.passes) == 2 and fresh and (split or _all_four(plan)):
        both_s = sum(one.total_s for one in times.passes)
        target = f"{TWO_PASSES[0]:g} s excellent, {TWO_PASSES[1]:g} s good"
        found.append(Rating("both passes", both_s, _grade(both_s, TWO_PASSES), target))
    found += _interpolation(times, fresh and len(plan.passes) == 2)
    return found


def _interpolation(times: Times, fresh: bool) -> list[Rating]:
    found = []
    own = [one for one in times.stages if one.name.lower().startswith(_INTERPOLATORS)]
    for one in own:
        if not one.cached:
            verdict = "good" if one.seconds < INTERPOLATION else "slow"
            found.append(Rating(one.name, one.seconds, verdict, f"{INTERPOLATION:g} s"))
    if own and fresh:
        verdict = "good" if times.total_s < WITH_INTERPOLATION else "slow"
        target = f"{WITH_INTERPOLATION:g} s"
        found.append(Rating("passes and interpolation", times.total_s, verdict, target))
    return found


def _is_the_case(one: PassPlan) -> bool:
    sized = (one.width, one.height) in _WIDTHS and one.frames == 81
    return sized and one.steps is not None and one.steps <= 4


def _all_four(plan: Plan) -> bool:
    return all(one.steps == 4 for one in plan.passes)


def _grade(seconds: float, limits: tuple[float, float]) -> str:
    if seconds <= limits[0]:
        return "excellent"
    return "good" if seconds <= limits[1] else "slow"
