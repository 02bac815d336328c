"""WAN709: passes of a split with different schedulers or samplers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.generic.value_not_offered import misspelt
from wan22dsl.lint.rules.schedule.handoff import handoffs
from wan22dsl.lint.rules.schedule.meeting import same_sampler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN709",
    name="schedules-differ",
    severity=Severity.WARNING,
    summary="Passes of one split have different samplers or schedulers",
    text="{after} continues with {what} {own}, and {before} has {other}{numbers}.",
    why=(
        "A scheduler sets the noise of each step. With another one, the second pass starts at "
        "other noise than the first one left: with `simple` and then `karras` it is off by a "
        "factor of a hundred. Another sampler alone hands off exactly (except dpm_2 and uni_pc, "
        "which count one step more); it is rarely intended, and reported as a note."
    ),
    help="Give both passes the same sampler and scheduler.",
    bad=portrait(
        'wan22.high -> low -> save("demo")', "pass low = wan22.low(sampler = euler/karras)"
    ),
    good=portrait(
        'wan22.high -> low -> save("demo")', "pass low = wan22.low(sampler = euler/simple)"
    ),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off to another scheduler or sampler; a note where the noise agrees or is not known.

    One that is misspelt is told by itself: what was meant may be the same.
    """
    for handoff in handoffs(view, "scheduler", "sampler"):
        sampler = handoff.cause == "sampler"
        first, second = handoff.before.settings, handoff.after.settings
        own, other = (each.sampler if sampler else each.scheduler for each in (second, first))
        if own is None or other is None:
            continue  # it is to be given later
        if {own, other} & misspelt(view, "sampler_name" if sampler else "scheduler"):
            continue
        sure = handoff.factor is not None and not handoff.agrees
        yield MESSAGE.at(
            setting(handoff.after, "sampler" if sampler else "scheduler"),
            severity=Severity.WARNING if sure else Severity.NOTE,
            related=also(handoff.before, "this pass comes before it"),
            fix=same_sampler(handoff),
            after=called(handoff.after),
            before=called(handoff.before),
            what="the sampler" if sampler else "the scheduler",
            own=own,
            other=other,
            numbers=handoff.numbers if sure else "; the noise agrees" if handoff.agrees else "",
        )
