"""WAN705: passes of a split that do not agree on the noise between them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.rules.experts.wording import called, level, place
from wan22dsl.rules.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes import Pass
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN705",
    name="noise-mismatch",
    severity=Severity.WARNING,
    text="{who} goes on with the latent of {before}, but {what}.",
    why="A pass takes for granted how much noise is in the latent that it gets: that of its own "
    "first step. With less, the frames come out smooth and flat; with more, noisy. Two passes "
    "hand over exactly when they have the same schedule, shift and steps, and the one ends "
    "where the other starts; or when the first leaves no noise and the second adds its own.",
    mend="{mend}",
    bad="""\
wan 1
use wan22

pass low = wan22.low(shift = 8.0)

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

pass low = wan22.low(shift = 5.0)

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> low -> save("demo")
}
""",
    source="Comfy-Org/ComfyUI, comfy/model_sampling.py, CONST; run",
)

#: Less than this share of noise too much or too little is left unsaid.
_TOLERANCE = 0.02


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-over of a latent within a schedule."""
    for passes in view.schedules:
        for before, one in pairwise(passes):
            told = _mismatch(before, one)
            if told is None:
                continue
            span = before.node.span
            yield MESSAGE.at(
                place(one.node, told[2]),
                related=[Label(span, "this pass comes before it")] if span is not None else [],
                who=called(one),
                before=called(before),
                what=told[0],
                mend=told[1],
            )


def _mismatch(before: Pass, one: Pass) -> tuple[str, str, str] | None:
    """What does not agree, what to do, and the input where it stands."""
    left, adds = before.settings.leftover_noise, one.settings.add_noise
    if left is None or adds is None:
        return None
    if left and adds:
        what = f"{called(before)} leaves its noise in it, and {called(one)} adds noise on top"
        return what, f"Let {called(one)} add no noise.", "add_noise"
    start = _first(one)
    if not left and not adds:
        if start is None or start < 1e-6 or before.settings.end is None:
            return None
        what = f"there is no noise in it, where {called(one)} expects sigma {level(start)}"
        return what, f"Let {called(before)} keep its leftover noise.", "add_noise"
    return _amount(before, one, start) if left else None


def _first(one: Pass) -> float | None:
    return None if not one.sigmas else one.sigmas[0]


def _amount(before: Pass, one: Pass, start: float | None) -> tuple[str, str, str] | None:
    """The noise that is left against the noise that is expected."""
    end = None if not before.sigmas else before.sigmas[-1]
    if start is None or end is None or not 0 < start < 1 or end >= 1:
        return None
    factor = end * (1 - start) / ((1 - end) * start)
    if abs(factor - 1) <= _TOLERANCE:
        return None
    share = f"{number(round(100 * abs(factor - 1), 1))} % too {'much' if factor > 1 else 'little'} noise"
    if factor > 3:
        share = f"{number(round(factor, 1))} times the noise that it expects"
    what = f"it ends at sigma {level(end)} and {called(one)} starts at {level(start)}: {share}"
    return what, "Give both the same shift, scheduler and steps.", "start_at_step"
