"""WAN718: a schedule that a distilled LoRA was not trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Message, Severity
from wan22dsl.graph.passes.handoffs import handoffs_in
from wan22dsl.graph.passes.recipes import distilled
from wan22dsl.graph.passes.sigmas import DEFAULT_SHIFT
from wan22dsl.lint.rules.distillation.training import (
    NOTED,
    SHIFT,
    WARNED,
    off_training,
    wrong_steps,
)
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.fixes import fix_of
from wan22dsl.lint.rules.experts.wording import also, called, setting, shift_span
from wan22dsl.lint.rules.generic.packs import RES4LYF
from wan22dsl.lint.rules.schedule.meeting import sampled
from wan22dsl.lint.rules.wording import counted, number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View
    from wan22dsl.source import Span

MESSAGE = Message(
    code="WAN718",
    name="distilled-schedule",
    severity=Severity.WARNING,
    summary="A distilled model runs at timesteps it was not trained on",
    text=(
        "{who}: {scheduler} at shift {shift} runs its {steps} at the timesteps {taken}; {file} "
        "was trained on {trained}."
    ),
    why=(
        "A distilled model knows only the noise levels of the few steps that it was trained on. "
        "`simple` at shift 5 has exactly these; `sgm_uniform` and `beta`, and shifts from 3 to "
        "8, are close. Other schedules run it at noise levels that it has never seen."
    ),
    help="Use the scheduler `simple` with shift 5.",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(sampler = euler/exponential)
pass low = wan22.low(sampler = euler/exponential)""",
    ),
    good=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(sampler = euler/simple)
pass low = wan22.low(sampler = euler/simple)""",
    ),
    source="ModelTC/Wan2.2-Lightning and LightX2V: 4 steps, shift 5, cfg 1, euler; trained "
    "timesteps 1000, 750, 500, 250",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every schedule with a four-step LoRA whose steps are far from those of the training, once."""
    for passes in view.schedules:
        if any(wrong_steps(pass_) for pass_ in passes) or handoffs_in(passes):
            continue
        off = {pass_.id: found for pass_ in passes if (found := off_training(pass_)) is not None}
        those = [pass_ for pass_ in passes if pass_.id in off and off[pass_.id].most >= NOTED]
        if not those:
            continue
        first, found = those[0], off[those[0].id]
        told = distilled(first)
        yield MESSAGE.at(
            _place(first),
            severity=_severity(first, found.most),
            related=[
                label
                for pass_ in those[1:]
                for label in also(pass_, "this pass uses the same schedule")
            ],
            fix=_fix(those),
            who=several(called(pass_) for pass_ in those),
            scheduler=first.settings.scheduler or "the schedule",
            shift=number(DEFAULT_SHIFT if first.shift is None else first.shift),
            steps=counted(len(found.taken), "step"),
            taken=several(str(value) for value in found.taken),
            trained=several(str(value) for value in found.trained),
            file=told.file if told is not None else "the LoRA",
        )


def _severity(pass_: Pass, most: float) -> Severity:
    """A note for the schedulers of RES4LYF, which go with samplers that take steps in between."""
    if pass_.settings.scheduler in RES4LYF["scheduler"]:
        return Severity.NOTE
    return Severity.WARNING if most >= WARNED else Severity.NOTE


def _place(pass_: Pass) -> Span | None:
    """The scheduler, or where that is the one of the training, the shift."""
    shift = shift_span(pass_)
    if pass_.settings.scheduler == "simple" and shift is not None:
        return shift
    return setting(pass_, "scheduler", "sigmas", "steps")


def _fix(those: list[Pass]) -> Fix | None:
    """The scheduler of the training, or where that is there, its shift; changes the video."""
    if any(pass_.settings.scheduler != "simple" for pass_ in those):
        return sampled(those, scheduler="simple")
    edits = set()
    for pass_ in those:
        span = None if pass_.shift_node is None else pass_.shift_node.spans.get("shift")
        if span is None or not span.text.replace(".", "", 1).isdigit():
            return None
        edits.add(Edit(span, f"{SHIFT}"))
    return fix_of("Write shift 5.0", tuple(sorted(edits, key=lambda edit: edit.span.start)))
