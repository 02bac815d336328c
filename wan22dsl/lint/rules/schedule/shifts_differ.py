"""WAN717: passes of a split with different shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.sigmas import DEFAULT_SHIFT
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import also, called, setting, shift_span
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.schedule.handoff import handoffs
from wan22dsl.lint.rules.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN717",
    name="shifts-differ",
    severity=Severity.WARNING,
    summary="Passes of one split have different shifts",
    text="{after} has shift {own} and {before} has {other}{missing}{numbers}.",
    why=(
        "The shift bends the schedule: the same step has more noise at a higher shift. Each pass "
        "assumes its own, so the second one expects other noise than the first one left. With "
        "less noise than expected the frames are smooth and flat, with more they are noisy."
    ),
    help="Give both passes the same shift.",
    bad=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(shift = 6.0)"),
    good=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(shift = 5.0)"),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off between shifts that differ, where the noise does not agree."""
    for handoff in handoffs(view, "shift"):
        bare = [each for each in (handoff.before, handoff.after) if each.shift_node is None]
        yield MESSAGE.at(
            shift_span(handoff.after)
            or shift_span(handoff.before)
            or setting(handoff.after, "start"),
            related=also(handoff.before, "this pass comes before it"),
            fix=_fix(handoff.before, handoff.after),
            before=called(handoff.before),
            after=called(handoff.after),
            own=number(_shift(handoff.after)),
            other=number(_shift(handoff.before)),
            missing=f" (no node sets that of {called(bare[0])}, so Wan's own applies)"
            if bare
            else "",
            numbers=handoff.numbers,
        )


def _shift(pass_: Pass) -> float:
    return DEFAULT_SHIFT if pass_.shift is None else pass_.shift


def _fix(before: Pass, after: Pass) -> Fix | None:
    """The shift of the first pass for the second; changes the video."""
    span = shift_span(after)
    if span is None or after.shift is None:
        return None
    text = span.text
    return in_place(span, text, f"{_shift(before)}") if text.replace(".", "", 1).isdigit() else None
