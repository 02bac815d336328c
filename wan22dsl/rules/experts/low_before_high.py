"""WAN603: the low-noise expert runs before the high-noise expert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.rules.experts.wording import called, place, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN603",
    name="low-before-high",
    severity=Severity.WARNING,
    text="{low} runs the low-noise expert before {high} runs the high-noise expert{numbers}.",
    why="The high-noise expert was trained on noise from the boundary up (sigma 0.9 for i2v, "
    "0.875 for t2v), the low-noise expert on what is below. In this order both work outside "
    "of their training.",
    mend="Turn the order round: {high} -> {low}.",
    bad="""\
wan 1
use wan22

pass first = wan22.low(steps = 0..2 of 4)
pass second = wan22.high(steps = 2..4 of 4)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = first -> second -> save("demo")
}
""",
    good="""\
wan 1
use wan22

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("demo")
}
""",
    source="Wan-Video/Wan2.2, wan/configs: boundary",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every high-noise pass that takes up a low-noise pass, within a schedule or as a refinement."""
    by_id = {one.id: one for one in view.passes}
    for one in view.passes:
        before = by_id.get(one.before) if one.before is not None else None
        if before is None or one.noise != "high" or before.noise != "low":
            continue
        numbers = [text for text in (where(before), where(one)) if text]
        span = before.node.span
        yield MESSAGE.at(
            place(one.node, "model"),
            related=[Label(span, "this pass comes before it")] if span is not None else [],
            low=called(before),
            high=called(one),
            numbers=": " + "; ".join(numbers) if numbers else "",
        )
