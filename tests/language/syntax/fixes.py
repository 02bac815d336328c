"""Fixes, as an editor would do them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic


#: Mistakes whose fix is a guess: where a text or a bracket should have ended is not written anywhere.
GUESSED = frozenset(
    {"UNCLOSED_TEXT", "UNCLOSED_BACKTICK", "UNCLOSED_BRACKET", "SURPLUS_BRACKET", "WRONG_BRACKET"}
    | {
        "QUOTES_INSIDE",
        "MISSING_QUOTES",
        "STRING_OVER_LINES",
        "CAPITAL_NAME",
        "OUTSIDE",
        "NOT_A_DECLARATION",
    }
)


def fixed(text: str, diagnostics: Iterable[Diagnostic]) -> str:
    """The text after all fixes."""
    edits = [edit for one in diagnostics if one.fix is not None for edit in one.fix.edits]
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
