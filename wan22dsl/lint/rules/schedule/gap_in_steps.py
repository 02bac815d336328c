"""WAN706: steps that no pass of a split runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.schedule.handoff import handoffs
from wan22dsl.lint.rules.schedule.meeting import meeting
from wan22dsl.lint.rules.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN706",
    name="gap-in-steps",
    severity=Severity.WARNING,
    summary="Steps are skipped between two passes",
    text=(
        "{before} ends at step {end} and {after} begins at step {start} of {steps}: {count} "
        "{verb} skipped{numbers}."
    ),
    why=(
        "The noise of the skipped steps stays in the latent, and the next pass takes it for the "
        "picture, so the frames are noisy. ComfyUI reports nothing."
    ),
    help=(
        "Let the second pass start where the first one ends: steps are counted from 0 and the "
        "end is excluded, as in `0..2 of 4`, then `2..4 of 4`."
    ),
    bad=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(steps = 3..4 of 4)"),
    good=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(steps = 2..4 of 4)"),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off from step to step in which steps are left out."""
    for handoff in handoffs(view, "gap"):
        end, start = handoff.before.settings.end, handoff.after.settings.start
        yield MESSAGE.at(
            setting(handoff.after, "start", "steps"),
            related=also(handoff.before, "this pass comes before it"),
            fix=meeting(handoff),
            before=called(handoff.before),
            after=called(handoff.after),
            end=end,
            start=start,
            steps=handoff.after.settings.steps,
            count=counted((start or 0) - (end or 0), "step"),
            verb="is" if (start or 0) - (end or 0) == 1 else "are",
            numbers=handoff.numbers,
        )
