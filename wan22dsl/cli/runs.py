"""`wan runs`: the records that `wan run` has left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wan22dsl.cli import streams
from wan22dsl.cli.typed import empty_app

if TYPE_CHECKING:
    from collections.abc import Iterable

app = empty_app()

OutOption = Annotated[
    str, typer.Option("--out", metavar="DIR", help="The folder that the runs were written to.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]

_FOLDER = "wan_output"


@app.callback()
def runs() -> None:
    """List, show and compare the records of runs."""


@app.command("list")
def list_runs(out: OutOption = _FOLDER, json: JsonOption = False) -> int:
    """List the runs of a folder, the oldest first. What is no record is left out, and told."""
    from wan22dsl.run import comparing, store

    records, problems = store.each(Path(out))
    if json:
        _put_json([one.as_json() for one in records])
    elif not records:
        streams.say(f"there is no record of a run in {Path(out).as_posix()}")
    else:
        _put_lines(comparing.listing(records))
    for one in problems:
        streams.say(f"left out: {one}")
    return 0


@app.command("show")
def show_run(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="An id or a part of it, `last`, or a file.")
    ] = "last",
    out: OutOption = _FOLDER,
    json: JsonOption = False,
) -> int:
    """Show one run."""
    from wan22dsl.run import store, table

    record = store.find(Path(out), run)
    if json:
        _put_json(record.as_json())
        return 0
    _put_lines(table.lines(record))
    for one in record.findings:
        where = one.place
        place = f" {where.path}:{where.line}:{where.column}" if where is not None else ""
        _put_lines([f"{one.severity}[{one.code} {one.name}]{place}: {one.message}"])
    return 0


@app.command("compare")
def compare_runs(
    first: Annotated[str, typer.Argument(metavar="A", help="A run, as for `show`.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.")] = "last",
    out: OutOption = _FOLDER,
) -> int:
    """Compare two runs: what differs in them, and in their times."""
    from wan22dsl.run import comparing, store

    left, right = store.find(Path(out), first), store.find(Path(out), second)
    _put_lines(comparing.comparison(left, right))
    return 0


def _put_lines(lines: Iterable[str]) -> None:
    """Lines on standard output; what a server named may drive no terminal."""
    streams.put_lines(lines)


def _put_json(value: object) -> None:
    from json import dumps

    streams.json(dumps(value, indent=2, ensure_ascii=False) + "\n")
