"""WAN663: a latent of WanVideoWrapper in a node of ComfyUI, or the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.record import COMFYUI
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.samplers import latent_of
from wan22dsl.graph.tracing import step_back
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

_GRAPH = """\
wan 1

graph demo {{
    let start = LoadImage(image = "start.png")
    let vae = WanVideoVAELoader(model_name = "Wan2_1_VAE_bf16.safetensors", precision = "bf16")
    let latent = WanVideoEncode(
        image = start.IMAGE
        vae = vae
        enable_vae_tiling = false
        tile_x = 272
        tile_y = 272
        tile_stride_x = 160
        tile_stride_y = 128
    )
    let core = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    let frames = VAEDecode(samples = {latent}, vae = core)
    SaveImage(images = frames, filename_prefix = "demo")
}}
"""
_SCALED = 'WanVideoLatentReScale(samples = latent, direction = "wrapper_to_comfy")'

MESSAGE = Message(
    code="WAN663",
    name="latent-of-other-scale",
    severity=Severity.WARNING,
    summary="A latent of WanVideoWrapper goes into a node of ComfyUI, or the other way round",
    text="{node} takes latents in the scale of {own}, and {source} gives one in that of {other}.",
    why=(
        "The two keep latents with another mean and spread in each channel. Nothing fails: the colours are "
        "wrong, and a sampler takes the noise level for another one."
    ),
    help="Put WanVideoLatentReScale between them, with `{direction}`.",
    bad=_GRAPH.format(latent="latent"),
    good=_GRAPH.format(latent=_SCALED),
    source="kijai/ComfyUI-WanVideoWrapper, nodes_utility.py, WanVideoLatentReScale",
)

_NAMES = {"wrapper": "WanVideoWrapper", "comfyui": "ComfyUI"}
_DIRECTIONS = {"wrapper": "comfy_to_wrapper", "comfyui": "wrapper_to_comfy"}

#: Longer ways than this are given up.
_LONGEST = 100


def check(view: View) -> Iterator[Diagnostic]:
    """Every sampler and decoder whose latent comes from one of the other kind, without a bridge."""
    for node in view.needed:
        own, link = _scale(node), _latent(node)
        if own is None or link is None:
            continue
        found = _behind(view, link)
        if found is None or found[0] == own:
            continue
        other, source = found
        name = next((name for name, value in node.inputs.items() if value == link), "samples")
        yield MESSAGE.at(
            place(node, name),
            related=[Label(source.span, "it comes from here")] if source.span else [],
            node=named(node),
            own=_NAMES[own],
            source=named(source),
            other=_NAMES[other],
            direction=_DIRECTIONS[own],
        )


def _scale(node: Node) -> str | None:
    """Whose latents a sampler, encoder or decoder gives and takes; None where that is not known."""
    record = record_of(node.class_name)
    if record.latents_of_wrapper or any(each.unscaled for each in record.samplers):
        return "wrapper"
    known = record.pack == COMFYUI and record.role in ("sampler", "encode", "decode")
    return "comfyui" if known else None


def _latent(node: Node) -> Link | None:
    role, samples = record_of(node.class_name).role, node.inputs.get("samples")
    if role == "decode":
        return samples if isinstance(samples, Link) else None
    return latent_of(node) if role == "sampler" else None


def _behind(view: View, link: Link) -> tuple[str, Node] | None:
    """The scale in which a latent arrives, and the node that decides it."""
    for _ in range(_LONGEST):
        node = view.graph.nodes.get(link.node)
        if node is None or view.class_of(node) is None:
            return None
        record = record_of(node.class_name)
        if record.rescales:
            to = {way: scale for scale, way in _DIRECTIONS.items()}
            scale = to.get(str(view.value(node, record.rescales)))
            return None if scale is None else (scale, node)
        own = _scale(node)
        if own is not None:
            return own, node
        before = None if record.latent else step_back(view.graph, link, "LATENT", view.facts)
        if before is None:
            return None
        link = before
    return None
