"""WAN709: passes of a split with different schedulers or samplers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.rules.experts.wording import also, called, setting
from wan22dsl.rules.generic.value_not_offered import misspelt
from wan22dsl.rules.schedule.handoff import handoffs
from wan22dsl.rules.schedule.meeting import same_sampler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN709",
    name="schedules-differ",
    severity=Severity.WARNING,
    summary="Passes of one split have different samplers or schedulers",
    text="{after} goes on with {what} {own}, and {before} has {other}{numbers}.",
    why="A scheduler decides how much noise each step has. With another one, the second pass "
    "begins at other noise than the first one left: with `simple` and then `karras` it is "
    "off by a hundred times. Another sampler alone hands over exactly (but for dpm_2 and "
    "uni_pc, which count one step more); it is rarely meant, and said as a note.",
    mend="Give both passes the same sampler and scheduler.",
    bad="""\
wan 1
use wan22

pass low = wan22.low(sampler = euler/karras)

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

pass low = wan22.low(sampler = euler/simple)

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
    """Every hand-over to another scheduler or sampler; a note where the noise agrees or is not known.

    One that is misspelt is told by itself: what was meant may be the same.
    """
    for one in handoffs(view, "scheduler", "sampler"):
        sampler = one.cause == "sampler"
        first, second = one.before.settings, one.after.settings
        own, other = (each.sampler if sampler else each.scheduler for each in (second, first))
        if {own, other} & misspelt(view, "sampler_name" if sampler else "scheduler"):
            continue
        sure = one.factor is not None and not one.agrees
        yield MESSAGE.at(
            setting(one.after, "sampler_name" if sampler else "scheduler"),
            severity=Severity.WARNING if sure else Severity.NOTE,
            related=also(one.before, "this pass comes before it"),
            fix=same_sampler(one),
            after=called(one.after),
            before=called(one.before),
            what="the sampler" if sampler else "the scheduler",
            own=own,
            other=other,
            numbers=one.numbers if sure else "; the noise agrees" if one.agrees else "",
        )
