"""The examples of messages."""

from __future__ import annotations


def in_a_pipeline(*lines: str) -> str:
    """The lines inside of a pipeline."""
    inside = "\n".join(f"    {line}" for line in lines)
    return f"wan 1\n\npipeline x {{\n{inside}\n}}\n"
