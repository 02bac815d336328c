"""WAN712: a schedule that ends before its last step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.handoffs import handoffs_in, level
from wan22dsl.rules.experts.mends import fix_of, steps
from wan22dsl.rules.experts.wording import called, setting
from wan22dsl.rules.schedule.following import goes_nowhere, is_decoded
from wan22dsl.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes import Pass
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN712",
    name="ends-early",
    severity=Severity.WARNING,
    summary="The last pass ends before its schedule does",
    text="{who} is the last pass and ends at step {end} of {steps}: {effect}.",
    why="Nobody runs the steps that are left. With `return_with_leftover_noise` on, what is "
    "decoded still has their noise; with it off, the last step goes all the way to 0 at "
    "once, and fine detail is missing.",
    mend="{mend}",
    bad="""\
wan 1
use wan22

pass low = wan22.low(steps = 2..3 of 4)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> low -> save("demo")
}
""",
    good="""\
wan 1
use wan22

pass low = wan22.low(steps = 2..4 of 4)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> low -> save("demo")
}
""",
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass that ends before its schedule, is taken up by no pass, and is decoded."""
    followed = {one.before for one in view.passes if one.handoff == "latent"}
    by_id = {one.id: one for one in view.passes}
    for one in view.passes:
        end, total, start = one.settings.end, one.settings.steps, one.settings.start
        if end is None or total is None or start is None or not start < end:
            continue
        if end >= total and not _written_short(one):
            continue
        before = by_id.get(one.before or "")
        if before is not None and handoffs_in([before, one], "totals", "several", "overlap"):
            continue  # its steps are those of another pass, which is told
        if one.id in followed or not is_decoded(view, one.node):
            continue
        forgotten = next((named(node) for node in goes_nowhere(view, one)), "")
        yield MESSAGE.at(
            setting(one, "end_at_step", "step", "steps"),
            fix=fix_of(f"End at step {total}", steps(one, end=total)) if not forgotten else None,
            who=called(one),
            end=end,
            steps=total,
            effect=_effect(one, end) + (_goes_on.format(forgotten) if forgotten else ""),
            mend=_mend(one, forgotten),
        )


_goes_on = "; {} goes on with it, and nothing takes what that makes"


def _written_short(one: Pass) -> bool:
    """Whether noise levels that are written out do not go down to 0."""
    written = one.settings.sigmas
    return written is not None and written[-1] > 0


def _mend(one: Pass, forgotten: str) -> str:
    if forgotten:
        return f"Decode what {forgotten} makes."
    if one.settings.sigmas is not None and one.settings.end == one.settings.steps:
        return "Write a 0 behind the last noise level."
    return f"Let the last pass end at step {one.settings.steps}."


def _effect(one: Pass, end: int) -> str:
    schedule = one.schedule
    left = schedule[end] if schedule is not None and end < len(schedule) else None
    if one.settings.leftover_noise:
        much = (
            "the noise of the steps that are left"
            if left is None
            else f"noise of sigma {level(left)}"
        )
        return f"{much} is decoded with the picture"
    if schedule is None or left is None:
        return "its last step goes straight to 0"
    return f"its last step goes straight from sigma {level(schedule[end - 1])} to 0, not to {level(left)}"
