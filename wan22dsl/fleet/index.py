"""An index of the records of runs below a folder: a SQLite database in the user's cache.

The records are the truth. What the index has of a file holds as long as the file has the same size and time
of change; all else is read again, and a database that is damaged or of another version is made again.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.fleet.rows import TABLES, NoRecord, rows_of
from wan22dsl.tuples import NamedTuple
from wan22dsl.user_folders import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Of the tables, and of how rows are made of records.
VERSION = 1

#: Another process that builds the same index is waited for so long.
_PATIENCE_S = 60.0

#: So many files are written at once, so that another process gets its turn, and a stop loses little.
_LOT = 500

#: No record is larger.
_MOST_BYTES = 256 * 1024**2


class Index(NamedTuple):
    """An index that is up to date. `problems` say what is wrong with files; `notes` what is to be known.

    `read` is the number of records that had to be read.
    """

    connection: sqlite3.Connection
    root: Path
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    read: int


@contextmanager
def opened(root: Path) -> Iterator[Index]:
    """The index of all records below a folder, up to date. Raises CommandError."""
    if not root.is_dir():
        raise CommandError(f"{root.as_posix()}: this folder does not exist")
    notes: list[str] = []
    file = file_of(root)
    try:
        connection = _connected(file, notes)
        try:
            read = _update(connection, root)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise
            connection.close()
            _remove(file)
            notes.append("the index was damaged, and was made again")
            connection = _connected(file, notes)
            read = _update(connection, root)
    except (sqlite3.Error, OSError) as error:
        notes.append(f"no index could be kept ({error}): all records were read")
        connection = _connected(None, notes)
        read = _update(connection, root)
    with closing(connection):
        problems = connection.execute(
            "SELECT problem FROM files WHERE problem IS NOT NULL ORDER BY path"
        )
        yield Index(connection, root, tuple(row[0] for row in problems), tuple(notes), read)


def file_of(root: Path) -> Path | None:
    """Where the index of a folder is; None where there is no cache."""
    from wan22dsl.digest import of

    folder = cache_folder()
    return Path(folder, "runs", f"{of(str(root.resolve()))[:24]}.sqlite") if folder else None


def _connected(file: Path | None, notes: list[str]) -> sqlite3.Connection:
    """A database with the tables of this version."""
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    where = ":memory:" if file is None else str(file)
    connection = sqlite3.connect(where, timeout=_PATIENCE_S, isolation_level=None)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            _make(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError) or file is None:
            raise
        _remove(file)
        notes.append("the index was damaged, and was made again")
        return _connected(file, notes)
    # It can be made anew: what a power cut takes is no loss.
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def _remove(file: Path | None) -> None:
    for name in (file, f"{file}-journal") if file is not None else ():
        with suppress(FileNotFoundError):
            Path(str(name)).unlink()


def _make(connection: sqlite3.Connection) -> None:
    """Makes the tables, in the place of those of another version."""
    connection.execute("BEGIN EXCLUSIVE")
    for name in (*TABLES, "files"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    for name, columns in TABLES.items():
        made = ", ".join(f"{column} {kind}" for column, (kind, _) in columns.items())
        connection.execute(f"CREATE TABLE {name} ({made})")
        connection.execute(f"CREATE INDEX {name}_path ON {name} (path)")
    connection.execute(
        "CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER, changed_ns INTEGER, problem TEXT)"
    )
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _update(connection: sqlite3.Connection, root: Path) -> int:
    """Makes the index say what the files say; the number of records that were read."""
    there = {path: (size, changed) for path, size, changed in _files(root)}
    known = {
        path: (size, changed)
        for path, size, changed in connection.execute("SELECT path, size, changed_ns FROM files")
    }
    gone = [path for path in known if path not in there]
    fresh = [path for path, state in there.items() if known.get(path) != state]
    for at in range(0, len(gone), _LOT):
        with _transaction(connection):
            for path in gone[at : at + _LOT]:
                _forget(connection, path)
    for at in range(0, len(fresh), _LOT):
        with _transaction(connection):
            for path in fresh[at : at + _LOT]:
                _renew(connection, root, path, there[path])
    return len(fresh)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _files(root: Path) -> Iterator[tuple[str, int, int]]:
    """The records below a folder: path from it, size, time of change. Links to folders are not followed."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            if name.startswith("run-") and name.endswith(".json"):
                file = Path(folder, name)
                with suppress(OSError):
                    state = file.stat()
                    path = file.relative_to(root).as_posix()
                    path = path.encode("utf-8", "backslashreplace").decode()
                    yield path, state.st_size, state.st_mtime_ns


def _forget(connection: sqlite3.Connection, path: str) -> None:
    for table in (*TABLES, "files"):
        connection.execute(f"DELETE FROM {table} WHERE path = ?", (path,))


def _renew(connection: sqlite3.Connection, root: Path, path: str, state: tuple[int, int]) -> None:
    """Reads a record, unless another process has done it in the meantime."""
    found = connection.execute("SELECT size, changed_ns FROM files WHERE path = ?", (path,))
    known = found.fetchone()
    if known == state:
        return
    if known is not None:
        _forget(connection, path)
    _add(connection, root, path, state)


def _add(connection: sqlite3.Connection, root: Path, path: str, state: tuple[int, int]) -> None:
    problem = None
    try:
        rows = rows_of(disk.read(str(root / path), path, _MOST_BYTES), path)
    except UnreadableFile as error:
        problem = str(error)
    except NoRecord:
        problem = _problem(root / path)
    else:
        for table, found in zip(TABLES, ((rows.run,), rows.parameters, rows.passes)):
            marks = ", ".join("?" * len(TABLES[table]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
    connection.execute("INSERT INTO files VALUES (?, ?, ?, ?)", (path, *state, problem))


def _problem(file: Path) -> str:
    """What is wrong with a record, as whoever reads it says it."""
    from wan22dsl.run import store

    try:
        store.load(file)
    except CommandError as error:
        return str(error)
    return f"{file.as_posix()}: has values that cannot be indexed"
