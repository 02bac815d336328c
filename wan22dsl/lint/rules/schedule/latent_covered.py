"""WAN729: a video that is encoded, and nothing of which is left under the noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.latent_origins import encoder_of, is_masked
from wan22dsl.graph.tracing import FRAMES, loader_behind
from wan22dsl.lint.rules.example import SMALL, changed
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

_ENCODED = changed(
    SMALL,
    (
        "let latent = Wan22ImageToVideoLatent(vae = vae, width = 1280, height = 704, length = 121)",
        (
            'let clip_of = GetVideoComponents(video = LoadVideo(file = "clip.mp4"))\n'
            "    let latent = VAEEncode(pixels = clip_of.images, vae = vae)"
        ),
    ),
)

MESSAGE = Message(
    code="WAN729",
    name="latent-covered",
    severity=Severity.WARNING,
    summary="A video is encoded for a pass that starts from pure noise",
    text="{who} starts at sigma 1, so nothing is left of {video}: only its size and length count.",
    why=(
        "A pass keeps as much of its latent as its first sigma leaves: at a denoise of 1 nothing. For video "
        "to video the denoise is below 1, or the pass starts at a later step."
    ),
    help="Set a denoise below 1, or start at a later step.",
    bad=_ENCODED,
    good=changed(_ENCODED, ("denoise = 1.0", "denoise = 0.5")),
    source="Comfy-Org/ComfyUI, comfy/model_sampling.py, CONST.noise_scaling; "
    "kijai/ComfyUI-WanVideoWrapper, nodes_sampler.py; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every first pass that covers the frames of a video with noise."""
    for pass_ in view.passes:
        settings = pass_.settings
        if pass_.before is not None or settings.add_noise is not True or not pass_.sigmas:
            continue
        if pass_.sigmas[0] < 0.999:
            continue
        encoder = encoder_of(view.graph, view.facts, settings)
        if encoder is not None and is_masked(view.graph, view.facts, settings):
            continue  # outside of the mask the video stays
        frames = () if encoder is None else encoder.links()
        pixels = next((link for _, link in frames if view.type_of(link) in FRAMES), None)
        video = None if pixels is None else loader_behind(view.graph.nodes, view.type_of, pixels)
        if video is not None:
            yield MESSAGE.at(
                setting(pass_, "denoise", "start", "steps"),
                who=called(pass_),
                video=f"the video of {named(video)}",
            )
