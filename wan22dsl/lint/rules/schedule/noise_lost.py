"""WAN710: noise that is gone before the pass that needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.handoffs import level
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.schedule.handoff import handoffs
from wan22dsl.lint.rules.schedule.meeting import switched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.handoffs import Handoff
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN710",
    name="noise-lost",
    severity=Severity.WARNING,
    summary="A pass expects noise that the previous pass removed",
    text="{what}: it expects sigma {start}, and there is none at all.",
    why=(
        "With `return_with_leftover_noise` off, the last step of a pass goes straight to a "
        "finished picture, however rough; the second output of SamplerCustom gives such a picture "
        "too. A following pass that adds no noise takes it for a noisy one, and smooths it away."
    ),
    help=(
        "{keep} (Or let {after} add noise: that is a fresh start from a rough picture, coherent, "
        "and another video.)"
    ),
    bad=portrait(
        'high -> wan22.low -> save("demo")', "pass high = wan22.high(leftover_noise = false)"
    ),
    good=portrait(
        'high -> wan22.low -> save("demo")', "pass high = wan22.high(leftover_noise = true)"
    ),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every hand-off in which the noise is neither left nor added."""
    for handoff in handoffs(view, "lost"):
        if handoff.after.takes_denoised:
            yield _denoised_taken(handoff)
            continue
        span, before = setting(handoff.before, "leftover_noise"), called(handoff.before)
        yield MESSAGE.at(
            span,
            related=also(handoff.after, "this pass expects noise"),
            fix=switched(span, on=True, who="the first pass keep its leftover noise"),
            what=f"{before} leaves no noise in its latent, and {called(handoff.after)} adds none",
            keep=f"Let {before} keep its leftover noise.",
            after=called(handoff.after),
            start="above 0" if handoff.start is None else level(handoff.start),
        )


def _denoised_taken(handoff: Handoff) -> Diagnostic:
    """The output with the clean picture is linked in place of the one with the noise that is left."""
    before, after = called(handoff.before), called(handoff.after)
    return MESSAGE.at(
        setting(handoff.after, "latent"),
        related=also(handoff.before, "this pass comes before it"),
        what=f"{after} takes the clean picture of {before}, and adds no noise",
        keep=f"Link the first output of {before}.",
        after=after,
        start="above 0" if handoff.start is None else level(handoff.start),
    )
