"""What distilled models were trained on, and how far a schedule is from it.

The four-step LoRAs were trained on the timesteps 1000, 750, 500 and 250, which are the steps of `simple`
at shift 5 (ModelTC/Wan2.2-Lightning, LightX2V).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from wan22dsl.graph.passes.recipes import distilled
from wan22dsl.graph.passes.sigmas import time_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.passes.recognition import Pass

#: The shift that the four-step LoRAs were trained with.
SHIFT = 5.0

#: The steps that their makers give, and twice as many, which are in use.
STEPS = 4

#: With fewer steps than this a model that is not distilled does not arrive (the makers of Wan give 40 to 50).
FEW = 10


#: The most steps that a model or LoRA is known to be distilled to.
MOST_STEPS = 8

#: Families with distilled models of more steps.
_OF_MORE_STEPS = frozenset({"animate_14b"})


def total_steps(pass_: Pass) -> int | None:
    """The steps of the whole schedule of a pass; None where only a part of it is written out."""
    written = pass_.settings.sigmas
    if written is not None and not (written[0] > 0.999 and written[-1] == 0):
        return None
    return pass_.settings.steps


def wrong_steps(pass_: Pass) -> bool:
    """Whether the schedule of a distilled pass has steps that it was not made for."""
    found, steps = distilled(pass_), total_steps(pass_)
    if found is None or steps is None or steps < 1:
        return False
    if found.steps is None:
        family = None if pass_.model is None else pass_.model.family
        return family not in _OF_MORE_STEPS and steps > 2 * MOST_STEPS
    denoise = pass_.settings.denoise or 1.0
    whole = steps if denoise >= 1 else int(steps / denoise)  # these are the last steps of so many
    return whole < found.steps or steps - _left_out(pass_) > 2 * found.steps


def _left_out(pass_: Pass) -> int:
    """How many steps a pass leaves out before its first, where it begins there with noise of its own."""
    start, begins = pass_.settings.start, pass_.settings.add_noise
    return start if begins and start is not None else 0


class Off(NamedTuple):
    """Where the steps of a schedule are, as timesteps of the training, and where they should be.

    `most` is the largest distance, as a share of all.
    """

    taken: tuple[int, ...]
    trained: tuple[int, ...]
    most: float


def off_training(pass_: Pass) -> Off | None:
    """How far the steps of a pass with a four-step LoRA are from those it was trained on."""
    found, schedule = distilled(pass_), pass_.schedule
    if found is None or found.steps != STEPS or schedule is None or pass_.settings.denoise != 1.0:
        return None
    return _off(schedule)


@lru_cache(maxsize=256)
def _off(schedule: tuple[float, ...]) -> Off | None:
    steps = len(schedule) - 1
    if not STEPS <= steps <= 2 * STEPS or max(schedule) > 1.001:
        return None
    taken = [time_of(sigma, SHIFT) for sigma in schedule[:-1]]
    trained = [1 - at / steps for at in range(steps)]
    most = max(abs(here - there) for here, there in zip(taken, trained))
    return Off(_rounded(taken), _rounded(trained), most)


#: From the first distance on it is said, from the second on it is a warning. With four steps `normal` is
#: off by .25, shift 8 by .12, shift 1 by .38, karras by .69.
NOTED, WARNED = 0.2, 0.3


def _rounded(times: list[float]) -> tuple[int, ...]:
    return tuple(round(1000 * time) for time in times)
