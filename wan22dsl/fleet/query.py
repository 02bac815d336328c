"""Questions to the index of runs: by plain options, or by SQL that can only read."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.fleet.asking import known_card
from wan22dsl.fleet.rows import RUNS
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.fleet.index import Index

#: What is shown where nothing else is asked for.
USUAL = ("started", "id", "result", "seconds", "pipeline", "card", "server")

#: SQL that takes longer is stopped.
_LONGEST_S = 60.0

#: Operations of SQL that are allowed: reading, functions, `WITH RECURSIVE`.
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}

#: Functions that load code, or make much of little.
_REFUSED = {"load_extension", "zeroblob", "randomblob", "fts3_tokenizer", "writefile", "readfile"}


class Query(NamedTuple):
    """What is asked. Each of `where` is a column of `runs` with patterns, of which one must fit.

    In a pattern `*` is any text; capitals do not count. `parameters` are those set from outside. `by` are
    columns by which runs are grouped; `limit` is the number of rows, the newest.
    """

    where: Mapping[str, Sequence[str]] = {}
    parameters: Mapping[str, Sequence[str]] = {}
    since: str = ""
    until: str = ""
    fields: Sequence[str] = USUAL
    by: Sequence[str] = ()
    limit: int | None = None


class Table(NamedTuple):
    """An answer. `notes` say what is to be known of it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()


def ask(index: Index, query: Query) -> Table:
    """The runs that fit, or their groups. Raises CommandError for a column that is not there."""
    for name in (*query.fields, *query.by):
        _require(name)
    conditions, values = _conditions(query)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    if query.by:
        return _grouped(index, query, where, values)
    columns = ", ".join(query.fields)
    limit = f" LIMIT {query.limit}" if query.limit is not None else ""
    rows = index.connection.execute(
        f"SELECT {columns} FROM runs{where} ORDER BY started DESC, id DESC{limit}", values
    ).fetchall()
    return Table(tuple(query.fields), tuple(reversed(rows)))


def _require(name: str) -> None:
    from wan22dsl.diagnostics import nearest

    if name not in RUNS:
        close = nearest(name, RUNS)
        hint = f"Did you mean `{close}`?" if close else f"Fields: {', '.join(RUNS)}."
        raise CommandError(f"runs have no field `{name}`", hint)


def _conditions(query: Query) -> tuple[list[str], list[str]]:
    conditions: list[str] = []
    values: list[str] = []
    for name, patterns in query.where.items():
        if patterns:
            _require(name)
            conditions.append(f"({' OR '.join([_LIKE.format(name)] * len(patterns))})")
            values += [_like(_meant(name, pattern)) for pattern in patterns]
    for name, patterns in query.parameters.items():
        fits = " OR ".join([_LIKE.format("value")] * len(patterns))
        conditions.append(f"path IN (SELECT path FROM parameters WHERE name = ? AND ({fits}))")
        values += [name, *(_like(pattern) for pattern in patterns)]
    for text, sign, option in ((query.since, ">=", "--since"), (query.until, "<", "--until")):
        if text:
            conditions.append(f"started {sign} ?")
            values.append(_moment(text, option))
    return conditions, values


_LIKE = "{} LIKE ? ESCAPE '\\'"


def _like(pattern: str) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", pattern)
    return escaped.replace("*", "%")


def _meant(name: str, pattern: str) -> str:
    """A card as the index has it: `4090` is the RTX 4090; part of a digest is enough."""
    if name == "card":
        return known_card(pattern) or pattern
    if name in ("snapshot", "source", "prompt", "recipe") and re.fullmatch(
        "[0-9a-f]{6,63}", pattern
    ):
        return f"{pattern}*"
    return pattern


