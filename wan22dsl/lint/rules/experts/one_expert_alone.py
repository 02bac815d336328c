"""WAN604: one expert for a whole schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.handoffs import level
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.roles import from_pure_noise, to_the_end
from wan22dsl.lint.rules.experts.wording import called, outside, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN604",
    name="one-expert-alone",
    severity=Severity.WARNING,
    summary="One expert runs the whole schedule alone",
    text="{who} the whole schedule on the {noise}-noise expert{numbers}.",
    why=(
        "Each expert was trained on its part of the schedule only. The high-noise expert lays "
        "out motion and composition and leaves noise that only the low-noise expert can resolve; "
        "the low-noise expert alone hardly moves. The low-noise expert at a low denoise is fine."
    ),
    help="Split the schedule: the high-noise expert down to sigma {boundary}, then the low-noise "
    "expert.",
    bad=portrait('all -> save("demo")', "pass all = wan22.high(steps = 4)"),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Wan-Video/Wan2.2, wan/configs: boundary",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every schedule from pure noise to none in one pass; later ones are for WAN703 to judge.

    The low-noise expert alone is in use for single pictures, which do not move: a note.
    """
    for passes in view.schedules:
        pass_ = passes[0]
        if (
            len(passes) > 1
            or pass_.noise is None
            or pass_.before is not None
            or pass_.boundary is None
        ):
            continue
        count = outside(pass_)
        if count == 0 or not from_pure_noise(pass_) or not to_the_end(pass_):
            continue
        picture = pass_.noise == "low" and pass_.latent.frames == 1
        yield MESSAGE.at(
            setting(pass_, "model"),
            severity=Severity.NOTE if picture else Severity.WARNING,
            who=f"{called(pass_)} runs",
            noise=pass_.noise,
            numbers=_numbers(pass_, count),
            boundary=level(pass_.boundary),
        )


def _numbers(pass_: Pass, count: int | None) -> str:
    if count is None or pass_.sigmas is None:
        return ""
    side = "at or above" if pass_.noise == "low" else "below"
    return (
        f": {count} of {len(pass_.sigmas) - 1} steps are {side} sigma "
        f"{level(pass_.boundary or 0)}, where it was not trained"
    )
