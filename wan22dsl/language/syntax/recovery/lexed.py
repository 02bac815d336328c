"""The tokens of a text as far as it has been taken apart, and the line at which that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax.recovery.outline import CLOSING
from wan22dsl.language.syntax.recovery.tokens import Token

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.syntax.recovery.tokens import Slip
    from wan22dsl.source import Source


class Lexed:
    """One text, and what has been found in it so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.tokens: list[Token] = []
        self.comments: list[tuple[int, int]] = []
        self.diagnostics: list[Diagnostic] = []
        self.line_start = 0
        self.line_indent = 0
        self.is_fresh = True  # no token stands on the line yet
        self.open: list[str] = []  # the brackets opened on this line: what closes them

    def go_back(self, token: int, place: int) -> None:
        """Forgets everything from a token on, the first of its line, which begins at a place."""
        del self.tokens[token:]
        self.comments = [comment for comment in self.comments if comment[0] < place]
        self.diagnostics = [
            finding for finding in self.diagnostics if finding.span and finding.span.start < place
        ]
        self.line_start = self.text.rfind("\n", 0, place) + 1
        self.is_fresh = True

    def add(
        self, kind: str, start: int, end: int, text: str = "", wrong: Slip | None = None
    ) -> None:
        """Adds a token; `text` is what it says, if that is not what stands there."""
        indent = -1
        if self.is_fresh:
            indent = self.line_indent = start - self.line_start
            self.is_fresh = False
            self.open.clear()
        if kind in CLOSING:
            self.open.append(CLOSING[kind])
        elif self.open and kind == self.open[-1]:
            self.open.pop()
        self.tokens.append(Token(kind, start, end, indent, text or self.text[start:end], wrong))
