"""The fleets that are configured, and the servers of a fleet: where each is, and what it may be given.

A fleet is `[fleet.NAME]` of the user's own `config.toml`, or of the project's `wan.toml`. A project's file
may name any server, so nothing is sent to one of its servers until the user allows it, and never a token that
the user has not given to that very server.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wan22dsl import disk, user_config
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.lint.policy import settings, toml
from wan22dsl.network import address, trust
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wan22dsl.lint.policy.config import Config
    from wan22dsl.network.address import Address

#: The fleet that is taken where none is named, and several are configured.
DEFAULT = "default"

#: The option that allows the servers of a project for one command.
OPTION = "--allow-project"

#: So many servers of a fleet are named in a message.
_MOST_NAMED = 3


class Server(NamedTuple):
    """One ComfyUI with one card.

    `card` is as configured; empty where the server itself says it. `most_jobs` is how many jobs of one batch
    it takes; None: any number. `drained`: it gets no further jobs, for this `reason`. `token_env` is the
    variable of the token, for messages. `card_of_simulation` is set for a simulated server of this process,
    which has no URL yet.
    """

    name: str
    url: str
    card: str = ""
    tags: tuple[str, ...] = ()
    token: str = ""
    most_jobs: int | None = None
    drained: bool = False
    reason: str = ""
    card_of_simulation: str = ""
    token_over_http: bool = False
    token_env: str = ""

    def __repr__(self) -> str:
        """Without what may be secret: the token, and a login in the URL."""
        return f"Server({self.name!r}, {self.shown!r})"

    @property
    def shown(self) -> str:
        """Its address for people and for records: without name, password and query."""
        return address.read(self.url).shown if self.url else ""


class Fleet(NamedTuple):
    """The servers that take work. `scheduler` is the address of a Dask scheduler.

    `file` is the configuration that has it, and `project` the folder of the project, if it is one of a
    project; both are empty for servers that the command line names.
    """

    name: str
    servers: tuple[Server, ...]
    scheduler: str = ""
    file: str = ""
    project: str = ""


def address_of(server: Server) -> Address:
    """The address of a server, with its token. Raises CommandError where that would go unencrypted."""
    return trust.with_token(server.url, server.token, over_http=server.token_over_http)


# --- without a configuration ---


def named(urls: Sequence[str]) -> Fleet:
    """The servers that the command line names, called by their host and port. Raises CommandError."""
    found = []
    for url in urls:
        token, over_http = trust.token_of(url, named_by_file=False)
        at = address.read(url)
        found.append(Server(_host_and_port(at), url, token=token, token_over_http=over_http))
    names = [server.name for server in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CommandError(f"{twice} is named twice: name each server once")
    return Fleet("", tuple(found))


def _host_and_port(at: Address) -> str:
    return at.base.partition("://")[2]


def simulated(count: int, cards: Sequence[str] = ()) -> Fleet:
    """Simulated servers of this process, with these cards in turn. Raises CommandError for unknown cards."""
    from wan22dsl.graph.cost.cards import DEFAULT_CARD, card_named

    names = [card_named(card).name for card in cards or (DEFAULT_CARD,)]
    digits = max(2, len(str(count)))
    servers = [
        Server(f"sim-{number:0{digits}}", "", card, card_of_simulation=card)
        for number, card in ((at + 1, names[at % len(names)]) for at in range(count))
    ]
    return Fleet("", tuple(servers))


# --- configured ---


def fleet_of(config: Config, name: str = "", *, is_allowed: bool = False) -> Fleet:
    """The fleet of a name; without one, the only fleet, or that called `default`.

    Those of the user's own configuration come before those of the project. `is_allowed` is the user's
    permission, for this once, to use the servers that the project names. Raises CommandError.
    """
    found = chosen(fleets(config), name)
    if found.project and not is_allowed:
        _require(found)
    if not found.servers and not found.scheduler:
        raise CommandError(
            f"{_shown(found)}: the fleet `{found.name}` has no servers",
            f"Add one: wan fleet add NAME URL --fleet {found.name}",
        )
    return found


def chosen(known: Sequence[Fleet], name: str = "") -> Fleet:
    """One of the fleets, as `fleet_of` chooses it. It may be one that is not allowed. Raises CommandError."""
    from wan22dsl.diagnostics import nearest

    if name:
        for fleet in known:
            if fleet.name == name:
                return fleet
        close = nearest(name, [fleet.name for fleet in known])
        hint = (
            f"Did you mean `{close}`?"
            if close
            else f"Fleets: {_names(known)}."
            if known
            else f"No fleet is configured, neither here nor in {user_config.shown()}."
        )
        raise CommandError(f"there is no fleet `{name}`", hint)
    if not known:
        raise CommandError(
            "no fleet is configured",
            f"Add a server with `wan fleet add NAME URL`, or add this to {user_config.shown()}:",
            "[fleet.main.servers.gpu-01]",
            'url = "http://10.0.0.1:8188"',
        )
    if len({fleet.name for fleet in known}) == 1:
        return known[0]
    for fleet in known:
        if fleet.name == DEFAULT:
            return fleet
    raise CommandError(
        f"several fleets are configured: {_names(known)}",
        f"Choose one with --fleet NAME, or name one of them `{DEFAULT}`.",
    )


def _names(known: Sequence[Fleet]) -> str:
    return ", ".join(dict.fromkeys(f"`{fleet.name}`" for fleet in known))


def fleets(config: Config) -> tuple[Fleet, ...]:
    """Every fleet that is configured, the user's own first. Nothing is sent to any. Raises CommandError."""
    return (*own(), *_of_project(config))


