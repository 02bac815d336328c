"""WAN712: a schedule that ends before its last step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.handoffs import handoffs_in, level
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.fixes import fix_of, steps
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.schedule.following import goes_nowhere, is_decoded
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN712",
    name="ends-early",
    severity=Severity.WARNING,
    summary="The last pass ends before its schedule does",
    text="{who} is the last pass and ends at step {end} of {steps}: {effect}.",
    why=(
        "No pass runs the remaining steps. With `return_with_leftover_noise` on, the decoded "
        "frames still have their noise; with it off, the last step goes straight to 0, and fine "
        "detail is missing."
    ),
    help="{help}",
    bad=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(steps = 2..3 of 4)"),
    good=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(steps = 2..4 of 4)"),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass that ends before its schedule, is taken up by no pass, and is decoded."""
    followed = {pass_.before for pass_ in view.passes if pass_.handoff == "latent"}
    by_id = {pass_.id: pass_ for pass_ in view.passes}
    for pass_ in view.passes:
        end, total, start = pass_.settings.end, pass_.settings.steps, pass_.settings.start
        if end is None or total is None or start is None or not start < end:
            continue
        if end >= total and not _written_short(pass_):
            continue
        before = by_id.get(pass_.before or "")
        if before is not None and handoffs_in([before, pass_], "totals", "several", "overlap"):
            continue  # its steps are those of another pass, which is told
        if pass_.id in followed or not is_decoded(view, pass_.node):
            continue
        forgotten = next((named(node) for node in goes_nowhere(view, pass_)), "")
        yield MESSAGE.at(
            setting(pass_, "end", "steps"),
            fix=fix_of(f"End at step {total}", steps(pass_, end=total)) if not forgotten else None,
            who=called(pass_),
            end=end,
            steps=total,
            effect=_effect(pass_, end) + (_goes_on.format(forgotten) if forgotten else ""),
            help=_help(pass_, forgotten),
        )


_goes_on = "; {} continues with it, and nothing uses its output"


def _written_short(pass_: Pass) -> bool:
    """Whether noise levels that are written out do not go down to 0."""
    written = pass_.settings.sigmas
    return written is not None and written[-1] > 0


def _help(pass_: Pass, forgotten: str) -> str:
    if forgotten:
        return f"Decode the output of {forgotten}."
    if pass_.settings.sigmas is not None and pass_.settings.end == pass_.settings.steps:
        return "Add a 0 after the last noise level."
    return f"Let the last pass end at step {pass_.settings.steps}."


def _effect(pass_: Pass, end: int) -> str:
    schedule = pass_.schedule
    left = schedule[end] if schedule is not None and end < len(schedule) else None
    if pass_.settings.leftover_noise:
        much = (
            "the noise of the remaining steps" if left is None else f"noise of sigma {level(left)}"
        )
        return f"{much} is decoded with the picture"
    if schedule is None or left is None:
        return "its last step goes straight to 0"
    return f"its last step goes straight from sigma {level(schedule[end - 1])} to 0, not to {level(left)}"
