"""`wan runs query`: questions to all records below folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.cli import numbers, streams
from wan22dsl.cli.declare import Argument, Command, Option
from wan22dsl.errors import CommandError
from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.fleet.query import Table

FOLDER = Argument(
    "folder",
    "FOLDER",
    "Folder with records, also those of batches and benches in it",
    required=False,
    default="wan_output",
)


def _filter(name: str, help: str) -> Option:
    return Option(name, (f"--{name}",), f"{help}; `*` is any text, repeatable", "TEXT", many=True)


FILTERS = (
    _filter("pipeline", "Pipeline"),
    _filter("file", "The `.wan` file"),
    _filter("card", "GPU"),
    _filter("server", "Address of the server"),
    _filter("result", "Result, such as success or error"),
    _filter("batch", "Id of the batch"),
    _filter("bench", "Id of the bench"),
    _filter("snapshot", "Digest of the machine, or its beginning"),
    _filter("recipe", "Digest of what costs time, or its beginning"),
)
SET = Option(
    "settings", ("--set",), "Parameter that was set, `*` is any text; repeatable", "NAME=VALUE",
    many=True,
)  # fmt: skip
SINCE = Option("since", ("--since",), "Not before a date or time in UTC, or 7d, 12h", "TIME")
UNTIL = Option("until", ("--until",), "Before a date or time in UTC, or 7d, 12h", "TIME")
FIELDS = Option("fields", ("--fields",), "Fields to show, with commas between", "NAMES")
BY = Option("by", ("--by",), "Count runs and times by these fields", "NAMES")
LIMIT = Option("limit", ("--limit",), "Number of rows; of runs, the newest", "N")
SQL = Option("sql", ("--sql",), "Ask in SQL, which can only read (see docs/fleet.md)", "SELECT")
JSON = Option("json", ("--json",), "Print JSON")
CSV = Option("csv", ("--csv",), "Print CSV")

#: Digests are cut to so many digits for people.
_DIGITS = 12


def query(
    folder: str,
    pipeline: list[str],
    file: list[str],
    card: list[str],
    server: list[str],
    result: list[str],
    batch: list[str],
    bench: list[str],
    snapshot: list[str],
    recipe: list[str],
    settings: list[str],
    since: str | None,
    until: str | None,
    fields: str | None,
    by: str | None,
    limit: str | None,
    sql: str | None,
    json: bool,
    csv: bool,
) -> int:
    """Find runs by what they were, or count them and their times.

    All filters must fit; of one that is repeated, one. With --by there is a row for each group: runs,
    successes, how many times count, and their median. Times count of successes that are comparable: nothing
    from the cache, all as set; simulated and real runs are never in one group. The index of the records is
    kept in your cache and follows them.
    """
    from wan22dsl.fleet import index
    from wan22dsl.fleet.query import USUAL, Query, ask, ask_sql

    if json and csv:
        raise CommandError("--json and --csv exclude each other")
    where = {
        "pipeline": pipeline,
        "file": file,
        "card": card,
        "server": server,
        "result": result,
        "batch": batch,
        "bench": bench,
        "snapshot": snapshot,
        "recipe": recipe,
    }
    others = (*where.values(), settings, since, until, fields, by, limit)
    if sql is not None and any(others):
        raise CommandError("--sql excludes filters, --fields, --by and --limit")
    asked = Query(
        where,
        _parameters(settings),
        since or "",
        until or "",
        _names(fields) if fields is not None else USUAL,
        _names(by) if by is not None else (),
        numbers.whole(limit, "--limit", 10_000_000) if limit is not None else None,
    )
    if by is not None and fields is not None:
        raise CommandError("--by and --fields exclude each other")
    with index.opened(Path(folder)) as opened:
        table = ask(opened, asked) if sql is None else ask_sql(opened, sql)
        for note in (*opened.notes, *table.notes):
            streams.say(f"note: {note}")
        _show(table, "json" if json else "csv" if csv else "text")
        for problem in opened.problems:
            streams.say(f"left out: {problem}")
    return 0


def _parameters(settings: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in settings:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise CommandError(f"--set {text}: write NAME=VALUE")
        found.setdefault(name.strip(), []).append(value.strip())
    return found


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))


def _show(table: Table, format: str) -> None:
    if format == "json":
        from json import dumps

        rows = [dict(zip(table.columns, row)) for row in table.rows]
        streams.json(dumps(rows, indent=2, ensure_ascii=False) + "\n")
    elif format == "csv":
        import csv
        import io

        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        # A record is a line, whatever its names and texts hold.
        for row in (table.columns, *table.rows):
            writer.writerow([one_line(cell) if isinstance(cell, str) else cell for cell in row])
        streams.data(text.getvalue())
    elif not table.rows:
        streams.say("no runs fit")
    else:
        from wan22dsl.run.table import aligned

        head = [_head(name) for name in table.columns]
        body = [
            [_cell(name, value) for name, value in zip(table.columns, row)] for row in table.rows
        ]
        texts = {
            at for at in range(len(head)) if any(isinstance(row[at], str) for row in table.rows)
        }
        # What is last is to the left, so that numbers get an empty column behind them.
        streams.put_lines(aligned([[*row, ""] for row in (head, *body)], texts=texts))


def _head(name: str) -> str:
    return {"median_s": "median", "least_s": "least", "most_s": "most"}.get(name, name)


_DIGESTS = ("snapshot", "source", "prompt", "recipe")


def _cell(name: str, value: Any) -> str:
    """A value for people: digests are cut, seconds have two digits behind the point."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}"
    text = str(value)
    return text[:_DIGITS] if name in _DIGESTS else text


QUERY = Command(
    query, (FOLDER, *FILTERS, SET, SINCE, UNTIL, FIELDS, BY, LIMIT, SQL, JSON, CSV)
)  # fmt: skip
