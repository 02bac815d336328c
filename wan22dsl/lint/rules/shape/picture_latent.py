"""WAN815: the latent of one picture where a video is to be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.wan import CONDITIONINGS
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import small
from wan22dsl.lint.rules.experts.wording import called
from wan22dsl.lint.rules.wiring.decoding import decoders
from wan22dsl.lint.rules.wording import counted, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

_VIDEO = 'SaveWEBM(images = frames, filename_prefix = "demo", fps = 24.0)'
_CHANGES = (('SaveImage(images = frames, filename_prefix = "demo")', _VIDEO),)
_EMPTY = "Wan22ImageToVideoLatent(vae = vae, width = 1280, height = 704, length = 121)"

MESSAGE = Message(
    code="WAN815",
    name="picture-latent",
    severity=Severity.WARNING,
    summary="A video is made from a latent for single pictures",
    text="{node} makes an empty latent for {pictures}, so {who} makes {stills} and no video.",
    why=(
        "Such a latent has no time dimension. ComfyUI silently gives it Wan's channels and a "
        "length of one frame; with a `batch_size` of 81 it makes 81 unrelated pictures."
    ),
    help="Use {instead}, with the `length` of the video.",
    bad=small((_EMPTY, "EmptyLatentImage(width = 1280, height = 704)"), *_CHANGES),
    good=small(*_CHANGES),
    source="Comfy-Org/ComfyUI, comfy/sample.py, fix_empty_latent_channels",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass of a Wan model over such a latent whose frames become a video."""
    seen = set()
    passes = {pass_.id: pass_ for pass_ in view.passes}
    for decoder, last in decoders(view):
        first = last
        while first.before in passes and first.handoff == "latent":
            first = passes[first.before]
        node = _empty(view, first)
        if node is None or node.id in seen or not _played(view, decoder):
            continue
        if first.model is None or first.model.family is None:
            continue
        seen.add(node.id)
        count = view.value(node, "batch_size")
        many = count if type(count) is int and count > 1 else 1
        yield MESSAGE.at(
            node.span,
            node=named(node),
            pictures="pictures" if many > 1 else "a picture",
            who=called(first),
            stills=f"{counted(many, 'single picture')}",
            instead=CONDITIONINGS["ti2v_5b" if first.model.family == "ti2v_5b" else "t2v_14b"][0],
        )


def _empty(view: View, pass_: Pass) -> Node | None:
    link = pass_.settings.latent
    node = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
    latent = None if node is None else record_of(node.class_name).latent
    return node if latent is not None and latent.one_picture else None


def _played(view: View, decoder: Node) -> bool:
    """Whether frames come into a node that makes a video of them."""
    waiting, seen = [decoder.id], {decoder.id}
    while waiting:
        for user, _, _ in view.graph.consumers.get(waiting.pop(), ()):
            if record_of(view.graph.nodes[user].class_name).player is not None:
                return True
            if user not in seen:
                seen.add(user)
                waiting.append(user)
    return False
