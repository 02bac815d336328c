"""A file, or a single value, read with all its mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.source import Source, Span
from wan22dsl.syntax import machine
from wan22dsl.syntax.tree import Bad, File

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.syntax.tree import Expression


def parse(source: Source) -> tuple[File, list[Diagnostic]]:
    """The tree of a file. What could not be read is a `Bad` in it, or left out, and has a diagnostic."""
    from wan22dsl.syntax.scan import comments_of
    try:
        found = machine.run(source.text, "start")
    except machine.Stop as stop:
        return File(source, (), ()), [_unreadable(source, stop)]
    return File(source, tuple(found), comments_of(source.text)), []


def parse_expression(source: Source) -> tuple[Expression, list[Diagnostic]]:
    """The tree of a single value, such as `low -> high` or `720x1280`, as given on a command line."""
    try:
        return machine.run(source.text, "value"), []
    except machine.Stop as stop:
        return Bad(0, len(source.text)), [_unreadable(source, stop)]


def _unreadable(source: Source, stop: machine.Stop) -> Diagnostic:
    from wan22dsl.syntax.messages import UNREADABLE

    return UNREADABLE.at(Span(source, stop.start, min(stop.start + 1, len(source.text))), found=repr(source.text[stop.start:stop.start+10]))
