"""WAN604: one expert for a whole schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.rules.experts.wording import called, level, outside, place
from wan22dsl.rules.wording import several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes import Pass
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN604",
    name="one-expert-alone",
    severity=Severity.WARNING,
    text="{who} the whole schedule on the {noise}-noise expert{numbers}.",
    why="Each expert was trained on its part of the schedule only. The high-noise expert lays out "
    "motion and composition and leaves noise that only the low-noise expert can resolve; the "
    "low-noise expert alone hardly moves. The low-noise expert at a low denoise is another "
    "matter, and fine.",
    mend="Split the schedule: the high-noise expert down to sigma {boundary}, then the low-noise "
    "expert.",
    bad="""\
wan 1
use wan22

pass all = wan22.high(steps = 4)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = all -> save("demo")
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
    """Every schedule from pure noise to none on one expert; later ones are for WAN703 to judge."""
    for passes in view.schedules:
        first, last = passes[0], passes[-1]
        noise = first.noise
        if noise is None or first.before is not None or any(one.noise != noise for one in passes):
            continue
        if first.boundary is None or not _from_pure_noise(first) or not _to_the_end(last):
            continue
        counts = [outside(one) for one in passes]
        if all(count == 0 for count in counts):
            continue
        names = several(called(one) for one in passes)
        yield MESSAGE.at(
            place(first.node, "model"),
            who=f"{names} {'runs' if len(passes) == 1 else 'run'}",
            noise=noise,
            numbers=_numbers(passes, counts),
            boundary=level(first.boundary),
        )


def _from_pure_noise(one: Pass) -> bool:
    settings = one.settings
    return settings.start == 0 and settings.denoise == 1.0 and settings.add_noise is True


def _to_the_end(one: Pass) -> bool:
    return one.settings.steps is not None and one.settings.end == one.settings.steps


def _numbers(passes: list[Pass], counts: list[int | None]) -> str:
    steps = [len(one.sigmas or ()) - 1 for one in passes]
    known = [count for count in counts if count is not None]
    if len(known) < len(counts):
        return ""
    side = "at or above" if passes[0].noise == "low" else "below"
    return (
        f": {sum(known)} of {sum(steps)} steps lie {side} sigma {level(passes[0].boundary or 0)}, "
        "where it was not trained"
    )
