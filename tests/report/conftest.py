"""A text with something to find in it, and findings made by hand."""

from __future__ import annotations

import pytest

from wan22dsl.diagnostics import Diagnostic, Edit, Fix, Label, Message, Severity
from wan22dsl.source import Source, Span

UNKNOWN = Message(
    "WAN901",
    "unknown-thing",
    Severity.ERROR,
    "`{word}` is not known",
    "A thing that is not known cannot be used.",
    "write `{meant}`",
    summary="A thing is not known",
)
BARE = Message("WAN902", "bare", Severity.WARNING, "this is odd", why="")


class Finder:
    """Findings about one text."""

    def __init__(self, text: str, path: str = "a.wan") -> None:
        self.source = Source(text, path)

    def span(self, text: str, after: str = "") -> Span:
        """Where a text stands, first behind `after`."""
        start = self.source.text.index(text, self.source.text.index(after))
        return Span(self.source, start, start + len(text))

    def odd(self, text: str) -> Diagnostic:
        """A finding without anything but its place."""
        return BARE.at(self.span(text))

    def unknown(self, word: str, meant: str, related: str = "") -> Diagnostic:
        """A finding with all that a finding can have."""
        labels = [Label(self.span(related), "it is brought in here")] if related else []
        fix = Fix(f"write `{meant}`", (Edit(self.span(word), meant),))
        return UNKNOWN.at(self.span(word), related=labels, fix=fix, word=word, meant=meant)


@pytest.fixture
def finder() -> type[Finder]:
    return Finder
