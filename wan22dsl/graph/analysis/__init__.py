"""What a graph is, told in facts: its clips and passes, noise, frames, cost, and what is out of the ordinary.

`model` is what an analysis holds; `passes`, `clips` and `starts` tell of the sampling, `outputs` of the
frames, `needs` of seconds and bytes, `deviations` of what the usual recipe has otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.analysis.deviations import deviations_of
from wan22dsl.graph.analysis.model import Analysis, LeftOut, LoopFacts
from wan22dsl.graph.analysis.needs import cost_of
from wan22dsl.graph.analysis.outputs import outputs_of
from wan22dsl.graph.analysis.passes import called, clips_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.loops import all_loops, times_of
from wan22dsl.graph.modes import active
from wan22dsl.graph.order import never_ready
from wan22dsl.graph.passes.recognition import in_flow_order, recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import Graph, Link, Node


def analyse(graph: Graph, *cards: Card | None, whole: Graph | None = None) -> Analysis:
    """The analysis of a graph, on each card that is named.

    Muted and bypassed nodes are only listed, those of the `whole` graph where that is another one. The graph
    may have errors: what goes round in a circle has no passes.
    """
    whole = whole or graph
    graph = active(graph)
    facts = FactTable(graph)
    passes = [] if never_ready(graph) else in_flow_order(recognise(graph, facts))
    costs = [cost_of(graph, facts, passes, card) for card in cards or (None,)]
    return Analysis(
        name=graph.name,
        clips=clips_of(graph, facts, passes),
        outputs=outputs_of(graph, facts, passes),
        cost=costs[0],
        cards=tuple(costs) if len(costs) > 1 else (),
        deviations=deviations_of(passes),
        left_out=_left_out(whole),
        unknown_samplers=_unknown_samplers(graph, {pass_.node.id for pass_ in passes}),
        loops=tuple(_loops(graph, facts)),
    )


def _loops(graph: Graph, facts: FactTable) -> Iterator[LoopFacts]:
    """The loops, inner ones of ComfyUI first."""
    for loop in all_loops(graph):
        start, end = (_loop_name(graph.nodes[id]) for id in (loop.start, loop.end))
        yield LoopFacts(start, end, len(loop.body), times_of(graph, loop, facts))


def _loop_name(node: Node) -> str:
    return node.label or called(node)


def _left_out(whole: Graph) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(node.id, called(node), node.class_name, node.mode)
        for node in whole.nodes.values()
        if node.mode != "active"
    )


#: What a model is linked as: ComfyUI's own, and that of WanVideoWrapper.
_MODELS = frozenset({"MODEL", "WANVIDEOMODEL"})


def _unknown_samplers(graph: Graph, known: set[str]) -> tuple[str, ...]:
    """The classes of nodes that take a model and hand none on: they may sample, by rules not known here."""
    nodes = (node for node in graph.nodes.values() if node.id not in known)
    return tuple(dict.fromkeys(node.class_name for node in nodes if _may_sample(graph, node)))


def _may_sample(graph: Graph, node: Node) -> bool:
    if record_of(node.class_name).samplers and node.links():
        return True  # it goes round in a circle
    node_class = graph.class_of(node)
    links = dict(node.links())
    name = node.class_name.lower()
    is_called_so = bool(links) and "sampler" in name and "select" not in name
    if node_class is not None:
        takes = {input_.type for input_ in node_class.inputs if input_.name in links}
        gives = {output.type for output in node_class.outputs}
        # One that gets its model within its settings is called a sampler, and gives a latent.
        if is_called_so and "LATENT" in gives and not record_of(node.class_name).role:
            return True
        frames = bool(gives & {"IMAGE", "LATENT"})
    else:
        if is_called_so:
            return True
        sockets = node.sockets
        takes = {kind for name, kind in sockets.inputs if name in links} if sockets else set()
        takes |= {_given(graph, link) for link in links.values()}
        gives = set(sockets.outputs) if sockets else set()
        frames = sockets is not None and bool(gives & {"IMAGE", "LATENT"})
        if sockets is None and _has_settings(node):
            return True
    return frames and bool(takes & _MODELS) and not gives & _MODELS


def _has_settings(node: Node) -> bool:
    """Whether a node of which nothing is known has what samplers have: a seed, and a prompt or steps."""
    names = [name.lower() for name in node.inputs]
    seeded = any(name in ("seed", "noise_seed") for name in names)
    return seeded and any("prompt" in name or name == "steps" for name in names)


def _given(graph: Graph, link: Link) -> str:
    source = graph.nodes.get(link.node)
    source_class = graph.class_of(source) if source is not None else None
    outputs = () if source_class is None else source_class.outputs
    return outputs[link.slot].type if 0 <= link.slot < len(outputs) else ""
