"""Steps back along links: through nodes that only hand on, and to the video that frames come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import reading_of
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node


def switched(graph: Graph, link: Link, facts: FactTable) -> Link | None:
    """The link that an output gives as it is, of a reroute or a switch; None for others."""
    node = graph.nodes.get(link.node)
    if node is None:
        return None
    record = record_of(node.class_name)
    if record.hands_on is not None:
        reading = reading_of(node, link.slot, graph.class_of(node), facts.of)
        handed = record.hands_on(reading)
        return handed if isinstance(handed, Link) else None
    name = record.passes_on
    if name is not None:
        links = [item for input_, item in node.links() if not name or input_ == name]
        return links[0] if len(links) == 1 else None
    return _past_idle_loras(graph, node, link) if record.takes_anything and record.loras else None


def _past_idle_loras(graph: Graph, node: Node, link: Link) -> Link | None:
    """What a loader of LoRAs in rows hands on where none of them is on, and it is not a pass's alone.

    Without a text encoder, and with rows that are off, it says which LoRAs there are to be switched on.
    """
    node_class, linked = graph.class_of(node), dict(node.links())
    rows = [value for name, value in node.inputs.items() if name not in ("model", "clip")]
    if node_class is None or not 0 <= link.slot < len(node_class.outputs):
        return None
    if any(not isinstance(row, dict) or row.get("on", True) for row in rows):
        return None
    if rows and "clip" not in linked:
        return None
    return linked.get(
        {"MODEL": "model", "CLIP": "clip"}.get(node_class.outputs[link.slot].type, "")
    )


def step_back(graph: Graph, link: Link | None, kind: str, facts: FactTable) -> Link | None:
    """The first linked input of a type of the node behind a link; None where it begins.

    For an unknown class it is its only link; of a switch the link that it chooses, where that is known.
    """
    node = None if link is None else graph.nodes.get(link.node)
    if link is None or node is None:
        return None
    chosen = switched(graph, link, facts)
    if chosen is not None or record_of(node.class_name).hands_on is not None:
        return chosen
    linked, node_class = node.links(), graph.class_of(node)
    if node_class is None:
        return linked[0][1] if len(linked) == 1 else None
    types = {input_.name: input_.type for input_ in node_class.inputs} if linked else {}
    return next((item for name, item in linked if kind in types.get(name, "").split(",")), None)


#: What runs along links that is made of frames, and of sound.
FRAMES = frozenset({"IMAGE", "LATENT", "VIDEO", "MASK"})
SOUND = frozenset({"AUDIO", "VIDEO"})


def loader_behind(
    nodes: Mapping[str, Node],
    type_of: Callable[[Link], str | None],
    link: Link,
    types: frozenset[str] = FRAMES,
    known: dict[str, Node | None] | None = None,
) -> Node | None:
    """The node that loads the video which a link comes from; None where there is no video behind it.

    Of several videos the first is meant. What a sampler makes of a video still follows it. What is `known`
    is what was found from a node before, by its id, and is added to; for graphs without circles only.
    """
    known = {} if known is None else known
    waiting, seen = [link], dict[str, None]()
    found = None
    while waiting and found is None:
        node = nodes.get(waiting.pop().node)
        if node is None or node.id in seen:
            continue
        if node.id in known:
            found = known[node.id]
            continue
        seen[node.id] = None
        file = record_of(node.class_name).file
        if file is not None and file.kind == "video":
            found = node
            continue
        links = [source for _, source in node.links() if type_of(source) in types]
        waiting += reversed(links)
    if found is None:
        known.update(seen)
    elif link.node in seen:
        known[link.node] = found
    return found
