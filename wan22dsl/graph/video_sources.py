"""Which loaded video frames or sound come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.known.loaded import LOADERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.graph.model import Link, Node

#: What runs along links that is made of frames, and of sound.
FRAMES = frozenset({"IMAGE", "LATENT", "VIDEO", "MASK"})
SOUND = frozenset({"AUDIO", "VIDEO"})


def loader_behind(
    nodes: Mapping[str, Node],
    type_of: Callable[[Link], str | None],
    link: Link,
    types: frozenset[str] = FRAMES,
) -> Node | None:
    """The node that loads the video which a link comes from; None where there is no video behind it.

    Of several videos the first is meant. What a sampler makes of a video still follows it.
    """
    waiting, seen = [link], set[str]()
    while waiting:
        node = nodes.get(waiting.pop().node)
        if node is None or node.id in seen:
            continue
        seen.add(node.id)
        if node.class_name in LOADERS:
            return node
        links = [one for _, one in node.links() if type_of(one) in types]
        waiting += reversed(links)
    return None
