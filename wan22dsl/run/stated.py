"""Facts that a text states and no prompt holds, for a simulated server: it has no model to measure.

They travel under `_meta` of a node, where ComfyUI has the title and looks at nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.server.shapes import STATED

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph

_STATED = ("frames", "fps", "width", "height")


def with_facts(prompt: dict[str, Any], graph: Graph) -> dict[str, Any]:
    """The prompt with the frames, rate and size that are stated of its nodes."""
    found = dict(prompt)
    for node in graph.nodes.values():
        said = {name: getattr(node.stated, name) for name in _STATED}
        facts = {name: value for name, value in said.items() if value is not None}
        if facts and node.id in found:
            meta = {**found[node.id].get("_meta", {}), STATED: facts}
            found[node.id] = {**found[node.id], "_meta": meta}
    return found