def own() -> tuple[Fleet, ...]:
    """The fleets of the user's own configuration. Raises CommandError."""
    file = user_config.shown()
    return _read(user_config.table("fleet"), user_config.text(), file, file)


def _of_project(config: Config) -> tuple[Fleet, ...]:
    table = config.values.get("fleet", {})
    if not table:
        return ()
    file = Path(config.folder, Path(config.shown).name)
    data = disk.read(str(file), config.shown)
    return _read(table, data, str(file), config.shown, project=config.folder)


def _read(
    table: Mapping[str, Any],
    data: bytes,
    file: str,
    shown: str,
    *,
    project: str = "",
) -> tuple[Fleet, ...]:
    """The fleets of a table `fleet`. Raises CommandError that tells all mistakes with their places."""
    check(table, data, file, shown, project=project)
    return tuple(_fleet(name, values, file, project) for name, values in table.items())


def check(
    table: Mapping[str, Any], data: bytes, file: str, shown: str, *, project: str = ""
) -> None:
    """Raises CommandError that tells all mistakes in a table `fleet` with their places in the file."""
    around = above(file, project)
    known = {"fleet": settings.SETTINGS["fleet"]} if project else settings.FLEETS_OF_USER
    settings.check({"fleet": table}, data, shown, around, known)
    told = []
    for path, said in _mistakes(table):
        line, column = toml.place(data, (*around, "fleet", *path))
        told.append((line, column, f"{shown}:{line}:{column}: {said}"))
    if told:
        raise CommandError(*(said for _, _, said in sorted(told)))


def above(file: str, project: str) -> tuple[str, ...]:
    """The tables around `fleet` in a file."""
    return ("tool", "wan") if project and Path(file).name == "pyproject.toml" else ()


#: Names are written into records, metrics and tables.
_NAME = re.compile(r"[^\W_][\w.-]{0,63}")

_SCHEDULERS = ("tcp", "tls", "ws", "wss", "ucx")


