"""What is saved or shown, and the way of the frames there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.analysis.model import Output, Step
from wan22dsl.graph.analysis.passes import called
from wan22dsl.graph.analysis.starts import file_of
from wan22dsl.graph.model import NOTHING_KNOWN, Link
from wan22dsl.graph.passes.samplers import latent_of
from wan22dsl.graph.tracing import step_back

if TYPE_CHECKING:
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Facts, Graph, Node
    from wan22dsl.graph.passes.recognition import Pass

#: Longer ways than this are given up.
_LONGEST = 500

#: What is followed back, in this order: a video is made of frames, and these of a latent.
_FRAMES = ("VIDEO", "IMAGE", "LATENT")


def outputs_of(graph: Graph, facts: FactTable, passes: list[Pass]) -> tuple[Output, ...]:
    """Every node that saves or shows frames, in the order of the graph."""
    last = {pass_.node.id: pass_.id for pass_ in passes}
    found = []
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        if node_class is not None and node_class.is_output:
            link = _frames_before(graph, facts, node)
            if link is not None:
                found.append(_output(graph, facts, node, link, last))
    return tuple(found)


def _output(
    graph: Graph, facts: FactTable, node: Node, link: Link, samplers: dict[str, str]
) -> Output:
    way = list(_way(graph, facts, link))
    saved = facts.saved(node)
    known = facts.of(link) if saved is None else saved
    fps = known.fps or (_rate(node, facts) if saved is None else None)
    start = graph.nodes[way[-1].node] if way and way[-1].node in graph.nodes else None
    from_pass = samplers.get(start.id) if start is not None else None
    return Output(
        node=node.id,
        class_name=node.class_name,
        file=_text(facts, node, "filename_prefix"),
        format=_text(facts, node, "format"),
        from_pass=from_pass,
        from_file=file_of(facts, start) if start is not None and from_pass is None else None,
        steps=tuple(_step(graph, facts, this_link) for this_link in reversed(way)),
        frames=known.frames,
        fps=fps,
        width_px=known.width,
        height_px=known.height,
        duration_s=known.frames / fps if known.frames and fps else None,
    )


def _way(graph: Graph, facts: FactTable, link: Link) -> list[Link]:
    """The links from the last one back to the sampler or the loader; of frames that are joined, the first."""
    found: list[Link] = []
    current: Link | None = link
    while current is not None and len(found) < _LONGEST and current not in found:
        found.append(current)
        node = graph.nodes.get(current.node)
        if node is None or latent_of(node) is not None:
            break
        current = _frames_before(graph, facts, node)
    return found


def _frames_before(graph: Graph, facts: FactTable, node: Node) -> Link | None:
    """The frames that a node takes: as a video, as pictures, or as a latent."""
    for kind in _FRAMES:
        link = step_back(graph, node, kind, facts)
        if link is not None:
            return link
    return None


def _step(graph: Graph, facts: FactTable, link: Link) -> Step:
    node = graph.nodes.get(link.node)
    known: Facts = facts.of(link) if node is not None else NOTHING_KNOWN
    times = None
    if node is not None and record_of(node.class_name).interpolation is not None:
        value = facts.constant(node, "multiplier")
        times = value if type(value) is int else 2
    return Step(
        node=link.node,
        name=link.node if node is None else called(node),
        class_name="" if node is None else node.class_name,
        times=times,
        frames=known.frames,
        fps=known.fps,
        width_px=known.width,
        height_px=known.height,
    )


def _rate(node: Node, facts: FactTable) -> float | None:
    for name in ("fps", "frame_rate"):
        value = facts.constant(node, name)
        if type(value) in {int, float} and value > 0:
            return float(value)
    return None


def _text(facts: FactTable, node: Node, name: str) -> str | None:
    value = facts.constant(node, name)
    return value if isinstance(value, str) else None
