"""WAN708: passes of a split that count different totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.schedule.handoff import handoffs
from wan22dsl.lint.rules.schedule.meeting import same_total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN708",
    name="totals-differ",
    severity=Severity.WARNING,
    summary="Passes of one split count different totals of steps",
    text=(
        "{after} continues at step {start} of {steps} after {before}, which ends at step {end} "
        "of {total}{numbers}."
    ),
    why=(
        "A step is a place in a schedule, and has other noise in a schedule of another length. "
        "Three of 24 steps and then one of 8 do hand off exactly, so this rule compares the "
        "noise, not the number."
    ),
    help=(
        "Give both passes the same total, or start the second one at the step with the same noise."
    ),
    bad=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(steps = 2..8 of 8)"),
    good=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(steps = 2..4 of 4)"),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off between schedules of different lengths that does not fit by its noise."""
    for handoff in handoffs(view, "totals"):
        yield MESSAGE.at(
            setting(handoff.after, "steps"),
            related=also(handoff.before, "this pass comes before it"),
            fix=same_total(handoff),
            before=called(handoff.before),
            after=called(handoff.after),
            start=handoff.after.settings.start,
            steps=handoff.after.settings.steps,
            end=handoff.before.settings.end,
            total=handoff.before.settings.steps,
            numbers=handoff.numbers,
        )