def _mistakes(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong in fleets whose settings are of the right kinds: the place, and what to say."""
    for name, values in table.items():
        if not _NAME.fullmatch(name):
            yield (name,), _bad_name("a fleet")
        scheduler = values.get("scheduler", "")
        if scheduler and not _is_scheduler(scheduler):
            yield (name, "scheduler"), "`scheduler` must be an address such as tcp://10.0.0.1:8786"
        bases: dict[str, str] = {}
        for server, entry in values.get("servers", {}).items():
            yield from _mistakes_of_server((name, "servers", server), entry, bases)


def _mistakes_of_server(
    path: tuple[str, ...], entry: Mapping[str, Any], bases: dict[str, str]
) -> Iterator[tuple[tuple[str, ...], str]]:
    from wan22dsl.graph.cost.cards import card_named

    name = path[-1]
    if not _NAME.fullmatch(name):
        yield path, _bad_name("a server")
    try:
        base = address.read(entry["url"]).base
    except CommandError as error:
        yield (*path, "url"), f"`url` is {error}"
    else:
        if base in bases:
            yield (*path, "url"), f"`{name}` has the address of `{bases[base]}`: {base}"
        bases.setdefault(base, name)
    if "card" in entry:
        try:
            card_named(entry["card"])
        except CommandError as error:
            said = str(error.args[0]).strip()
            yield (
                (*path, "card"),
                f"{said.rstrip('.')}. Or leave `card` out: the server says which it has",
            )
    for tag in entry.get("tags", ()):
        if not _NAME.fullmatch(tag):
            yield (*path, "tags"), _bad_name("a tag")


def _bad_name(what: str) -> str:
    return f"{what} has a name of letters, digits, `.`, `_` and `-`, of at most 64 characters"


def _is_scheduler(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in _SCHEDULERS and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        return False


def _fleet(name: str, values: Mapping[str, Any], file: str, project: str) -> Fleet:
    servers = tuple(
        _server(server, entry, values, project)
        for server, entry in values.get("servers", {}).items()
    )
    return Fleet(name, servers, values.get("scheduler", ""), file, project)


def _server(name: str, entry: Mapping[str, Any], fleet: Mapping[str, Any], project: str) -> Server:
    from wan22dsl.graph.cost.cards import card_named

    token_env = entry.get("token_env", fleet.get("token_env", ""))
    over_http = entry.get("token_over_http", fleet.get("token_over_http", False))
    token = os.environ.get(token_env, "").strip() if token_env else ""
    if not token_env:
        token, allowed = trust.token_of(entry["url"], named_by_file=True)
        over_http = over_http or allowed
    return Server(
        name,
        entry["url"],
        card_named(entry["card"]).name if "card" in entry else "",
        tuple(entry.get("tags", ())),
        token,
        entry.get("most_jobs"),
        entry.get("drained", False),
        entry.get("reason", ""),
        token_over_http=over_http,
        token_env=token_env,
    )


# --- permission ---


def _require(fleet: Fleet) -> None:
    """Raises CommandError unless the user allows the servers that a project names."""
    unknown = foreign(fleet)
    if unknown and not user_config.allows(fleet.project, user_config.SERVERS):
        raise CommandError(
            f"{_shown(fleet)}: the fleet `{fleet.name}` names servers that you have not allowed: "
            f"{_some(unknown)}",
            "Nothing was sent. A file can name any server, so you must allow each project.",
            f"Use {OPTION} for this once, or add this to {user_config.shown()}:",
            *user_config.allowing(fleet.project, user_config.SERVERS),
        )
    # A scheduler sends pickled objects, with which it can run anything on this machine.
    if fleet.scheduler and not user_config.allows(fleet.project, user_config.LAUNCH):
        raise CommandError(
            f"{_shown(fleet)}: the fleet `{fleet.name}` names a scheduler that you have not allowed: "
            f"{fleet.scheduler}",
            "Nothing was sent. A Dask scheduler can run any program on this machine.",
            f"Use {OPTION} for this once, or add this to {user_config.shown()}:",
            *user_config.allowing(fleet.project, user_config.LAUNCH),
        )


def foreign(fleet: Fleet) -> list[str]:
    """The servers of a fleet that the user's own configuration and environment do not name."""
    known = {server.shown for other in own() for server in other.servers}
    known.add(address.DEFAULT)
    return [
        server.shown
        for server in fleet.servers
        if server.shown not in known and not trust.is_allowed(address.read(server.url))
    ]


def _some(addresses: Sequence[str]) -> str:
    rest = len(addresses) - _MOST_NAMED
    named = ", ".join(addresses[:_MOST_NAMED])
    return f"{named} and {rest} more" if rest > 0 else named


def _shown(fleet: Fleet) -> str:
    from wan22dsl.lint.policy.config import show

    return show(fleet.file)


# --- what changes while a batch runs ---


def drained_now(fleet: Fleet) -> dict[str, str]:
    """The servers that are drained at this moment, with the reason, as the configuration says.

    It is read again only when it has changed; one that cannot be read now says what it said before.
    """
    before = {server.name: server.reason for server in fleet.servers if server.drained}
    if not fleet.file:
        return before
    try:
        state = Path(fleet.file).stat()
    except OSError:
        stamp = (0, 0)
    else:
        stamp = (state.st_mtime_ns, state.st_size)
    found = _drained(fleet.file, fleet.name, bool(fleet.project), stamp)
    if found is None:
        return _last.get((fleet.file, fleet.name), before)
    _last[fleet.file, fleet.name] = found
    return found


#: What the files said when they could be read, by file and fleet.
_last: dict[tuple[str, str], dict[str, str]] = {}


@lru_cache(maxsize=8)
def _drained(
    file: str, name: str, is_of_project: bool, stamp: tuple[int, int]
) -> dict[str, str] | None:
    """The same for a state of the file; None where it cannot be read."""
    try:
        values: Any = toml.read(disk.read(file), file)
    except UnreadableFile:
        return None
    if is_of_project and Path(file).name == "pyproject.toml":
        values = _inner(_inner(values, "tool"), "wan")
    servers = _inner(_inner(_inner(values, "fleet"), name), "servers")
    return {
        server: str(entry.get("reason", ""))
        for server, entry in servers.items()
        if isinstance(entry, dict) and entry.get("drained") is True
    }


def _inner(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = values.get(key, {})
    return found if isinstance(found, dict) else {}
