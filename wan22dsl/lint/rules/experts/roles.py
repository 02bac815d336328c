"""Which expert is where: what several rules must agree on, so that one mistake is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.passes.handoffs import pairs
from wan22dsl.lint.rules.experts.wording import outside

if TYPE_CHECKING:
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

#: The families of which it is known what they take; those in one set can follow each other.
_TOGETHER = (
    frozenset({"i2v_14b", "fun_inpaint_14b"}),
    frozenset({"t2v_14b"}),
    frozenset({"fun_control_14b"}),
    frozenset({"fun_camera_14b"}),
    frozenset({"ti2v_5b"}),
)


def swapped(view: View) -> list[tuple[Pass, Pass]]:
    """Every hand-off of a split from the low-noise to the high-noise expert."""
    return [
        (first, second)
        for passes in view.schedules
        for first, second in pairs(passes)
        if first.noise == "low" and second.noise == "high"
    ]


def doubled(view: View) -> list[list[Pass]]:
    """Every split from pure noise to none in which all passes run the same expert."""
    return [
        passes
        for passes in view.schedules
        if len(passes) > 1
        and from_pure_noise(passes[0])
        and to_the_end(passes[-1])
        and passes[0].noise is not None
        and passes[0].boundary is not None
        and all(pass_.noise == passes[0].noise for pass_ in passes)
        and any(outside(pass_) != 0 for pass_ in passes)
    ]


def mixed(view: View) -> list[tuple[Pass, Pass]]:
    """Every hand-off of a split between models of families that do not go together."""
    return [
        (first, second)
        for passes in view.schedules
        for first, second in pairs(passes)
        if not _go_together(family(first), family(second))
    ]


def family(pass_: Pass) -> str | None:
    """The family of the model of a pass."""
    return None if pass_.model is None else pass_.model.family


def _go_together(first: str | None, second: str | None) -> bool:
    known = [each for each in _TOGETHER if first in each or second in each]
    return len(known) < 2


def told_by_role(view: View) -> dict[str, str]:
    """For each pass whose expert is in the wrong place: which one belongs there, "high" or "low".

    What hangs on such a pass is judged by its place: the LoRA of the missing expert is right there.
    """
    found = {}
    for first, second in swapped(view):
        found[first.id], found[second.id] = "high", "low"
    for passes in doubled(view):
        followed = {pass_.before for pass_ in passes}
        found[passes[0].id] = "high"
        found.update({pass_.id: "low" for pass_ in passes if pass_.id not in followed})
    return found


def from_pure_noise(pass_: Pass) -> bool:
    """Whether a pass begins with nothing but noise."""
    settings = pass_.settings
    if settings.part:
        return settings.denoise == 1.0
    return settings.start == 0 and settings.denoise == 1.0 and settings.add_noise is True


def to_the_end(pass_: Pass) -> bool:
    """Whether a pass goes to the end of its schedule."""
    settings = pass_.settings
    return bool(settings.part) or (settings.steps is not None and settings.end == settings.steps)
