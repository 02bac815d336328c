"""What a pass takes over from a video: its rate, and why that, its size or its length may not be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph import video_sources
from wan22dsl.graph.known.loaded import LOADERS
from wan22dsl.graph.known.media import INSTALL, is_readable

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.model import Link, Node


def loader_behind(b: Builder, link: Link) -> Node | None:
    """The node that loads the video which frames or a latent come from; None where they are made."""
    return video_sources.loader_behind(b.nodes, lambda one: b.wire(*one).type, link)


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
