"""`wan lint`: what is wrong with files, where and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from wan22dsl import compiler
from wan22dsl.cli import files, show, streams, values
from wan22dsl.cli.declare import PARAMS, PATHS, SET, TARGET, Command, Option
from wan22dsl.diagnostics import has_errors, in_order
from wan22dsl.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic

OUTPUT_FORMAT = Option(
    "output_format",
    ("--output-format",),
    "`text` for people, `json` for programs.",
    "FORMAT",
    default="text",
    choices=("text", "json"),
)


def run(
    paths: list[str],
    output_format: str,
    settings: list[str],
    params: str | None,
    target: str,
) -> int:
    """Say what is wrong with files, where and why.

    Every declaration, pipeline and graph is judged. The report goes to standard output.
    """
    names = files.find(paths)
    found, unreadable = _judge(names, values.gather(settings, params), target)
    _report(found, len(names) - unreadable, output_format)
    if unreadable:
        return 2
    return 1 if has_errors(found) else 0


def _judge(
    names: Sequence[str], given: Mapping[str, Any], target: str
) -> tuple[list[Diagnostic], int]:
    """The findings of all files, and how many files could not be read: that is told at once."""
    found: list[Diagnostic] = []
    unreadable = 0
    for name in names:
        try:
            source = files.read(name)
        except UnreadableFile as error:
            streams.tell(f"error: {error}\n")
            unreadable += 1
        else:
            found += compiler.check(source, values=given, target=target).diagnostics
    return in_order(found), unreadable


def _report(found: Sequence[Diagnostic], count: int, output_format: str) -> None:
    if output_format == "json":
        from wan22dsl.report.json import render

        streams.put(render(found, count))
        return
    from wan22dsl.report.text import summary

    show.diagnostics(found, sys.stdout)
    streams.put(("\n" if found else "") + summary(found, count) + "\n")


COMMAND = Command(run, (PATHS, OUTPUT_FORMAT, SET, PARAMS, TARGET))
