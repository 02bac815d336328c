"""WAN703: a pass that starts again from pure noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.low_before_high import refines_low
from wan22dsl.lint.rules.experts.wording import called, outside, setting, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN703",
    name="starts-again",
    severity=Severity.WARNING,
    summary="A pass starts again from pure noise after another pass",
    text="{who} starts again from pure noise after {before}: {effect}.",
    why=(
        "A whole schedule starts at sigma 1, where the latent is pure noise. The result of the "
        "previous pass is not refined but replaced."
    ),
    help="{help}",
    bad=portrait(
        'wan22.high -> wan22.low -> again -> save("demo")', "pass again = wan22.low(steps = 4)"
    ),
    good=portrait(
        'wan22.high -> wan22.low -> again -> save("demo")',
        "pass again = wan22.low(steps = 4, denoise = 0.3)",
    ),
    source="Comfy-Org/ComfyUI, comfy/model_sampling.py, CONST.noise_scaling; Wan-Video/Wan2.2: "
    "boundary",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every whole schedule behind another pass."""
    by_id = {pass_.id: pass_ for pass_ in view.passes}
    for pass_ in view.passes:
        before = by_id.get(pass_.before) if pass_.before is not None else None
        if (
            before is None
            or refines_low(before, pass_)
            or not (pass_.whole or _from_the_top(pass_))
            or pass_.settings.add_noise is not True
            or _masked(view, pass_, before)
        ):
            continue
        told = _frames(pass_) if pass_.handoff == "frames" else _lost(before)
        if told is not None:
            span = before.node.span
            yield MESSAGE.at(
                setting(pass_, "steps", "denoise"),
                related=[Label(span, "this pass comes before it")] if span is not None else [],
                who=called(pass_),
                before=called(before),
                effect=told[0],
                help=told[1].format(who=called(pass_), before=called(before)),
            )


def _masked(view: View, pass_: Pass, before: Pass) -> bool:
    """Whether a mask says which part of the latent is sampled again: the rest of it stays."""
    link, seen = pass_.settings.latent, {before.node.id}
    while isinstance(link, Link) and link.node in view.graph.nodes and link.node not in seen:
        seen.add(link.node)
        types = [(view.type_of(each), each) for _, each in view.graph.nodes[link.node].links()]
        if any(kind == "MASK" for kind, _ in types):
            return True
        link = next((each for kind, each in types if kind == "LATENT"), None)
    return False


def _from_the_top(pass_: Pass) -> bool:
    """Whether it takes a latent and begins at pure noise, wherever it ends."""
    sigmas = pass_.sigmas
    return pass_.handoff == "latent" and bool(sigmas) and sigmas is not None and sigmas[0] >= 1


def _frames(pass_: Pass) -> tuple[str, str] | None:
    """A refinement by frames; where the expert is not known, there is nothing against it."""
    if pass_.noise is None or outside(pass_) == 0:
        return None
    steps = pass_.settings.steps
    text = (
        where(pass_)
        or f"it runs all {steps} steps of its own schedule on the {pass_.noise}-noise expert"
    )
    return text, "Split one schedule between the passes, or give {who} a `denoise` below 1."


def _lost(before: Pass) -> tuple[str, str]:
    effect = f"at denoise 1 nothing is left of the result of {called(before)}"
    return effect, "Give {who} a `denoise` below 1, or let it continue the schedule of {before}."
