"""A report on a terminal, in colours. The only place that needs rich, and imports it when called."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.report.lines import Line

_STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "note": "bold cyan",
    "message": "bold",
    "gutter": "blue",
    "place": "",
    "related": "cyan",
    "why": "bold blue",
    "help": "bold green",
    "fix": "bold green",
    "removed": "red",
    "added": "green",
    "good": "green",
}


def wants_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream gets colours: FORCE_COLOR and NO_COLOR say so, else whether it is a terminal."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def width_of(stream: TextIO, otherwise: int) -> int:
    """The columns of a terminal, within reason; `otherwise` where the stream is none."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError):
        columns = 0
    return min(max(columns, 60), 140) if columns else otherwise


def height_of(stream: TextIO) -> int | None:
    """The lines of a terminal; None where the stream is none."""
    try:
        lines = os.get_terminal_size(stream.fileno()).lines if stream.isatty() else 0
    except (OSError, ValueError):
        lines = 0
    return lines or None


def write(lines: Iterable[Line], stream: TextIO) -> None:
    """Writes the lines in colours."""
    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=stream, force_terminal=True, no_color=False, highlight=False, soft_wrap=True
    )
    for line in lines:
        pieces = ((one_line(piece.text), _STYLES.get(piece.role, "")) for piece in line)
        text = Text.assemble(*pieces)
        console.print(text, markup=False, emoji=False)
