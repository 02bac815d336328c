"""A graph that is kept as a string of JSON in JSON: read by itself, its places those in the file."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from wan22dsl.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph

#: An escape in a string of JSON; a character beyond U+FFFF has two.
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.", re.DOTALL)


class StringInJson:
    """The string of JSON that starts at `start` of a source, as a source of its own."""

    def __init__(self, outer: Source, value: str, start: int) -> None:
        self.source = Source(value, outer.path)
        self._outer = outer
        self._start = start + 1
        # Where escapes end: in the string as it is written, and how much shorter it is as text by then.
        self._ends: list[int] = []
        self._shorter: list[int] = []
        shorter = at = 0
        text = outer.text
        while text[self._start + at] != '"':
            escape = _ESCAPE.match(text, self._start + at)
            if escape is None:
                following = text.find("\\", self._start + at)
                quote = text.find('"', self._start + at)
                at = (quote if following < 0 else min(following, quote)) - self._start
                continue
            at = escape.end() - self._start
            # A line end of two characters is one in a source.
            lost = escape[0] == "\\r" and text.startswith("\\n", self._start + at)
            shorter += len(escape[0]) - (0 if lost else 1)
            self._ends.append(at - shorter)
            self._shorter.append(shorter)

    def span(self, span: Span) -> Span:
        """Where in the file a stretch of the string is."""
        return Span(self._outer, self._at(span.start), self._at(span.end))

    def _at(self, offset: int) -> int:
        number = bisect_left(self._ends, offset + 1)
        return self._start + offset + (self._shorter[number - 1] if number else 0)

    def finding(self, finding: Diagnostic) -> Diagnostic:
        """A finding with the places of the file. An edit of the string would need escapes: it has no fix."""
        span = finding.span
        if span is None or span.source is not self.source:
            return finding
        return finding._replace(span=self.span(span), related=(), fix=None)

    def findings(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Findings with the places of the file."""
        return [self.finding(each) for each in found]

    def place(self, graph: Graph) -> None:
        """Gives the nodes of a graph that was just read their places in the file, without their inputs.

        A rule fixes a value where the place of its input is known, so none is offered.
        """
        if graph.span is not None:
            graph.span = self.span(graph.span)
        for node in graph.nodes.values():
            node.spans = {}
            if node.span is not None:
                node.span = self.span(node.span)
