"""Fresh seeds, so that a repeated run is really run: ComfyUI keeps what nodes gave last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.passes.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.graph.model import Graph

_NAMES = ("noise_seed", "seed")
_LARGEST = 2**64


def raised(prompt: Mapping[str, Any], graph: Graph, by: int) -> dict[str, Any]:
    """The prompt with the seeds of all passes that add noise raised."""
    found = dict(prompt)
    if not by:
        return found
    for pass_ in recognise(graph, FactTable(graph)):
        if pass_.settings.add_noise is False:
            continue  # its seed changes nothing in the frames
        for id in {pass_.node.id, *_sources(graph, pass_.node.id)}:
            inputs = found[id]["inputs"]
            for name in _NAMES:
                value = prompt[id]["inputs"].get(name)
                if isinstance(value, int) and not isinstance(value, bool):
                    inputs = {**inputs, name: (value + by) % _LARGEST}
            found[id] = {**found[id], "inputs": inputs}
    return found


def _sources(graph: Graph, id: str) -> list[str]:
    """The nodes that bring a sampler its noise (RandomNoise) or its seed."""
    found = []
    for name, link in graph.nodes[id].links():
        node = graph.nodes.get(link.node)
        if node is not None and (name in {"noise", *_NAMES}):
            found.append(link.node)
    return found
