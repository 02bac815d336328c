"""The servers of a batch: configured, named, or simulated in this process; and what works for them."""

from __future__ import annotations

import math
import os
import shlex
from functools import partial
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.fleet import schedulers
from wan22dsl.fleet.servers import Fleet, Server, fleet_of, fleets, foreign, named, simulated
from wan22dsl.network import address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from wan22dsl.api.batch_options import BatchOptions
    from wan22dsl.api.carrying import ServerAgent
    from wan22dsl.fleet.engine import Agent
    from wan22dsl.fleet.models import Plan
    from wan22dsl.lint.policy.config import Config
    from wan22dsl.server.embedded import EmbeddedServer

#: So many simulated servers one process has.
_MOST_SIMULATED = 200

#: So many servers a message names.
_MOST_TOLD = 5


def fleet(options: BatchOptions, config: Config) -> Fleet:
    """The servers that the options name; without any a configured fleet, else the server of `wan run`.

    Raises CommandError.
    """
    if options.simulate:
        count = options.simulated_servers or len(options.cards) or 1
        if count > _MOST_SIMULATED:
            raise CommandError(
                f"--servers {count}: one process simulates at most {_MOST_SIMULATED} servers",
                "For more, start others with `wan serve --port PORT`, and name each with --server.",
            )
        card = config.text("card")
        return simulated(count, tuple(options.cards) or tuple(filter(None, (card,))))
    if options.scheduler:
        return Fleet("", named(options.servers).servers, schedulers.checked(options.scheduler))
    if options.servers:
        return named(options.servers)
    if options.fleet is not None or (not os.environ.get("WAN_SERVER") and fleets(config)):
        return fleet_of(config, options.fleet or "", is_allowed=options.allow_project)
    from wan22dsl.api import targets

    return named([os.environ.get("WAN_SERVER") or targets.server_of(config) or address.DEFAULT])


def fleet_again(options: BatchOptions, config: Config, plan: Plan, folder: Path) -> Fleet:
    """The servers of a batch that goes on: those that the options name, else those that it began on.

    The folder may come from somebody else: it is believed where it names servers of this machine, or that the
    user has named elsewhere. Raises CommandError for others, which have to be named again.
    """
    if options.names_servers:
        found = fleet(options, config)
        if plan.simulated != options.simulate:
            how = "with --simulate" if plan.simulated else "without --simulate"
            raise CommandError(
                f"{folder.as_posix()}: was begun {how}: go on with it in the same way"
            )
        return found
    if plan.simulated:
        return simulated(len(plan.servers), tuple(server.card for server in plan.servers))
    if plan.fleet:
        return fleet_of(config, plan.fleet, is_allowed=options.allow_project)
    found = named([server.address for server in plan.servers])
    if plan.scheduler or any(not address.read(url).is_loopback for url in foreign(found)):
        urls = [server.url for server in found.servers]
        where = plan.scheduler or ", ".join(urls[:_MOST_TOLD]) + (" …" if urls[_MOST_TOLD:] else "")
        raise CommandError(
            f"{folder.as_posix()}: was begun on {where}",
            "A folder may come from anybody, so nothing is sent on its word alone. Name them again:",
            f"wan batch --resume --out {shlex.quote(folder.as_posix())} "
            f"{_ways_again(plan.scheduler, urls)}",
        )
    return found


def _ways_again(scheduler: str, urls: Sequence[str]) -> str:
    """The options that name a scheduler, or servers, as a shell takes them."""
    if scheduler:
        return f"--scheduler {shlex.quote(scheduler)}"
    return " ".join(f"--server {shlex.quote(url)}" for url in urls)


class Opened:
    """The servers of a batch while it runs. `speed` is that of simulated time; 1 for real servers."""

    def __init__(self, fleet: Fleet, options: BatchOptions, nodes: Sequence[str]) -> None:
        self.fleet = fleet
        self.speed = 1.0
        self._options, self._nodes = options, tuple(nodes)
        self.servers: list[Server] = list(fleet.servers)
        self.embedded: dict[str, EmbeddedServer] = {}

    @property
    def is_simulated(self) -> bool:
        """Whether its servers are simulated ones of this process."""
        return any(server.card_of_simulation for server in self.fleet.servers)

    def begin(self, stack: ExitStack) -> None:
        """Starts what is simulated. Raises CommandError."""
        if not self.is_simulated:
            return
        from wan22dsl.server.embedded import DEFAULT_SPEED, EmbeddedServer
        from wan22dsl.server.faults import Faults

        self.speed = self._options.speed or DEFAULT_SPEED
        # A fault happens once in the whole fleet, on the server that comes to it first.
        faults = Faults(self._options.faults)
        for number, server in enumerate(self.servers):
            embedded = EmbeddedServer(card=server.card_of_simulation, speed=self.speed)
            embedded.faults = faults
            stack.enter_context(embedded)
            self.embedded[server.name] = embedded
            self.servers[number] = server._replace(url=embedded.url)

    @property
    def rate(self) -> float:
        """Seconds of the clock of the batch in one of this machine's."""
        return self.speed if math.isfinite(self.speed) else 1.0

    def agents(self) -> dict[str, Callable[[], Agent]]:
        """What makes the agent of each server."""
        return {server.name: partial(self.agent, server) for server in self.servers}

    def agent(self, server: Server) -> ServerAgent:
        """The agent of a server."""
        from wan22dsl.api.carrying import ServerAgent

        embedded = self.embedded.get(server.name)
        return ServerAgent(server, nodes=self._nodes, embedded=embedded)
