"""`wan fmt`: the one canonical layout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.api import compiler
from wan22dsl.cli import files, show, streams
from wan22dsl.cli.declare import PATHS, Command, Option
from wan22dsl.errors import UnreadableFile
from wan22dsl.report.text import counted

if TYPE_CHECKING:
    from wan22dsl.source import Source

CHECK = Option("check", ("--check",), "Write nothing; exit with 1 if a file would change.")
DIFF = Option("diff", ("--diff",), "Write nothing; show what would change.")


class _Laid(NamedTuple):
    """A file before and after, as bytes; `after` is None when it has mistakes."""

    source: Source
    before: bytes
    after: bytes | None

    @property
    def changes(self) -> bool:
        return self.after is not None and self.after != self.before


def run(paths: list[str], check: bool, diff: bool) -> int:
    """Lay files out in the one canonical way.

    Only files that change are written. A file with mistakes of syntax is left as it is. Standard input
    is laid out to standard output.
    """
    codes = [_format_file(name, check, diff) for name in files.find(paths)]
    if len(codes) != 1:
        streams.tell(
            f"looked at {counted(len(codes), 'file')}\n" if codes else "no .wan files found\n"
        )
    return max(codes, default=0)


def _format_file(name: str, check: bool, diff: bool) -> int:
    try:
        laid = _lay_out(name)
    except UnreadableFile as error:
        streams.tell(f"error: {error}\n")
        return 2
    if laid.after is None:
        return 1
    if diff:
        streams.data(_difference(laid))
    if check or diff:
        if laid.changes:
            streams.say(f"would change {laid.source.path}")
        return 1 if check and laid.changes else 0
    if name == files.STANDARD:
        streams.data(laid.after.decode("utf-8"))
    elif laid.changes:
        files.write_bytes(name, laid.after)
        streams.say(f"changed {laid.source.path}")
    return 0


def _lay_out(name: str) -> _Laid:
    """Reads a file and lays it out; what is wrong with it is shown."""
    before = files.read_bytes(name)
    source = files.decode(name, before)
    after, found = compiler.format_bytes(before, source)
    show.diagnostics(found, sys.stderr)
    if after is None:
        streams.say(f"{source.path} has mistakes and was left as it is")
    return _Laid(source, before, after)


def _difference(laid: _Laid) -> str:
    if laid.after is None or not laid.changes:
        return ""
    from wan22dsl.report import patch

    path = laid.source.path
    names = f"{path} (as it is)", f"{path} (laid out)"
    return patch.diff(laid.before.decode("utf-8"), laid.after.decode("utf-8"), *names)


COMMAND = Command(run, (PATHS, CHECK, DIFF))
