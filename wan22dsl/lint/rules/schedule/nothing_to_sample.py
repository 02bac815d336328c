"""WAN704: a pass without a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import STEP_RANGE, changed
from wan22dsl.lint.rules.experts.wording import called, setting, shift_span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.samplers import Settings
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN704",
    name="nothing-to-sample",
    severity=Severity.ERROR,
    summary="A pass has no effect",
    text="{who} has no effect: {reason}.",
    why="ComfyUI silently returns the latent unchanged; the decoded frames still have its noise.",
    help="Steps are counted from 0 and the end is excluded: `0..2 of 4`, then `2..4 of 4`.",
    bad=changed(
        STEP_RANGE,
        ("wan 1\n", "wan 1\nuse wan22\n"),
        ("start_at_step = 0", "start_at_step = 20"),
        ("end_at_step = 20", "end_at_step = 10000"),
    ),
    good="""\
wan 1
use wan22

pass only {
    model   = wan22.ti2v
    shift   = 8.0
    sampler = uni_pc/simple
    cfg     = 5.0
    steps   = 20
}

pipeline demo {
    prompt = "A street in the rain"
    size   = 1280x704
    length = 5s
    flow   = only -> save("demo")
}
""",
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass whose part of the schedule is empty; a denoise of 0 is told as a warning."""
    for pass_ in view.passes:
        settings = pass_.settings
        if settings.wrapper or (settings.steps is not None and settings.steps < 1):
            continue
        if settings.denoise == 0:
            yield MESSAGE.at(
                setting(pass_, "denoise"),
                severity=Severity.WARNING,
                who=called(pass_),
                reason="its denoise is 0",
            )
        elif pass_.shift == 0:
            yield MESSAGE.at(
                shift_span(pass_),
                who=called(pass_),
                reason="at shift 0 every step has a noise of 0",
            )
        elif settings.boundary is None and _is_empty(settings):  # else WAN605
            yield MESSAGE.at(
                setting(pass_, "start", "steps"),
                who=called(pass_),
                reason=f"it starts at step {settings.start} and ends at step {settings.end} of "
                f"{settings.steps}",
            )


def _is_empty(settings: Settings) -> bool:
    start, end = settings.start, settings.end
    return start is not None and end is not None and end <= start
