"""WAN610: the same expert in all passes of a split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.handoffs import level
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.fixes import other_file
from wan22dsl.lint.rules.experts.roles import doubled, told_by_role
from wan22dsl.lint.rules.experts.wording import also, called, outside, setting
from wan22dsl.lint.rules.wording import several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN610",
    name="expert-doubled",
    severity=Severity.WARNING,
    summary="Both passes run the same expert",
    text=(
        "{who} both run the {noise}-noise expert, {file}{numbers}. The {other}-noise expert is "
        "missing."
    ),
    why=(
        "Each expert was trained on its part of the schedule only: the high-noise expert lays "
        "out motion and composition, the low-noise expert resolves them. A split that loads one "
        "file twice runs the whole schedule on one expert, and loads it twice."
    ),
    help="Load the {other}-noise file in {wrong}.",
    bad=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.high(steps = 2..4 of 4)"),
    good=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(steps = 2..4 of 4)"),
    source="Wan-Video/Wan2.2, wan/configs: boundary",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every split from pure noise to none on one expert."""
    roles = told_by_role(view)
    for passes in doubled(view):
        noise = passes[0].noise
        wrong = next(pass_ for pass_ in passes if roles.get(pass_.id, noise) != noise)
        files = dict.fromkeys(
            f'"{pass_.model.file}"' for pass_ in passes if pass_.model is not None
        )
        yield MESSAGE.at(
            setting(wrong, "model"),
            related=[
                label
                for pass_ in passes
                if pass_ is not wrong
                for label in also(pass_, "this pass too")
            ],
            fix=_fix(wrong, [pass_ for pass_ in passes if pass_ is not wrong]),
            who=several(called(pass_) for pass_ in passes),
            noise=noise,
            other="low" if noise == "high" else "high",
            file=several(files),
            wrong=called(wrong),
            numbers=_numbers(passes),
        )


def _fix(wrong: Pass, others: list[Pass]) -> Fix | None:
    """The other file; none where the passes have one loader, which would then load it for both."""
    if wrong.model is None:
        return None
    if any(pass_.model is not None and pass_.model.node is wrong.model.node for pass_ in others):
        return None
    return other_file(wrong.model)


def _numbers(passes: list[Pass]) -> str:
    counts = [outside(pass_) for pass_ in passes]
    known = [count for count in counts if count is not None]
    steps = [len(pass_.sigmas or ()) - 1 for pass_ in passes]
    if len(known) < len(counts):
        return ""
    side = "at or above" if passes[0].noise == "low" else "below"
    return (
        f": {sum(known)} of {sum(steps)} steps are {side} sigma "
        f"{level(passes[0].boundary or 0)}, where it was not trained"
    )
