"""WAN656: a denoise below 1 over a latent in which there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.wan_latents import made_frames
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.handoffs import level
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.wording import named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN656",
    name="denoise-of-nothing",
    severity=Severity.WARNING,
    summary="A denoise below 1 is applied to an empty latent",
    text="{who} has denoise {denoise} on {what} latent of {node}: {effect}.",
    why=(
        "A denoise below 1 keeps a part of the latent. A conditioning node returns an empty one; "
        "its picture is in the conditioning, or in the first frame. So the pass starts from grey, "
        "with too little noise to make a video. From sigma 0.9 on it is a note: almost all is noise there, "
        "and only the first steps are missing."
    ),
    help=(
        "Continue from the latent of the previous pass, encode its frames (`encode_frames`, in "
        "ComfyUI VAEEncode), or write denoise 1."
    ),
    bad=portrait(
        'wan22.high -> wan22.low -> again -> save("demo")',
        'pass again = wan22.low(steps = 4, denoise = 0.3, handoff = "frames")',
    ),
    good=portrait(
        'wan22.high -> wan22.low -> again -> save("demo")',
        "pass again = wan22.low(steps = 4, denoise = 0.3)",
    ),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_wan.py: the latent is zeros; comfy/samplers.py; run",
)


#: From this level on the latent is little more than noise, so that grey in it hardly shows.
_ALMOST_NOISE = 0.9


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass of a low denoise that takes its latent from where it is made."""
    for pass_ in view.passes:
        denoise = pass_.settings.denoise
        if denoise is None or not 0 < denoise < 1:
            continue
        link = pass_.settings.latent
        node = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        if node is None or not (_is_empty(node) or _holds_less(view, node)):
            continue
        yield MESSAGE.at(
            setting(pass_, "denoise"),
            severity=Severity.NOTE if _is_almost_noise(pass_) else None,
            who=called(pass_),
            denoise=number(denoise),
            node=named(node),
            what="the empty" if _is_empty(node) else "the nearly empty",
            effect=_effect(pass_),
        )


def _is_empty(node: Node) -> bool:
    """Whether a node makes a latent of zeros. That of the 5B model has the picture in it."""
    latent = record_of(node.class_name).latent
    if latent is None or latent.one_picture:
        return False
    return latent.holds is None or not isinstance(node.inputs.get(latent.holds), Link)


def _holds_less(view: View, node: Node) -> bool:
    """Whether the latent of a video has a picture for its first frame only, and zeros behind it."""
    latent = record_of(node.class_name).latent
    if latent is None or latent.one_picture or latent.holds is None:
        return False
    held, length = view.facts_of(node, latent.holds).frames, view.value(node, latent.length)
    return held is not None and isinstance(length, int) and made_frames(length) > max(held, 4)


def _is_almost_noise(pass_: Pass) -> bool:
    return pass_.sigmas is not None and _ALMOST_NOISE <= max(pass_.sigmas[:1], default=1) < 1


def _effect(pass_: Pass) -> str:
    if not pass_.sigmas or pass_.sigmas[0] >= 1:
        return "it starts from grey instead of from noise"
    if _is_almost_noise(pass_):
        return f"it starts at sigma {level(pass_.sigmas[0])}, and skips the steps above"
    return f"it starts at sigma {level(pass_.sigmas[0])}, from grey with a little noise"
