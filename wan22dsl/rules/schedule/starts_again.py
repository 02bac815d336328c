"""WAN703: a pass that starts again from pure noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.rules.experts.low_before_high import refines_low
from wan22dsl.rules.experts.wording import called, outside, place, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes import Pass
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN703",
    name="starts-again",
    severity=Severity.WARNING,
    summary="A pass starts again from pure noise after another pass",
    text="{who} starts again from pure noise after {before}: {effect}.",
    why="A whole schedule begins at sigma 1, where the latent is all noise. What the pass before "
    "made is not refined but made anew, with its frames as a picture to go by, or with "
    "nothing of it at all.",
    mend="{mend}",
    bad="""\
wan 1
use wan22

pass again = wan22.low(steps = 4)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> again -> save("demo")
}
""",
    good="""\
wan 1
use wan22

pass again = wan22.low(steps = 4, denoise = 0.3)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> again -> save("demo")
}
""",
    source="Comfy-Org/ComfyUI, comfy/model_sampling.py, CONST.noise_scaling; Wan-Video/Wan2.2: "
    "boundary",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every whole schedule behind another pass."""
    by_id = {one.id: one for one in view.passes}
    for one in view.passes:
        before = by_id.get(one.before) if one.before is not None else None
        if (
            before is None
            or refines_low(before, one)
            or not (one.whole or _from_the_top(one))
            or one.settings.add_noise is not True
        ):
            continue
        told = _frames(one) if one.handoff == "frames" else _lost(before)
        if told is not None:
            span = before.node.span
            yield MESSAGE.at(
                place(one.settings.holder or one.node, "steps", "denoise"),
                related=[Label(span, "this pass comes before it")] if span is not None else [],
                who=called(one),
                before=called(before),
                effect=told[0],
                mend=told[1].format(who=called(one), before=called(before)),
            )


def _from_the_top(one: Pass) -> bool:
    """Whether it takes a latent and begins at pure noise, wherever it ends."""
    sigmas = one.sigmas
    return one.handoff == "latent" and bool(sigmas) and sigmas is not None and sigmas[0] >= 1


def _frames(one: Pass) -> tuple[str, str] | None:
    """A refinement by frames; where the expert is not known, there is nothing against it."""
    if one.noise is None or outside(one) == 0:
        return None
    steps = one.settings.steps
    text = (
        where(one)
        or f"it runs all {steps} steps of its own schedule on the {one.noise}-noise expert"
    )
    return text, "Split one schedule between the passes, or give {who} a `denoise` below 1."


def _lost(before: Pass) -> tuple[str, str]:
    effect = f"at denoise 1 nothing is left of what {called(before)} made"
    return effect, "Give {who} a `denoise` below 1, or let it go on with the schedule of {before}."
