"""WAN605: a split far from the boundary of the experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.handoffs import expected_split, handoffs_in, level, pairs
from wan22dsl.graph.passes.sigmas import steps_above
from wan22dsl.lint.rules.distillation.training import NOTED, off_training, wrong_steps
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.fixes import fix_of, steps
from wan22dsl.lint.rules.experts.roles import mixed
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN605",
    name="split-off-boundary",
    severity=Severity.WARNING,
    summary="The passes change experts at a step off the boundary",
    text=(
        "{high} hands off to {low} after step {split} of {steps}, at sigma {sigma}; the experts "
        "change at {boundary}, which is after step {expected}. So {late} on the other expert."
    ),
    why=(
        "The high-noise expert was trained on noise from the boundary up, the low-noise expert "
        "on noise below it. An offset of one in many steps is not reported, and one of two in "
        "twenty is a note only: both are common."
    ),
    help="Split after step {expected}, or change the shift so that step {split} is at {boundary}.",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(steps = 0..3 of 4)
pass low = wan22.low(steps = 3..4 of 4)""",
    ),
    good=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(steps = 0..2 of 4)
pass low = wan22.low(steps = 2..4 of 4)""",
    ),
    source="Wan-Video/Wan2.2, wan/configs: boundary; Comfy-Org/ComfyUI, comfy/samplers.py",
)


#: A step so near to the boundary is the other expert's almost as well: with shift 8 the third of four
#: steps is at sigma .889, where t2v changes at .875.
_NEAR = 0.02


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off from the high-noise to the low-noise expert within a schedule.

    Where the schedule itself is wrong for what runs it, that is told, and not where it is split.
    """
    odd = {pass_.id for pair in mixed(view) for pass_ in pair}
    for passes in view.schedules:
        off = (off_training(pass_) for pass_ in passes)
        if any(wrong_steps(pass_) for pass_ in passes) or any(
            distance and distance.most >= NOTED for distance in off
        ):
            continue
        for high, low in pairs(passes):
            if high.noise != "high" or low.noise != "low" or high.id in odd:
                continue
            if high.settings.part:
                yield from _switch(high, low)
            elif not handoffs_in([high, low]):
                yield from _judge(high, low)


def _judge(high: Pass, low: Pass) -> Iterator[Diagnostic]:
    settings, whole, expected = high.settings, high.schedule, expected_split(high)
    if settings.steps is None or settings.end is None or whole is None or expected is None:
        return
    if (
        settings.denoise != 1.0
        or settings.end >= len(whole) - 1
        or (settings.start or 0) >= settings.end
    ):
        return
    off = abs(settings.end - expected)
    if off == 0 or (off == 1 and settings.steps >= 6):
        return  # the boundary falls between two steps; both are used
    farthest = whole[settings.end - 1 if settings.end > expected else settings.end]
    near = abs(farthest - (high.boundary or 0)) <= _NEAR
    # An exact hand-off between two totals was made by looking at the sigmas.
    slight = off * 10 <= settings.steps or near or settings.steps != low.settings.steps
    yield MESSAGE.at(
        setting(high, "end", "steps"),
        severity=Severity.NOTE if slight else Severity.WARNING,
        related=also(low, "this pass takes over"),
        fix=_fix(high, low, expected),
        high=called(high),
        low=called(low),
        split=settings.end,
        steps=settings.steps,
        sigma=level(whole[settings.end]),
        boundary=level(high.boundary or 0),
        expected=expected,
        late=f"{counted(off, 'step')} {'runs' if off == 1 else 'run'}",
    )


def _fix(high: Pass, low: Pass, expected: int) -> Fix | None:
    """Both passes meet at the step where the experts change."""
    if high.settings.steps != low.settings.steps or not 0 < expected < (high.settings.steps or 0):
        return None
    edits = (steps(high, end=expected), steps(low, start=expected))
    return fix_of(f"Split after step {expected}", edits[0] + edits[1]) if all(edits) else None


def _switch(high: Pass, low: Pass) -> Iterator[Diagnostic]:
    """A sampler that changes experts by itself, at a boundary of another family."""
    whole, boundary = high.schedule, high.settings.boundary
    expected = expected_split(high)
    if whole is None or expected is None or boundary is None:
        return
    split = steps_above(whole, boundary)
    off = abs(split - expected)
    if off == 0:
        return
    yield MESSAGE.at(
        setting(high, "boundary"),
        severity=Severity.NOTE if off * 10 <= len(whole) - 1 or off == 1 else Severity.WARNING,
        high=called(high),
        low=called(low),
        split=split,
        steps=len(whole) - 1,
        sigma=level(whole[split]),
        boundary=level(high.boundary or 0),
        expected=expected,
        late=f"{counted(off, 'step')} {'runs' if off == 1 else 'run'}",
    )
