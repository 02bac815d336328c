"""Judges a graph by all rules. Only what has no error here can be written out or run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import has_errors, in_order
from wan22dsl.graph.model import CheckedGraph, Graph
from wan22dsl.graph.modes import active
from wan22dsl.lint.rules import LISTED, OF_LINKS_AND_LACKS, OF_ONE_VALUE, rules_for
from wan22dsl.lint.rules.merging import merged
from wan22dsl.lint.rules.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import Draft, Node
    from wan22dsl.lint.rules import Listing
    from wan22dsl.model_files.lookup import ModelFiles


def judge(
    graph: Graph, card: Card | None = None, models: ModelFiles | None = None
) -> tuple[CheckedGraph | None, list[Diagnostic]]:
    """The graph without its bypassed and muted nodes, if no rule finds an error in it, and all findings.

    What a graph costs is judged only where a `card` is named, and its model files only with `models`.
    """
    view = View(active(graph), card=card, whole=graph, models=models)
    found = in_order(merged(_findings(view, LISTED)))
    return (None if has_errors(found) else CheckedGraph(view.graph, graph)), found


def judge_draft(
    draft: Draft, card: Card | None = None, models: ModelFiles | None = None
) -> list[Diagnostic]:
    """What can be said of a graph that is not complete: only what the missing part cannot be the cause of.

    Where a parameter has no value yet, that is all that does not speak of links that lead nowhere or of
    nodes that are not there. Where something is wrong, single values are judged everywhere, and the
    rest only where everything before it is sound.
    """
    view = View(active(draft.graph), all_needed=True, card=card, models=models)
    if not draft.wrong:
        complete = [each for each in LISTED if each.file not in OF_LINKS_AND_LACKS]
        return in_order(merged(_findings(view, complete)))
    single = [each for each in LISTED if each.file in OF_ONE_VALUE]
    sound = View(_sound(view.graph, draft.broken), all_needed=True, card=card, models=models)
    others = [each for each in LISTED if each.file not in OF_ONE_VALUE | OF_LINKS_AND_LACKS]
    return in_order(merged([*_findings(view, single), *_findings(sound, others)]))


def _findings(view: View, listed: Iterable[Listing]) -> Iterator[Diagnostic]:
    return (finding for rule in rules_for(view, listed) for finding in rule.check(view))


def _sound(graph: Graph, broken: frozenset[str]) -> Graph:
    """The nodes before which nothing is missing."""
    lacking = [node.id for node in graph.nodes.values() if _lacks(graph, node)]
    tainted = {item for item in broken if item in graph.nodes}
    waiting = [*tainted, *(item for item in lacking if item not in tainted)]
    tainted.update(waiting)
    while waiting:
        for user, _, _ in graph.consumers[waiting.pop()]:
            if user not in tainted:
                tainted.add(user)
                waiting.append(user)
    nodes = {id: node for id, node in graph.nodes.items() if id not in tainted}
    return Graph(graph.name, nodes, graph.catalogue, graph.span)


def _lacks(graph: Graph, node: Node) -> bool:
    return any(link.node not in graph.nodes for _, link in node.links())
