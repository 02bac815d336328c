"""WAN605: a split that hands over far from where the experts change."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.sigmas import DEFAULT_SHIFT, sigmas
from wan22dsl.rules.experts.wording import EPSILON, called, level, place
from wan22dsl.rules.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes import Pass
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN605",
    name="split-off-boundary",
    severity=Severity.WARNING,
    text="{high} hands over to {low} after step {split} of {steps}, at sigma {sigma}; the experts "
    "change at {boundary}, which is after step {expected}. So {late} on the other expert.",
    why="The high-noise expert was trained on noise from the boundary up, the low-noise expert on "
    "what is below. An offset of one in many steps is left unsaid, and one of two in twenty "
    "is a note only: both are in common use.",
    mend="Split after step {expected}, or change the shift so that step {split} lies at "
    "{boundary}.",
    bad="""\
wan 1
use wan22

pass high = wan22.high(steps = 0..3 of 4)
pass low = wan22.low(steps = 3..4 of 4)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = high -> low -> save("demo")
}
""",
    good="""\
wan 1
use wan22

pass high = wan22.high(steps = 0..2 of 4)
pass low = wan22.low(steps = 2..4 of 4)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = high -> low -> save("demo")
}
""",
    source="Wan-Video/Wan2.2, wan/configs: boundary; Comfy-Org/ComfyUI, comfy/samplers.py",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-over from the high-noise to the low-noise expert within a schedule."""
    for passes in view.schedules:
        for high, low in pairwise(passes):
            if high.noise == "high" and low.noise == "low":
                yield from _judge(high, low)


def _judge(high: Pass, low: Pass) -> Iterator[Diagnostic]:
    one = high.settings
    if one.scheduler is None or one.steps is None or one.end is None or high.boundary is None:
        return
    shift = DEFAULT_SHIFT if high.shift is None else high.shift
    whole = sigmas(one.scheduler, one.steps, shift, one.sampler or "euler")
    if whole is None or one.denoise != 1.0 or one.end >= len(whole):
        return
    expected = sum(1 for sigma in whole[:-1] if sigma >= high.boundary - EPSILON)
    off = abs(one.end - expected)
    if off <= 1 and one.steps >= 6:  # the boundary falls between two steps; both are used
        return
    if off == 0:
        return
    yield MESSAGE.at(
        place(high.node, "end_at_step", "steps"),
        severity=Severity.NOTE if off * 10 <= one.steps else Severity.WARNING,
        high=called(high),
        low=called(low),
        split=one.end,
        steps=one.steps,
        sigma=level(whole[one.end]),
        boundary=level(high.boundary),
        expected=expected,
        late=f"{counted(off, 'step')} {'runs' if off == 1 else 'run'}",
    )
