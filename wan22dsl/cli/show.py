"""Diagnostics on a stream, in colours where it is a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from wan22dsl.cli import streams
from wan22dsl.report import terminal
from wan22dsl.report.lines import plain
from wan22dsl.report.text import WIDTH, report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.report.lines import Line


def diagnostics(found: Sequence[Diagnostic], stream: TextIO) -> None:
    """Shows what was found, in the order given."""
    lines(list(report(found, width=terminal.width_of(stream, WIDTH))), stream)


def lines(shown: Sequence[Line], stream: TextIO) -> None:
    """Shows lines."""
    if not shown:
        return
    if terminal.wants_colour(stream):
        terminal.write(shown, streams.styled(stream))
    else:
        streams.write(stream, plain(shown))
