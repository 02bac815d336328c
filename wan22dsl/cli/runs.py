"""`wan runs`: the records that `wan run` has left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wan22dsl.cli import streams
from wan22dsl.cli.typed import empty_app
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.run.client import Client

app = empty_app()

OutOption = Annotated[str, typer.Option("--out", metavar="DIR", help="Folder of the runs")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON")]

_FOLDER = "wan_output"


@app.callback()
def runs() -> None:
    """List, show and compare the records of runs."""


@app.command("list")
def list_runs(out: OutOption = _FOLDER, json: JsonOption = False) -> int:
    """List the runs of a folder, oldest first. Files that are not records are left out, and named."""
    from wan22dsl.run import comparing, store

    records, problems = store.each(Path(out))
    if json:
        _put_json([run_record.as_json() for run_record in records])
    elif not records:
        streams.say(f"no run records in {Path(out).as_posix()}")
    else:
        _put_lines(comparing.listing(records))
    for problem in problems:
        streams.say(f"left out: {problem}")
    return 0


@app.command("show")
def show_run(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="Run id or part of it, `last`, or a record file")
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
    for finding in record.findings:
        where = finding.place
        place = f" {where.path}:{where.line}:{where.column}" if where is not None else ""
        _put_lines([f"{finding.severity}[{finding.code} {finding.name}]{place}: {finding.message}"])
    return 0


@app.command("compare")
def compare_runs(
    first: Annotated[str, typer.Argument(metavar="A", help="A run, as for `show`")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another run")] = "last",
    out: OutOption = _FOLDER,
) -> int:
    """Compare two runs: their settings and their times."""
    from wan22dsl.run import comparing, store

    left, right = store.find(Path(out), first), store.find(Path(out), second)
    _put_lines(comparing.comparison(left, right))
    return 0


@app.command("fetch")
def fetch_run(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="Run id or part of it, `last`, or a record file")
    ] = "last",
    out: OutOption = _FOLDER,
    server: Annotated[
        str | None,
        typer.Option("--server", metavar="URL", help="Server that it ran on, as for `wan run`"),
    ] = None,
) -> int:
    """Download the outputs that a run left on its server, and complete its record."""
    from wan22dsl.run import fetching, store

    record = store.find(Path(out), run)
    client = _client_of(server, record.server.address)
    store.remove_drafts(Path(out))
    found = fetching.fetch(client, record, Path(out))
    store.write(found.record, Path(out))
    for output in found.came:
        _put_lines([f"output  {output.path}"])
    if not found.came and found.is_whole:
        streams.say(f"run {record.id}: all outputs are here already")
        _put_lines(f"output  {output.path}" for output in found.record.outputs)
    for problem in found.problems:
        streams.say(f"not downloaded: {problem}")
    return 0 if found.is_whole else 1


def _client_of(server: str | None, address: str) -> Client:
    """The client of the server that a run was on. A record names it; only the user says whom to talk to.

    Raises CommandError where the two are not the same.
    """
    import os

    from wan22dsl.network import address as addresses
    from wan22dsl.network import trust
    from wan22dsl.run.client import Client

    client = Client(trust.with_login(server or os.environ.get("WAN_SERVER") or addresses.DEFAULT))
    if server is None and client.shown != address:
        raise CommandError(
            f"the run was on {address}, and the server would be {client.shown}: "
            f"name the one that has its outputs with --server"
        )
    return client


def _put_lines(lines: Iterable[str]) -> None:
    """Lines on standard output; what a server named may drive no terminal."""
    from wan22dsl.cli import show

    show.account(lines)


def _put_json(value: object) -> None:
    from json import dumps

    streams.json(dumps(value, indent=2, ensure_ascii=False) + "\n")
