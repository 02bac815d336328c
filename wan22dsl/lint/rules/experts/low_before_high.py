"""WAN603: the low-noise expert runs before the high-noise expert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.recognition import goes_on
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import also, called, setting, where
from wan22dsl.lint.rules.shape.clip_repeated import begins_anew

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN603",
    name="low-before-high",
    severity=Severity.WARNING,
    summary="The low-noise expert runs before the high-noise expert",
    text="{low} runs the low-noise expert before {high} runs the high-noise expert{numbers}.",
    why=(
        "The high-noise expert was trained on noise from the boundary up (sigma 0.9 for i2v, "
        "0.875 for t2v), the low-noise expert on noise below it. In this order both work outside "
        "their training."
    ),
    help="Reverse the order: {high} -> {low}; or refine with the low-noise expert.",
    bad=portrait(
        'wan22.high -> wan22.low -> again -> save("demo")',
        "pass again = wan22.high(steps = 4, denoise = 0.4)",
    ),
    good=portrait(
        'wan22.high -> wan22.low -> again -> save("demo")',
        "pass again = wan22.low(steps = 4, denoise = 0.4)",
    ),
    source="Wan-Video/Wan2.2, wan/configs: boundary",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every high-noise pass that refines what a low-noise pass made; for a split see WAN609."""
    by_id = {pass_.id: pass_ for pass_ in view.passes}
    ends = {pass_.id: passes for passes in view.schedules for pass_ in passes}
    for pass_ in view.passes:
        before = by_id.get(pass_.before) if pass_.before is not None else None
        if before is None or not refines_low(before, pass_):
            continue
        if begins_anew(ends[before.id], before, pass_):
            continue  # the next clip of a chain: WAN816
        numbers = [text for text in (where(before), where(pass_)) if text]
        yield MESSAGE.at(
            setting(pass_, "model"),
            related=also(before, "this pass comes before it"),
            low=called(before),
            high=called(pass_),
            numbers=": " + "; ".join(numbers) if numbers else "",
        )


def refines_low(before: Pass, pass_: Pass) -> bool:
    """Whether a pass of the high-noise expert begins anew on what the low-noise expert made."""
    if pass_.noise != "high" or before.noise != "low" or goes_on(pass_):
        return False
    sigmas = pass_.sigmas
    return pass_.handoff != "latent" or sigmas is None or sigmas[0] < 1
