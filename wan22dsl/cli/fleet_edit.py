"""`wan fleet add`, `remove` and `drain`: change the servers of a fleet in the configuration that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.cli import numbers, streams
from wan22dsl.cli.declare import Argument, Command, Option
from wan22dsl.errors import CommandError
from wan22dsl.graph.cost.cards import EXAMPLE

if TYPE_CHECKING:
    from wan22dsl.fleet.editing import Place

#: The fleet that the first server makes.
FIRST = "main"

NAME = Argument("name", "NAME", "Name of the server, such as gpu-07")
NAMES = Argument("names", "NAMES", "Names of servers", many=True)
URL = Argument("url", "URL", "Its address, such as http://10.0.0.7:8188")
FLEET = Option(
    "fleet", ("--fleet",), "Configured fleet (default: the only one, or `default`)", "NAME"
)
CARD = Option("card", ("--card",), f"Its GPU, such as {EXAMPLE} (default: as it says)", "CARD")
TAG = Option("tag", ("--tag",), "Word that jobs can ask for; repeatable", "TAG", many=True)
MOST_JOBS = Option("most_jobs", ("--most-jobs",), "Most jobs of one batch that it takes", "N")
TOKEN_ENV = Option(
    "token_env", ("--token-env",), "Environment variable with its token (not in a project)", "VAR"
)
PROJECT = Option(
    "project", ("--project",), "Write a new fleet into the project's wan.toml, not your config.toml"
)
REASON = Option("reason", ("--reason",), "Why, for those who look at the fleet", "TEXT")
UNDO = Option("undo", ("--undo",), "Give them jobs again")


def add(
    name: str,
    url: str,
    fleet: str | None,
    card: str | None,
    tag: list[str],
    most_jobs: str | None,
    token_env: str | None,
    project: bool,
) -> int:
    """Add a server to a fleet.

    The first server makes a fleet `main` in your own config.toml. Nothing is sent to the server: `wan fleet
    status` does that. Comments and order of the file stay.
    """
    from wan22dsl.fleet import editing

    place = _place(fleet, makes=True, project=project)
    settings: dict[str, Any] = {"url": url}
    settings |= {"card": card} if card is not None else {}
    settings |= {"tags": tag} if tag else {}
    if most_jobs is not None:
        settings["most_jobs"] = numbers.whole(most_jobs, "--most-jobs", 1_000_000)
    settings |= {"token_env": token_env} if token_env is not None else {}
    editing.add(place, name, settings)
    streams.put_lines([f"{place.shown}: added `{name}` to the fleet `{place.fleet}`"])
    return 0


def remove(names: list[str], fleet: str | None) -> int:
    """Remove servers from a fleet. A batch that is running keeps those that it has begun with."""
    from wan22dsl.fleet import editing

    place = _place(fleet)
    editing.remove(place, names)
    streams.put_lines([f"{place.shown}: removed {_quoted(names)} from the fleet `{place.fleet}`"])
    return 0


def drain(names: list[str], fleet: str | None, reason: str | None, undo: bool) -> int:
    """Give servers no further jobs. Runs that have begun end as usual; a running `wan batch` sees it."""
    from wan22dsl.fleet import editing

    if undo and reason:
        raise CommandError("--reason and --undo exclude each other")
    place = _place(fleet)
    editing.drain(place, names, None if undo else reason or "")
    done = "gets jobs again" if undo else "gets no further jobs"
    streams.put_lines(
        f"{place.shown}: `{name}` of the fleet `{place.fleet}` {done}" for name in names
    )
    return 0


def _place(name: str | None, *, makes: bool = False, project: bool = False) -> Place:
    """Where the fleet is that is meant; with `makes`, where a new one is to be. Raises CommandError."""
    from pathlib import Path

    from wan22dsl import user_config
    from wan22dsl.fleet import servers
    from wan22dsl.fleet.editing import Place
    from wan22dsl.lint.policy.config import Configs

    config = Configs().of("")
    known = servers.fleets(config)
    wanted = name or ("" if known else FIRST)
    if makes and not any(fleet.name == wanted for fleet in known) and wanted:
        if project:
            folder = config.folder or str(Path.cwd())
            file = Path(folder, Path(config.shown).name if config.shown else "wan.toml")
            return Place(str(file), wanted, folder)
        own = user_config.file()
        if own is None:
            raise CommandError("your home folder is unknown", "Use --project, or set HOME.")
        return Place(own, wanted)
    found = servers.chosen(known, wanted)
    if project and not found.project:
        raise CommandError(
            f"the fleet `{found.name}` is in your own configuration: {found.file}",
            "Leave out --project, or name another fleet with --fleet.",
        )
    return Place(found.file, found.name, found.project)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


ADD = Command(add, (NAME, URL, FLEET, CARD, TAG, MOST_JOBS, TOKEN_ENV, PROJECT))
REMOVE = Command(remove, (NAMES, FLEET))
DRAIN = Command(drain, (NAMES, FLEET, REASON, UNDO))
