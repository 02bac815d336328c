"""WAN609: the two experts of a split in each other's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.handoffs import level
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.fixes import exchange, file_span, model_span
from wan22dsl.lint.rules.experts.roles import swapped
from wan22dsl.lint.rules.experts.wording import also, called, outside, setting
from wan22dsl.lint.rules.wording import counted, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN609",
    name="experts-swapped",
    severity=Severity.WARNING,
    summary="The two experts are swapped",
    text=(
        "{first} runs the low-noise expert first, and {second} continues with the high-noise "
        "expert: they are swapped{numbers}."
    ),
    why=(
        "The high-noise expert was trained on noise from the boundary up (sigma 0.9 for i2v, "
        "0.875 for t2v) and lays out the picture, the low-noise expert on noise below it. "
        "ComfyUI runs them silently in any order; swapped, both work outside their training: "
        "motion and shapes fall apart."
    ),
    help=(
        "Swap the models of the two passes: the high-noise expert first, then the low-noise expert."
    ),
    bad=portrait(
        'first -> second -> save("demo")',
        """\
pass first = wan22.low(steps = 0..2 of 4)
pass second = wan22.high(steps = 2..4 of 4)""",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Wan-Video/Wan2.2, wan/configs: boundary",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off within a split from the low-noise to the high-noise expert."""
    for first, second in swapped(view):
        yield MESSAGE.at(
            setting(first, "model"),
            related=also(second, "this pass continues with the other expert"),
            fix=_fix(first, second),
            first=called(first),
            second=called(second),
            numbers=_numbers(first, second),
        )


def _numbers(first: Pass, second: Pass) -> str:
    """How many steps of the two are outside of the training of their experts."""
    counts = [(pass_, outside(pass_)) for pass_ in (first, second)]
    parts = [
        f"{count} of the {counted(len(pass_.sigmas or ()) - 1, 'step')} of {called(pass_)} "
        f"{'are' if count > 1 else 'is'} "
        f"{'at or above' if pass_.noise == 'low' else 'below'} sigma "
        f"{level(pass_.boundary or 0)}"
        for pass_, count in counts
        if count
    ]
    return f". {several(parts)}, outside their training" if parts else ""


def _fix(first: Pass, second: Pass) -> Fix | None:
    """The models change places. Where the LoRAs are right, only the files are swapped, surely by a slip.

    Where the LoRAs go with their experts, it may be a trial, so the fix is not a safe one.
    """
    title = "Swap the two models"
    model, other = first.model, second.model
    if model is None or other is None:
        return None
    levels = [{lora.noise for lora in each.loras if lora.noise} for each in (first, second)]
    if levels == [{"high"}, {"low"}]:
        return exchange(title, [(file_span(model), file_span(other))], safe=True)
    links = (model_span(first), model_span(second))
    if any(levels) and not all(span and span.text.startswith("[") for span in links):
        return None  # the LoRAs would stay behind
    found = exchange(title, [links], safe=False)
    if found is None and not any(levels):
        return exchange(title, [(file_span(model), file_span(other))], safe=False)
    return found
