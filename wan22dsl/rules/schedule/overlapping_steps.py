"""WAN707: steps that two passes of a split both run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.rules.experts.mends import fix_of, steps
from wan22dsl.rules.experts.wording import also, called, setting
from wan22dsl.rules.schedule.handoff import handoffs, parts_exchanged
from wan22dsl.rules.schedule.meeting import meeting
from wan22dsl.rules.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.handoffs import Handoff
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN707",
    name="overlapping-steps",
    severity=Severity.WARNING,
    summary="Steps are run twice, once by each pass",
    text="{before} ends at step {end} and {after} begins at step {start} of {steps}: {count} "
    "{verb} run twice{numbers}.",
    why="The second pass expects the noise of the step that it begins with, and most of that is "
    "gone already: what is missing is taken from the picture, and the frames come out "
    "smooth and flat. An `end_at_step` of 10000 on the first pass is such a case: it leaves "
    "nothing to do.",
    mend="Let the first pass end where the second one begins. `steps` is the total of both passes, and the "
    "same in both; steps are counted from 0, and the last one is left out: `0..2 of 4`, then `2..4 of 4`.",
    bad="""\
wan 1
use wan22

pass low = wan22.low(steps = 1..4 of 4)

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
    """Every hand-over from step to step in which steps are run twice."""
    for one in handoffs(view, "overlap"):
        end, start = one.before.settings.end, one.after.settings.start
        exchanged = parts_exchanged(one)
        yield MESSAGE.at(
            setting(one.after, "start_at_step", "step", "steps"),
            related=also(one.before, "this pass comes before it"),
            fix=_exchange(one) if exchanged else meeting(one),
            before=called(one.before),
            after=called(one.after),
            end=end,
            start=start,
            steps=one.after.settings.steps,
            count=counted((end or 0) - (start or 0), "step"),
            verb="is" if (end or 0) - (start or 0) == 1 else "are",
            numbers=f", for each has the other's part{one.numbers}" if exchanged else one.numbers,
        )


def _exchange(one: Handoff) -> Fix | None:
    """Each pass gets the other one's part."""
    first, second = one.before.settings, one.after.settings
    edits = steps(one.before, start=second.start, end=second.end)
    more = steps(one.after, start=first.start, end=first.end)
    return fix_of("Let the two parts change places", (*edits, *more)) if edits and more else None
