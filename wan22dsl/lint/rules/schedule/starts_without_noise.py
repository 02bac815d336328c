"""WAN714: a first pass that adds no noise to an empty latent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.latent_origins import encoder_of
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.schedule.following import forgotten
from wan22dsl.lint.rules.schedule.meeting import switched
from wan22dsl.lint.rules.schedule.starts_late import is_empty
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View
    from wan22dsl.source import Span

MESSAGE = Message(
    code="WAN714",
    name="starts-without-noise",
    severity=Severity.WARNING,
    summary="The first pass adds no noise to an empty latent",
    text=(
        "{who} is the first pass and adds no noise, and its latent is {what}: it has nothing to "
        "sample from{instead}."
    ),
    why=(
        "Sampling removes noise, step by step, until a picture is left. Without noise, an empty "
        "latent stays empty: a flat, dead picture with any seed. Only later passes of a split "
        "add none, since they get theirs from the pass before."
    ),
    help="{help}",
    bad=portrait('high -> wan22.low -> save("demo")', "pass high = wan22.high(add_noise = false)"),
    good=portrait('high -> wan22.low -> save("demo")', "pass high = wan22.high(add_noise = true)"),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass on an empty latent that is told to add no noise.

    A sampler of the wrapper takes a clean latent for the noise that it starts from, and gives it back.
    """
    for pass_ in view.passes:
        if _takes_picture_for_noise(view, pass_):
            yield MESSAGE.at(
                setting(pass_, "add_noise", "latent"),
                who=called(pass_),
                what="a clean video, taken for noise",
                instead=", and gives the video back",
                help="Set `add_noise_to_samples`, and start later or set `denoise_strength` below 1.",
            )
            continue
        if pass_.before is None and pass_.settings.add_noise is False and is_empty(view, pass_):
            first = forgotten(view, pass_) if pass_.settings.start else None
            span = setting(pass_, "latent" if first else "add_noise", "noise")
            yield MESSAGE.at(
                span,
                fix=None
                if first or _is_of_later(view, span)
                else switched(span, on=True, who="the first pass add noise"),
                who=called(pass_),
                what="empty",
                instead=f"; {named(first)} makes its start latent, and nothing uses that"
                if first
                else "",
                help=f"Link `latent_image` to {named(first)}."
                if first
                else f"Let {called(pass_)} add noise.",
            )


def _takes_picture_for_noise(view: View, pass_: Pass) -> bool:
    settings = pass_.settings
    if not settings.wrapper or pass_.before is not None or settings.add_noise is not False:
        return False
    if isinstance(pass_.node.inputs.get("flowedit_args"), Link):
        return False  # that adds the noise, in the versions that have it: WAN728
    return settings.start == 0 and encoder_of(view.graph, view.facts, settings) is not None


def _is_of_later(view: View, span: Span | None) -> bool:
    """Whether a setting is also that of a pass which takes over a latent, and with it the noise."""
    return any(
        pass_.before is not None and setting(pass_, "add_noise", "noise") == span
        for pass_ in view.passes
    )
