"""What a pass takes over from a video: its rate, and why that, its size or its length may not be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.media import INSTALL, is_readable, look_into
from wan22dsl.graph import tracing

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.model import Link, Node


def loader_behind(b: Builder, link: Link) -> Node | None:
    """The node that loads the video which frames or a latent come from; None where they are made."""
    return tracing.loader_behind(
        b.nodes, lambda source: b.wire(*source).type, link, known=b.videos_behind
    )


def why_unknown(b: Builder, link: Link, fact: str = "") -> str:
    """How a fact of the frames of a video would be known; empty where nothing can be done, or is no video."""
    loader = loader_behind(b, link)
    if loader is None:
        return "" if fact == "fps" else _of_latent(b, link)
    loads = record_of(loader.class_name).file
    name = "" if loads is None else loads.input
    written = loader.inputs.get(name)
    own = loader.own_files.get(name)
    if own is None:
        return f"put `{written}` next to the .wan file" if isinstance(written, str) else ""
    if not is_readable(own.file):
        return f"install what reads `{own.written}`: `{INSTALL}`"
    problem = look_into(own.file).problem
    return f"replace `{own.written}`, which is not a readable video: {problem}" if problem else ""


def _of_latent(b: Builder, link: Link) -> str:
    """The same for a latent that was saved before, whose file has no rate."""
    waiting, seen = [link.node], set[str]()
    while waiting:
        node = b.nodes.get(waiting.pop())
        if node is None or node.id in seen:
            continue
        seen.add(node.id)
        loaded = record_of(node.class_name).file
        name = "" if loaded is None or loaded.kind != "latent" else loaded.input
        written = node.inputs.get(name)
        if isinstance(written, str):
            return "" if name in node.own_files else f"put `{written}` next to the .wan file"
        links = [source for _, source in node.links()]
        waiting += [source.node for source in links if b.wire(*source).type in ("LATENT", "IMAGE")]
    return ""
