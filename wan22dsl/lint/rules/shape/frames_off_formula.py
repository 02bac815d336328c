"""WAN801: a length that is not 4k + 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import RATES_FPS
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.wan_latents import made_frames
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import counted, named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN801",
    name="frames-off-formula",
    severity=Severity.WARNING,
    summary="A number of frames is not 4k + 1",
    text="{node} is set to {asked} and makes {made}.",
    why=(
        "After the first frame, Wan's VAE encodes groups of four, so a clip has 4k + 1 frames: "
        "77, 81, 85. ComfyUI accepts any number and silently drops the rest; its editor rounds "
        "it."
    ),
    help="Use {lower} or {upper}.",
    bad=portrait('wan22.high -> wan22.low -> save("demo")', length="80f"),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_wan.py: ((length - 1) // 4) + 1; run: 80 makes 77",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every node that makes the latent of a Wan video, where its length is known."""
    for node in view.needed:
        latent = record_of(node.class_name).latent
        if latent is None or latent.one_picture:
            continue
        length = view.value(node, latent.length)
        if type(length) is not int or length < 1 or made_frames(length) == length:
            continue
        made = made_frames(length)
        fps = _rate_fps(view, node)
        span = place(node, latent.length)
        nearest = made if length - made < 2 else made + 4
        yield MESSAGE.at(
            span,
            fix=in_place(span, str(length), str(nearest)),
            node=named(node),
            asked=counted(length, "frame"),
            made=made,
            lower=_seconds(made, fps),
            upper=_seconds(made + 4, fps),
        )


def _rate_fps(view: View, node: Node) -> float:
    """The rate that is stated or that of the video that is followed, else the model's, else the class's."""
    shape = record_of(node.class_name).latent
    of_class = 16.0 if shape is None or shape.fps is None else shape.fps
    stated = node.stated.fps
    if stated is None and shape is not None:
        stated = view.facts.of(Link(node.id, shape.slot)).fps
    if stated is not None and stated != of_class:
        return stated
    models = [
        pass_.model
        for pass_ in view.passes
        if pass_.model is not None
        and pass_.conditioning is not None
        and pass_.conditioning.id == node.id
    ]
    rates = {RATES_FPS.get(model.family or "") for model in models}
    return (rates.pop() if len(rates) == 1 else None) or of_class


def _seconds(frames: int, fps: float) -> str:
    return f"{frames} ({number(round((frames - 1) / fps, 2))} s at {number(fps)} fps)"
