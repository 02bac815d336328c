"""WAN715: an end that is behind the last step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import STEP_RANGE, changed
from wan22dsl.lint.rules.experts.fixes import fix_of, steps
from wan22dsl.lint.rules.experts.wording import called, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN715",
    name="end-beyond-steps",
    severity=Severity.NOTE,
    summary="A pass ends at a step beyond its total",
    text="{who} ends at step {end} of {steps}, so it ends at {steps}.",
    why=(
        "An end after the last step is silently cut. It is harmless, and 10000 is the usual way "
        'to write "to the end"; a smaller number is often left over from a schedule with more '
        "steps, and then the split is wrong too."
    ),
    help="Write {steps}, or {to_the_end} for the end.",
    bad=changed(STEP_RANGE, ("end_at_step = 20", "end_at_step = 30")),
    good=STEP_RANGE,
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample",
)


#: From here on it is a way to write "to the end": people write 100, 999, 1000, 10000.
_TO_THE_END = 100


def check(view: View) -> Iterator[Diagnostic]:
    """Every last pass whose end is written as a number behind its last step."""
    followed = {pass_.before for pass_ in view.passes}
    for pass_ in view.passes:
        total, place = pass_.settings.steps, pass_.settings.places.get("end")
        end = None if place is None else view.value(place.node, place.input)
        if total is None or type(end) is not int or pass_.id in followed:
            continue
        if total < end < _TO_THE_END and (pass_.settings.start or 0) < total:
            yield MESSAGE.at(
                setting(pass_, "end", "steps"),
                fix=fix_of(f"End at step {total}", steps(pass_, end=total), safe=True),
                who=called(pass_),
                end=end,
                steps=total,
                to_the_end=-1 if pass_.settings.wrapper else 10000,
            )
