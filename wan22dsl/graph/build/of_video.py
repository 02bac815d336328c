"""What a pass takes over from a video: its rate, and why that, its size or its length may not be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.known.loaded import LOADERS
from wan22dsl.graph.known.media import INSTALL, is_readable

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.model import Link, Node

#: What runs along links that is made of frames.
_FRAMES = frozenset({"IMAGE", "LATENT", "VIDEO", "MASK"})


def loader_behind(b: Builder, link: Link) -> Node | None:
    """The node that loads the video which frames or a latent come from; None where they are made.

    Of several videos the first is meant. What a sampler makes of a video still follows it.
    """
    waiting, seen = [link], set[str]()
    while waiting:
        node = b.nodes.get(waiting.pop().node)
        if node is None or node.id in seen:
            continue
        seen.add(node.id)
        if node.class_name in LOADERS:
            return node
        links = [one for _, one in node.links() if b.wire(*one).type in _FRAMES]
        waiting += reversed(links)
    return None


def why_unknown(b: Builder, link: Link) -> str:
    """How a fact of the frames of a video would be known; empty where nothing can be done, or is no video."""
    loader = loader_behind(b, link)
    if loader is None:
        return ""
    name = LOADERS[loader.class_name]
    written = loader.inputs.get(name)
    own = loader.own_files.get(name)
    if own is None:
        return f"put `{written}` next to the .wan file" if isinstance(written, str) else ""
    if not is_readable(own.file):
        return f"install what reads `{own.written}`: `{INSTALL}`"
    return ""
