"""What a graph is, told in facts: its clips and passes, noise, frames, cost, and what is out of the ordinary.

`model` is what an analysis holds; `passes`, `clips` and `starts` tell of the sampling, `outputs` of the
frames, `needs` of seconds and bytes, `deviations` of what the usual recipe has otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.analysis.deviations import deviations_of
from wan22dsl.graph.analysis.model import Analysis, LeftOut
from wan22dsl.graph.analysis.needs import cost_of
from wan22dsl.graph.analysis.outputs import outputs_of
from wan22dsl.graph.analysis.passes import called, clips_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.modes import active
from wan22dsl.graph.order import never_ready
from wan22dsl.graph.passes.recognition import in_flow_order, recognise

if TYPE_CHECKING:
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import Graph


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
    )


def _left_out(whole: Graph) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(node.id, called(node), node.class_name, node.mode)
        for node in whole.nodes.values()
        if node.mode != "active"
    )
