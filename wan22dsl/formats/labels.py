"""What people who look at a file of JSON call a node."""

from __future__ import annotations

#: Longer titles are cut off.
_LONGEST = 40


def label(id: str, title: str, class_name: str) -> str:
    """A node by its id and title, `#57 "low pass"`; else by its class, `#57 (KSampler)`."""
    words = " ".join(title.split())
    if words in ("", id, class_name):
        return f"#{id} ({class_name})"
    return f'#{id} "{words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"}"'
