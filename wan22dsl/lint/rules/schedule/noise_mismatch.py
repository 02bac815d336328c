"""WAN705: passes of a split whose schedules differ in several ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.schedule.handoff import handoffs
from wan22dsl.lint.rules.wording import number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN705",
    name="noise-mismatch",
    severity=Severity.WARNING,
    summary="A pass continues a latent on another schedule",
    text="{after} continues the latent of {before}, but on another schedule ({what}){numbers}.",
    why=(
        "A pass assumes that the latent has the noise of its own first step. With less, the "
        "frames are smooth and flat; with more, noisy. The noise at the end of one pass must "
        "equal that at the start of the next; the sigma counts, not the number of the step."
    ),
    help="Give both the same scheduler, shift and steps, and start one where the other ends.",
    bad=portrait(
        'wan22.high -> low -> save("demo")', "pass low = wan22.low(shift = 8.0, steps = 3..6 of 6)"
    ),
    good=portrait(
        'wan22.high -> low -> save("demo")', "pass low = wan22.low(shift = 5.0, steps = 2..4 of 4)"
    ),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off between schedules that differ in more than one thing, or are written out."""
    for handoff in handoffs(view, "several"):
        yield MESSAGE.at(
            setting(handoff.after, "start", "steps", "sigmas"),
            related=also(handoff.before, "this pass comes before it"),
            after=called(handoff.after),
            before=called(handoff.before),
            what=f"{_shown(handoff.before)} against {_shown(handoff.after)}",
            numbers=handoff.numbers,
        )


def _shown(pass_: Pass) -> str:
    """Steps, scheduler and shift of a pass, as far as they are written."""
    settings = pass_.settings
    parts = [] if settings.steps is None else [f"{settings.steps} steps"]
    if settings.sigmas is None:
        parts += [settings.scheduler] if settings.scheduler else []
        parts += [f"shift {number(pass_.shift)}"] if pass_.shift is not None else []
    return several(parts)
