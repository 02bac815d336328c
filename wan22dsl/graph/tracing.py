"""Steps back along links: through nodes that only hand on, and to the video that frames come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node


def switched(node: Node, facts: FactTable) -> Link | None:
    """What a node hands on as it is: a reroute, or the chosen side of a switch; None for others."""
    record = record_of(node.class_name)
    if record.switches:
        value = node.inputs.get("switch")
        chosen = facts.of(value).value if isinstance(value, Link) else value
        if isinstance(chosen, bool):
            side = node.inputs.get("on_true" if chosen else "on_false")
            return side if isinstance(side, Link) else None
        return None
    name = record.passes_on
    if name is not None:
        links = [link for item, link in node.links() if not name or item == name]
        return links[0] if len(links) == 1 else None
    return None


def step_back(graph: Graph, node: Node, kind: str, facts: FactTable) -> Link | None:
    """The first linked input of a type; for an unknown class, its only link; None where it begins."""
    chosen = switched(node, facts)
    if chosen is not None:
        return chosen
    linked, node_class = node.links(), graph.class_of(node)
    if node_class is None:
        return linked[0][1] if len(linked) == 1 else None
    types = {input_.name: input_.type for input_ in node_class.inputs} if linked else {}
    return next((link for name, link in linked if kind in types.get(name, "").split(",")), None)


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
