"""`wan runs`: the records that `wan run` has left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.cli import runs_query, streams
from wan22dsl.cli.declare import Argument, Command, Group, Option
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.run.client import Client

OUT = Option("out", ("--out",), "Folder of the runs", "DIR", default="wan_output")
JSON = Option("json", ("--json",), "Print JSON")
SERVER = Option("server", ("--server",), "Server that it ran on, as for `wan run`", "URL")
RUN = Argument(
    "run",
    "RUN",
    "Run id or part of it, `last`, or a record file",
    required=False,
    default="last",
)
FIRST = Argument("first", "A", "A run, as for `show`")
SECOND = Argument("second", "B", "Another run", required=False, default="last")


def list_runs(out: str, json: bool) -> int:
    """List the runs of a folder, oldest first. Files that are not records are skipped and reported."""
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


def show_run(run: str, out: str, json: bool) -> int:
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


def compare_runs(first: str, second: str, out: str) -> int:
    """Compare two runs: their settings, the machines that they ran on, their times and their videos."""
    from wan22dsl.run import comparing, machine, measured, store

    left, right = store.find(Path(out), first), store.find(Path(out), second)
    folders = _folder(out, first), _folder(out, second)
    _put_lines(comparing.comparison(left, right, machine.differences(left, right, folders)))
    _put_lines(measured.comparison(left, right, folders))
    return 0


def _folder(out: str, word: str) -> Path:
    """Where the record is that a word means, and so its snapshot."""
    return Path(word).parent if word.endswith(".json") else Path(out)


def fetch_run(run: str, out: str, server: str | None) -> int:
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


COMMAND = Group(
    "List, show, compare and query the records of runs.",
    {
        "list": Command(list_runs, (OUT, JSON)),
        "show": Command(show_run, (RUN, OUT, JSON)),
        "compare": Command(compare_runs, (FIRST, SECOND, OUT)),
        "fetch": Command(fetch_run, (RUN, OUT, SERVER)),
        "query": runs_query.QUERY,
    },
)
