"""WAN990: a launcher without a line that starts ComfyUI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

MESSAGE = Message(
    code="WAN990",
    name="nothing-started",
    severity=Severity.WARNING,
    summary="No line of a launcher starts ComfyUI",
    text="No line here starts ComfyUI, so nothing is checked.",
    why="A launcher is checked by the commands that run ComfyUI's `main.py`, and by `comfy launch`.",
    help="Name the file that has such a line; another script may call this one or be called by it.",
    bad="@echo off\ncall environment.bat\npause\n",
    good="@echo off\npython ComfyUI\\main.py --reserve-vram 1\npause\n",
)


def finding(source: Source) -> Diagnostic:
    """The finding, at the first line of the file."""
    return MESSAGE.at(Span(source, 0, len(source.line(1))))
