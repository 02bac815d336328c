"""WAN707: steps that two passes of a split both run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.fixes import fix_of, steps
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.schedule.handoff import handoffs, parts_exchanged
from wan22dsl.lint.rules.schedule.meeting import meeting
from wan22dsl.lint.rules.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.passes.handoffs import Handoff
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN707",
    name="overlapping-steps",
    severity=Severity.WARNING,
    summary="Steps are run twice, once by each pass",
    text="{before} ends at step {end} and {after} begins at step {start} of {steps}: {count} "
    "{verb} run twice{numbers}.",
    why=(
        "The second pass expects the noise of its first step, and most of that is already gone: "
        "it removes detail instead, and the frames are smooth and flat. An `end_at_step` of "
        "10000 on the first pass is such a case: nothing is left to do."
    ),
    help=(
        "Let the first pass end where the second one starts. `steps` is the total of both "
        "passes, and the same in both; steps are counted from 0 and the end is excluded: `0..2 "
        "of 4`, then `2..4 of 4`."
    ),
    bad=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(steps = 1..4 of 4)"),
    good=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(steps = 2..4 of 4)"),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off from step to step in which steps are run twice."""
    for handoff in handoffs(view, "overlap"):
        end, start = handoff.before.settings.end, handoff.after.settings.start
        exchanged = parts_exchanged(handoff)
        yield MESSAGE.at(
            setting(handoff.after, "start", "steps"),
            related=also(handoff.before, "this pass comes before it"),
            fix=_exchange(handoff) if exchanged else meeting(handoff),
            before=called(handoff.before),
            after=called(handoff.after),
            end=end,
            start=start,
            steps=handoff.after.settings.steps,
            count=counted((end or 0) - (start or 0), "step"),
            verb="is" if (end or 0) - (start or 0) == 1 else "are",
            numbers=f", because each has the steps of the other{handoff.numbers}"
            if exchanged
            else handoff.numbers,
        )


def _exchange(handoff: Handoff) -> Fix | None:
    """Each pass gets the other one's part."""
    first, second = handoff.before.settings, handoff.after.settings
    edits = steps(handoff.before, start=second.start, end=second.end)
    more = steps(handoff.after, start=first.start, end=first.end)
    return fix_of("Swap the two parts", (*edits, *more)) if edits and more else None
