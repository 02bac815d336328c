"""A quick look over a text that has been read: where its comments are."""

from __future__ import annotations

import re

_SCAN = re.compile(
    r'"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*"""|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|`[^`\\\n]*(?:\\.[^`\\\n]*)*`|(#[^\n]*)"
)


def comments_of(text: str) -> tuple[tuple[int, int], ...]:
    """The stretches of all comments."""
    if "#" not in text:
        return ()
    return tuple(match.span() for match in _SCAN.finditer(text) if match.lastindex)
