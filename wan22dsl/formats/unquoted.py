"""A template whose placeholders have no quotes, such as `"seed": {{SEED}}`: no JSON before it is filled in.

It is read with a string in the place of each, as long as what it replaces: places stay those of the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.formats.placeholders import FIRST_STAND_IN, IN_NUMBER, LAST_STAND_IN, replaced_inside
from wan22dsl.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph

#: A string of JSON, or a placeholder where a value may stand. Strings come first: none is looked into.
_PARTS = re.compile(
    rf'"(?:[^"\\]|\\.)*"|(?<=[:,\[])(?P<space>\s*)(?P<word>{IN_NUMBER})(?=\s*[,\]}}])', re.DOTALL
)


class Unquoted:
    """The text of a template with strings for its placeholders, and what those stand for."""

    def __init__(self, file: Source) -> None:
        self._file = file
        self._words: dict[str, str] = {}
        self.source = Source(_PARTS.sub(self._part, file.text), file.path, file.file)

    @property
    def is_template(self) -> bool:
        """Whether there is a placeholder without quotes."""
        return bool(self._words)

    def _part(self, found: re.Match[str]) -> str:
        word = found["word"]
        number = FIRST_STAND_IN + len(self._words)
        if word is None or len(word) < 3 or number > LAST_STAND_IN:
            return found[0]
        value = chr(number).ljust(len(word) - 2)
        self._words[value] = word
        return f'{found["space"]}"{value}"'

    def restore(self, graph: Graph) -> None:
        """Gives a graph that was just read the placeholders and the places of the file."""
        if graph.span is not None:
            graph.span = self._span(graph.span)
        for node in graph.nodes.values():
            node.placeholders = {
                name: self._words.get(value, value) for name, value in node.placeholders.items()
            }
            node.inputs = {
                name: replaced_inside(value, lambda string, _: self._words.get(string, string))
                if isinstance(value, (dict, list))
                else value
                for name, value in node.inputs.items()
            }
            node.spans = {name: self._span(span) for name, span in node.spans.items()}
            if node.span is not None:
                node.span = self._span(node.span)

    def findings(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Findings with the places of the file; without fixes, which were made for another text."""
        return [
            each
            if each.span is None or each.span.source is not self.source
            else each._replace(span=self._span(each.span), related=(), fix=None)
            for each in found
        ]

    def _span(self, span: Span) -> Span:
        return Span(self._file, span.start, span.end) if span.source is self.source else span
