"""WAN711: noise that is added to a latent that still has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.handoffs import level, share
from wan22dsl.graph.passes.recognition import goes_on
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.schedule.handoff import handoffs
from wan22dsl.lint.rules.schedule.meeting import switched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN711",
    name="noise-twice",
    severity=Severity.WARNING,
    summary="A pass adds noise to a latent that still has noise",
    text="{before} leaves its noise in the latent, and {after} adds noise on top{numbers}.",
    why=(
        "The second pass expects the noise of its first step, and gets that of the first pass in "
        "addition. It cannot remove both: the frames stay noisy."
    ),
    help="Let {after} add no noise. (Or let {before} leave none: then the new noise is right.)",
    bad=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(add_noise = true)"),
    good=portrait('wan22.high -> low -> save("demo")', "pass low = wan22.low(add_noise = false)"),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off in which noise is left and added."""
    for handoff in handoffs(view, "twice"):
        span = setting(handoff.after, "add_noise", "noise")
        known = handoff.factor is not None and handoff.start is not None
        yield MESSAGE.at(
            span,
            related=also(handoff.before, "this pass leaves its noise"),
            fix=None
            if span == setting(handoff.before, "add_noise", "noise")  # one setting for both
            else switched(span, on=False, who="the second pass add no noise"),
            before=called(handoff.before),
            after=called(handoff.after),
            numbers=f": at sigma {level(handoff.start or 0)} that is {share(handoff.factor or 0)}"
            if known
            else "",
        )
    yield from _on_top(view)


def _on_top(view: View) -> Iterator[Diagnostic]:
    """Every pass with a denoise below 1, so with noise of its own, on a latent that noise was left in."""
    by_id = {pass_.id: pass_ for pass_ in view.passes}
    for pass_ in view.passes:
        before = by_id.get(pass_.before or "")
        denoise = pass_.settings.denoise
        if before is None or pass_.handoff != "latent" or goes_on(pass_):
            continue
        if denoise is None or not 0 < denoise < 1 or not before.settings.leftover_noise:
            continue
        if not before.sigmas or before.sigmas[-1] <= 0:
            continue
        yield MESSAGE.at(
            setting(pass_, "denoise"),
            related=also(before, "this pass leaves its noise"),
            before=called(before),
            after=called(pass_),
            numbers=f": noise of sigma {level(before.sigmas[-1])} is in the latent already",
        )
