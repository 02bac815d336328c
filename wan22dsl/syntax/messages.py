"""What can be wrong with the syntax of a file: WAN101 and up."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

UNREADABLE = Message(
    "WAN101",
    "unreadable",
    Severity.ERROR,
    "This cannot be read here: {found}.",
    "What stands here has no meaning in this place, so nothing can be said about the rest of the line.",
)
