"""Edits the fleets of a configuration: a server more, a server less, one that gets no further jobs.

Comments, order and line ends of the file stay. The edit is looked at before it is written: what it says must
be what the file said, with this one change.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.fleet import servers
from wan22dsl.lint.policy import toml
from wan22dsl.lint.policy.config import show
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: Another process that edits the same file is given way to so often.
_ATTEMPTS = 5


class Place(NamedTuple):
    """Where a fleet is, or is to be: a file, and the folder of the project, if it is that of a project."""

    file: str
    fleet: str
    project: str = ""

    @property
    def shown(self) -> str:
        """The file for people."""
        return show(self.file)

    @property
    def above(self) -> tuple[str, ...]:
        """The tables around `fleet`."""
        return servers.above(self.file, self.project)


def add(place: Place, name: str, settings: Mapping[str, Any]) -> None:
    """Adds a server, with these settings. Raises CommandError where there is one of that name."""

    def change(table: Any) -> None:
        if name in table:
            raise CommandError(
                f"{place.shown}: the fleet `{place.fleet}` has a server `{name}` already",
                f"Remove it first: wan fleet remove {name} --fleet {place.fleet}",
            )
        table[name] = dict(settings)

    _edit(place, change)


def remove(place: Place, names: Sequence[str]) -> None:
    """Removes servers. Raises CommandError for one that is not there."""

    def change(table: Any) -> None:
        for name in names:
            _require(place, table, name)
            del table[name]

    _edit(place, change)


def drain(place: Place, names: Sequence[str], reason: str | None) -> None:
    """Gives servers no further jobs, for a reason that may be empty; None: gives them jobs again."""

    def change(table: Any) -> None:
        for name in names:
            _require(place, table, name)
            entry = table[name]
            entry.pop("drained", None)
            entry.pop("reason", None)
            if reason is not None:
                entry["drained"] = True
                if reason:
                    entry["reason"] = reason

    _edit(place, change)


def _require(place: Place, table: Mapping[str, Any], name: str) -> None:
    from wan22dsl.diagnostics import nearest

    if name in table:
        return
    close = nearest(name, list(table))
    raise CommandError(
        f"{place.shown}: the fleet `{place.fleet}` has no server `{name}`",
        f"Did you mean `{close}`?" if close else f"Servers: {', '.join(table) or 'none'}.",
    )


def _edit(place: Place, change: Callable[[Any], None]) -> None:
    """Writes the file with a change of the table of servers. Raises CommandError."""
    for _ in range(_ATTEMPTS):
        before = _bytes(place)
        after = _changed(place, before, change)
        if _bytes(place) == before:
            Path(place.file).parent.mkdir(parents=True, exist_ok=True)
            disk.write(place.file, after)
            return
    raise CommandError(f"{place.shown}: another process writes to it; nothing was changed")


def _bytes(place: Place) -> bytes:
    if not Path(place.file).exists():
        return b""
    try:
        return disk.read(place.file, place.shown)
    except UnreadableFile as error:
        raise CommandError(str(error)) from None


def _changed(place: Place, data: bytes, change: Callable[[Any], None]) -> bytes:
    """The bytes of the file with the change. Raises CommandError where they would say anything else."""
    try:
        import tomlkit
    except ImportError:
        raise CommandError('editing needs tomlkit: pip install "wan22dsl[fleet]"') from None

    wanted = toml.read(data, place.shown)
    change(_table(wanted, place))
    text = data.decode("utf-8-sig")
    plain = text.replace("\r\n", "\n")
    try:
        document = tomlkit.parse(plain)
        change(_Servers(document, place))
        made = tomlkit.dumps(document)
    except CommandError:
        raise
    except (
        Exception
    ):  # dotted keys and tables in pieces: what tomlkit raises for them is not documented
        made = ""
    if "\r\n" in text:
        made = made.replace("\n", "\r\n")
    found = made.encode("utf-8")
    if data.startswith(b"\xef\xbb\xbf"):
        found = b"\xef\xbb\xbf" + found
    if not made or toml.read(found, place.shown) != wanted:
        at = ".".join((*place.above, "fleet", place.fleet, "servers"))
        raise CommandError(
            f"{place.shown}: cannot be edited as it is written; nothing was changed",
            f"Edit [{at}] yourself, or write it as a table of its own.",
        )
    servers.check(_inner(wanted, place), found, place.file, place.shown, project=place.project)
    return found


def _inner(values: dict[str, Any], place: Place) -> dict[str, Any]:
    for key in (*place.above, "fleet"):
        values = values.get(key, {})
    return values


def _table(values: dict[str, Any], place: Place) -> dict[str, Any]:
    """The table of the servers in plain data, made where there is none."""
    for key in (*place.above, "fleet", place.fleet, "servers"):
        values = values.setdefault(key, {})
    return values


class _Servers:
    """The table of the servers in a document that keeps its comments."""

    def __init__(self, document: Any, place: Place) -> None:
        self._document, self._place = document, place

    def _found(self) -> Any:
        """The table; None where there is none."""
        found = self._document
        for key in (*self._place.above, "fleet", self._place.fleet, "servers"):
            found = found.get(key)
            if found is None:
                return None
        return found

    def __contains__(self, name: str) -> bool:
        return name in (self._found() or ())

    def __getitem__(self, name: str) -> Any:
        return self._found()[name]

    def __iter__(self) -> Any:
        return iter(self._found() or ())

    def __delitem__(self, name: str) -> None:
        del self._found()[name]

    def __setitem__(self, name: str, settings: Mapping[str, Any]) -> None:
        import tomlkit
        from tomlkit.items import InlineTable

        found = self._document
        for key in (*self._place.above, "fleet", self._place.fleet, "servers"):
            if key not in found:
                is_inline = isinstance(found, InlineTable)
                found[key] = tomlkit.inline_table() if is_inline else tomlkit.table(True)
            found = found[key]
        if isinstance(found, InlineTable):
            entry: Any = tomlkit.inline_table()
        else:
            entry = tomlkit.table()
        for key, value in settings.items():
            entry[key] = value
        found[name] = entry
