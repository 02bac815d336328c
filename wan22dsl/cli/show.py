"""Diagnostics on a stream, in colours where it is a terminal; and lines that fit it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from wan22dsl.cli import streams
from wan22dsl.report import terminal
from wan22dsl.report.lines import plain
from wan22dsl.report.text import WIDTH, report, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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


def account(texts: Iterable[str]) -> None:
    """Writes lines to standard output; on a terminal, those that are too long are broken between words."""
    width = terminal.width_of(sys.stdout, 0)
    streams.put_lines(part for item in texts for part in _fitting(item, width))


def _fitting(name: str, width: int) -> Iterator[str]:
    """A line in parts of at most `width` columns, each further one indented; 0: however long it is."""
    if not width or len(name) <= width:
        yield name
        return
    text = name.lstrip()
    before = " " * (len(name) - len(text))
    first = wrap(text, width - len(before))[0]
    yield (before + first).rstrip()
    further = text[len(first) :].strip()
    indent = f"{before}    "
    yield from (indent + part for part in wrap(further, width - len(indent)) if further)
