"""Puts what was found in one text to the same places of another, in which its declarations have moved."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Diagnostic, Edit, Fix, Label
from wan22dsl.graph.model import CheckedGraph, Graph, Node
from wan22dsl.source import Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.source import Source


class Region(NamedTuple):
    """A declaration or a header: where it is, and where it was."""

    start: int
    end: int
    before: int


class Moves:
    """From the places in one text to those in another. Every place has to be in one of the regions."""

    def __init__(self, old: Source, new: Source, regions: Iterable[Region]) -> None:
        self._old = old
        self._new = new
        self._regions = sorted(regions, key=lambda region: region.before)
        self._starts = [region.before for region in self._regions]

    def span(self, span: Span) -> Span:
        """A place in the new text; one in another source stays."""
        if span.source is not self._old:
            return span
        region = self._regions[bisect_right(self._starts, span.start) - 1]
        shift = region.start - region.before
        return Span(self._new, span.start + shift, span.end + shift)

    def diagnostic(self, finding: Diagnostic) -> Diagnostic:
        """A finding with all its places."""
        fix = finding.fix
        if fix is not None:
            edits = tuple(Edit(self.span(edit.span), edit.text) for edit in fix.edits)
            fix = Fix(fix.title, edits, fix.safe)
        related = tuple(Label(self.span(label.span), label.text) for label in finding.related)
        span = self.span(finding.span) if finding.span is not None else None
        return finding._replace(span=span, related=related, fix=fix)

    def diagnostics(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Findings with all their places."""
        return [self.diagnostic(finding) for finding in found]

    def checked(self, checked: CheckedGraph) -> CheckedGraph:
        """A checked graph whose nodes are at the new places. It stays checked: nothing else differs."""
        graph = self._graph(checked.graph)
        whole = checked.whole
        return CheckedGraph(
            graph, graph if whole is checked.graph else whole and self._graph(whole)
        )

    def _graph(self, graph: Graph) -> Graph:
        made = graph.with_nodes({id: self._node(node) for id, node in graph.nodes.items()})
        made.span = self.span(graph.span) if graph.span is not None else None
        return made

    def _node(self, node: Node) -> Node:
        asset = node.asset
        if asset is not None and asset.span is not None:
            asset = asset._replace(span=self.span(asset.span))
        span = self.span(node.span) if node.span is not None else None
        spans = {name: self.span(place) for name, place in node.spans.items()}
        return node.changed(span=span, spans=spans, asset=asset)


def places_of(found: Iterable[Diagnostic]) -> Iterator[Span]:
    """Every place that findings speak of."""
    for finding in found:
        if finding.span is not None:
            yield finding.span
        yield from (label.span for label in finding.related)
        if finding.fix is not None:
            yield from (edit.span for edit in finding.fix.edits)


def places_in(graph: Graph) -> Iterator[Span]:
    """Every place that a graph comes from."""
    if graph.span is not None:
        yield graph.span
    for node in graph.nodes.values():
        if node.span is not None:
            yield node.span
        yield from node.spans.values()
        if node.asset is not None and node.asset.span is not None:
            yield node.asset.span
