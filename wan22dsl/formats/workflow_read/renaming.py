"""The ids that nodes had in the graph from which a workflow was drawn."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.graph.model import Node


def renamed(nodes: dict[str, Node], names: Mapping[str, str]) -> dict[str, Node]:
    """The nodes under their `names`, as far as no two would be called the same.

    A node that was copied in the editor has the name of the first one; neither of them gets it then.
    """
    if not names:
        return nodes
    taken = Counter(names.get(id, id) for id in nodes)
    once = {id: name for id, name in names.items() if taken[name] == 1}
    found: dict[str, Node] = {}
    for id, node in nodes.items():
        node.id = once.get(id, id)
        if node.title == node.id:
            node.title = ""  # the name is all that it was called by
        for name, link in node.links():
            if link.node in once:
                node.inputs[name] = Link(once[link.node], link.slot)
        found[node.id] = node
    return found
