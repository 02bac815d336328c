"""WAN718: a schedule that a distilled LoRA was not trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Message, Severity
from wan22dsl.graph.handoffs import handoffs_in
from wan22dsl.graph.recipes import distilled
from wan22dsl.graph.sigmas import DEFAULT_SHIFT
from wan22dsl.rules.distillation.training import (
    NOTED,
    SHIFT,
    WARNED,
    off_training,
    wrong_steps,
)
from wan22dsl.rules.experts.mends import fix_of
from wan22dsl.rules.experts.wording import also, called, setting
from wan22dsl.rules.generic.packs import RES4LYF
from wan22dsl.rules.schedule.meeting import sampled
from wan22dsl.rules.wording import counted, number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.passes import Pass
    from wan22dsl.rules.view import View
    from wan22dsl.source import Span

MESSAGE = Message(
    code="WAN718",
    name="distilled-schedule",
    severity=Severity.WARNING,
    summary="A distilled model runs at timesteps it was not trained on",
    text="{who}: {scheduler} at shift {shift} takes its {steps} at the timesteps {taken}; {file} "
    "was trained on {trained}.",
    why="A distilled model knows only the noise of the few steps that it was taught. `simple` "
    "at shift 5 has just these; `sgm_uniform` and `beta`, and shifts from 3 to 8, come "
    "near. Others go through noise that it has never seen, and leave out what it was made "
    "to do.",
    mend="Use the scheduler `simple` with shift 5.",
    bad="""\
wan 1
use wan22

pass high = wan22.high(sampler = euler/exponential)
pass low = wan22.low(sampler = euler/exponential)

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

pass high = wan22.high(sampler = euler/simple)
pass low = wan22.low(sampler = euler/simple)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = high -> low -> save("demo")
}
""",
    source="ModelTC/Wan2.2-Lightning and LightX2V: 4 steps, shift 5, cfg 1, euler; trained "
    "timesteps 1000, 750, 500, 250",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every schedule with a four-step LoRA whose steps lie far from those of the training, once."""
    for passes in view.schedules:
        if any(wrong_steps(one) for one in passes) or handoffs_in(passes):
            continue
        off = {one.id: found for one in passes if (found := off_training(one)) is not None}
        those = [one for one in passes if one.id in off and off[one.id].most >= NOTED]
        if not those:
            continue
        first, found = those[0], off[those[0].id]
        told = distilled(first)
        yield MESSAGE.at(
            _place(first),
            severity=_severity(first, found.most),
            related=[
                label for one in those[1:] for label in also(one, "this pass goes the same way")
            ],
            fix=_fix(those),
            who=several(called(one) for one in those),
            scheduler=first.settings.scheduler or "the schedule",
            shift=number(DEFAULT_SHIFT if first.shift is None else first.shift),
            steps=counted(len(found.taken), "step"),
            taken=several(str(one) for one in found.taken),
            trained=several(str(one) for one in found.trained),
            file=told.file if told is not None else "the LoRA",
        )


def _severity(one: Pass, most: float) -> Severity:
    """A note for the schedulers of RES4LYF, which go with samplers that take steps in between."""
    if one.settings.scheduler in RES4LYF["scheduler"]:
        return Severity.NOTE
    return Severity.WARNING if most >= WARNED else Severity.NOTE


def _place(one: Pass) -> Span | None:
    """The scheduler, or where that is the one of the training, the shift."""
    node = one.shift_node
    if one.settings.scheduler == "simple" and node is not None:
        return node.spans.get("shift", node.span)
    return setting(one, "scheduler", "sigmas", "steps")


def _fix(those: list[Pass]) -> Fix | None:
    """The scheduler of the training, or where that is there, its shift; changes the video."""
    if any(one.settings.scheduler != "simple" for one in those):
        return sampled(those, scheduler="simple")
    edits = set()
    for one in those:
        span = None if one.shift_node is None else one.shift_node.spans.get("shift")
        if span is None or not span.text.replace(".", "", 1).isdigit():
            return None
        edits.add(Edit(span, f"{SHIFT}"))
    return fix_of("Write shift 5.0", tuple(sorted(edits, key=lambda one: one.span.start)))
