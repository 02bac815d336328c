"""`wan fmt`: the canonical layout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wan22dsl.api import compiler
from wan22dsl.cli import files, show, streams
from wan22dsl.cli.declare import PATHS, Command, Option
from wan22dsl.errors import UnreadableFile
from wan22dsl.report.text import counted
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.source import Source

CHECK = Option("check", ("--check",), "Write nothing; exit with 1 if a file would change")
DIFF = Option("diff", ("--diff",), "Write nothing; show what would change")


class _Formatted(NamedTuple):
    """A file before and after, as bytes; `after` is None when it has syntax errors."""

    source: Source
    before: bytes
    after: bytes | None

    @property
    def changes(self) -> bool:
        return self.after is not None and self.after != self.before


def run(paths: list[str], check: bool, diff: bool) -> int:
    """Format files in the canonical layout.

    Only files that change are written. A file with syntax errors is left unchanged. Standard input is
    formatted to standard output.
    """
    codes = [_format_file(name, check, diff) for name in files.find(paths)]
    if len(codes) != 1:
        streams.tell(
            f"looked at {counted(len(codes), 'file')}\n" if codes else "no .wan files found\n"
        )
    return max(codes, default=0)


def _format_file(name: str, check: bool, diff: bool) -> int:
    try:
        formatted = _format(name)
    except UnreadableFile as error:
        streams.tell(f"error: {error}\n")
        return 2
    if formatted.after is None:
        return 1
    if diff:
        streams.data(_difference(formatted))
    if check or diff:
        if formatted.changes:
            streams.say(f"would change {formatted.source.path}")
        return 1 if check and formatted.changes else 0
    if name == files.STANDARD:
        streams.data(formatted.after.decode("utf-8"))
    elif formatted.changes:
        files.write_bytes(name, formatted.after)
        streams.say(f"changed {formatted.source.path}")
    return 0


def _format(name: str) -> _Formatted:
    """Reads a file and formats it; its findings are shown."""
    before = files.read_bytes(name)
    source = files.decode(name, before)
    after, found = compiler.format_bytes(before, source)
    show.diagnostics(found, sys.stderr)
    if after is None:
        streams.say(f"{source.path} has syntax errors and was left unchanged")
    return _Formatted(source, before, after)


def _difference(formatted: _Formatted) -> str:
    if formatted.after is None or not formatted.changes:
        return ""
    from wan22dsl.report import patch

    path = formatted.source.path
    names = f"{path} (now)", f"{path} (formatted)"
    return patch.diff(formatted.before.decode("utf-8"), formatted.after.decode("utf-8"), *names)


COMMAND = Command(run, (PATHS, CHECK, DIFF))