_AGO = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _moment(text: str, option: str) -> str:
    """A date or a time in UTC, or `7d`, as the records have it. Raises CommandError."""
    found = re.fullmatch(r"(\d{1,6})(min|h|d|w)", text.strip())
    try:
        if found:
            ago = timedelta(**{_AGO[found[2]]: int(found[1])})
            moment = datetime.now(timezone.utc) - ago
        else:
            moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
            moment = moment.replace(tzinfo=moment.tzinfo or timezone.utc)
        return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError):
        raise CommandError(
            f"{option} {text}: give a date such as 2026-11-30, a time such as 2026-11-30T18:00, or 7d"
        ) from None


def _grouped(index: Index, query: Query, where: str, values: Sequence[str]) -> Table:
    """Counts and times by group. Simulated and real runs are never in one group."""
    kinds = index.connection.execute(f"SELECT DISTINCT simulated FROM runs{where}", values)
    by = list(query.by)
    if len(kinds.fetchall()) > 1 and "simulated" not in by:
        by.append("simulated")
    groups: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    columns = ", ".join([*by, "counts", "seconds", "recipe", "result"])
    for row in index.connection.execute(f"SELECT {columns} FROM runs{where}", values):
        groups.setdefault(row[: len(by)], []).append(row[len(by) :])
    rows = []
    is_mixed = False
    for key, runs in groups.items():
        timed = [(seconds, recipe) for counts, seconds, recipe, _ in runs if counts and seconds]
        times = [seconds for seconds, _ in timed]
        recipes = len({recipe for _, recipe in timed})
        is_mixed = is_mixed or recipes > 1
        good = sum(result == "success" for *_, result in runs)
        numbers = (median(times), min(times), max(times)) if times else (None, None, None)
        rows.append((*key, len(runs), good, len(times), recipes, *numbers))
    rows.sort(key=lambda row: [(part is None, str(part)) for part in row[: len(by)]])
    notes = []
    if is_mixed and "recipe" not in by:
        notes.append("a median over several recipes is one of different work: add `recipe` to --by")
    head = ("runs", "success", "timed", "recipes", "median_s", "least_s", "most_s")
    return Table((*by, *head), tuple(rows[: query.limit]), tuple(notes))


# --- SQL ---


def ask_sql(index: Index, text: str) -> Table:
    """The answer to SQL that reads the tables `runs`, `parameters` and `passes`. Raises CommandError."""
    until_s = monotonic() + _LONGEST_S
    with closing(_read_only(index)) as connection:
        connection.create_aggregate("median", 1, _Median)  # type: ignore[arg-type]
        connection.set_authorizer(_authorize)
        connection.set_progress_handler(lambda: int(monotonic() > until_s), 100_000)
        try:
            found = connection.execute(text)
            rows = tuple(tuple(map(_plain, row)) for row in found.fetchall())
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
            if monotonic() > until_s:
                raise CommandError(f"--sql: stopped after {_LONGEST_S:g} s") from None
            hint = "It can only read: SELECT from `runs`, `parameters` and `passes`."
            raise CommandError(f"--sql: {error}", hint) from None
        if found.description is None:
            raise CommandError("--sql: give a SELECT")
        return Table(tuple(column[0] for column in found.description), rows)


def _read_only(index: Index) -> sqlite3.Connection:
    """Another connection to an index, which cannot write; of one in memory, a copy."""
    (_, _, file), *_ = index.connection.execute("PRAGMA database_list").fetchall()
    if file:
        return sqlite3.connect(f"{Path(file).as_uri()}?mode=ro", uri=True)
    copy = sqlite3.connect(":memory:")
    index.connection.backup(copy)
    return copy


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action not in _ALLOWED:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _REFUSED:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


class _Median:
    """`median(column)`, which SQLite does not have. What is null or no number does not count."""

    def __init__(self) -> None:
        self._values: list[float] = []

    def step(self, value: Any) -> None:
        """A row."""
        if isinstance(value, int | float):
            self._values.append(value)

    def finalize(self) -> float | None:
        """The median of all rows."""
        return median(self._values) if self._values else None
