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
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN710",
    name="noise-lost",
    severity=Severity.WARNING,
    summary="A pass expects noise that the previous pass removed",
    text=(
        "{before} leaves no noise in its latent, and {after} adds none: it expects sigma "
        "{start}, and there is none at all."
    ),
    why=(
        "With `return_with_leftover_noise` off, the last step of a pass goes straight to a "
        "finished picture, however rough. A following pass that adds no noise takes that picture "
        "for a noisy one, and smooths it away."
    ),
    help=(
        "Let {before} keep its leftover noise. (Or let {after} add noise: that is a fresh start "
        "from a rough picture, coherent, and another video.)"
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
        span = setting(handoff.before, "leftover_noise")
        yield MESSAGE.at(
            span,
            related=also(handoff.after, "this pass expects noise"),
            fix=switched(span, on=True, who="the first pass keep its leftover noise"),
            before=called(handoff.before),
            after=called(handoff.after),
            start="above 0" if handoff.start is None else level(handoff.start),
        )
