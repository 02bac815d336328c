"""Asks all servers of a fleet at once what they are and what they do; one that hangs holds up no other."""

from __future__ import annotations

import threading
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.filenames import is_model_file
from wan22dsl.errors import CommandError, WanError
from wan22dsl.fleet.lease import holder_of
from wan22dsl.fleet.servers import address_of
from wan22dsl.graph.cost.cards import card_named
from wan22dsl.run.client import Client, Queued
from wan22dsl.run.comparing import card_name
from wan22dsl.run.stats import device_of, system_of
from wan22dsl.run.wire import number
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.fleet.lease import Holder
    from wan22dsl.fleet.servers import Server

#: A server that has not answered by then is reported as it is known.
TIMEOUT_S = 5.0

#: What is asked for in addition takes as many requests as a file has node classes: so many times as long.
_MORE_TIMES = 6

#: More names of a server are not kept.
_MOST_NAMES = 12


class Answer(NamedTuple):
    """What a server says. With a `reason` it is not reachable, and that is why.

    `card` is the name of a known card, else what the server calls it; `vram_free_bytes` is what is free now.
    `last_models` are the model files of the prompt that ended last, which may be loaded still; None: unknown.
    `holder` has its lease; `more` is what was asked for in addition, `not_asked` why that has no answer.
    """

    server: Server
    reason: str = ""
    version: str = ""
    card: str = ""
    is_known_card: bool = False
    is_simulated: bool = False
    vram_bytes: int | None = None
    vram_free_bytes: int | None = None
    queued: Queued | None = None
    last_models: tuple[str, ...] | None = None
    holder: Holder | None = None
    more: Any = None
    not_asked: str = ""

    @property
    def is_other_card(self) -> bool:
        """Whether it has another card than the configuration says."""
        return bool(self.server.card and self.is_known_card and self.card != self.server.card)


def ask(
    servers: Sequence[Server],
    timeout_s: float = TIMEOUT_S,
    more: Callable[[Client], Any] | None = None,
) -> list[Answer]:
    """What each server says, in their order, after `timeout_s` at most.

    `more` asks those that have answered for something else; what it raises becomes `not_asked`.
    """
    asked = [_Asked(server) for server in servers]
    _all([each.look for each in asked], timeout_s)
    found = [each.answer(timeout_s) for each in asked]
    if more is None:
        return found
    there = [each for each in asked if each.is_there]
    _all([partial(each.look_further, more) for each in there], timeout_s * _MORE_TIMES)
    return [each.answer(timeout_s) for each in asked]


def _all(work: Sequence[Callable[[], None]], timeout_s: float) -> None:
    """Does all of it at once, and waits for it no longer than so many seconds.

    A thread for each: with fewer, servers that hang would keep others from being asked.
    """
    threads = [threading.Thread(target=each, name="wan-ask", daemon=True) for each in work]
    until_s = monotonic() + timeout_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until_s - monotonic()))


class _Asked:
    """A server that is asked, in threads that nobody waits for when time is up."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: Client | None = None
        self._found = Answer(server)
        self._is_contacted = self._is_over = False

    @property
    def is_there(self) -> bool:
        """Whether it has answered what it was asked first."""
        return self._is_contacted and self._is_over

    def answer(self, timeout_s: float) -> Answer:
        """What is known by now."""
        if self._is_over:
            return self._found
        if not self._is_contacted:
            return self._found._replace(reason=f"does not answer within {timeout_s:g} s")
        return self._found._replace(not_asked="does not answer everything in time")

    def look(self) -> None:
        """What it is, and what it does."""
        try:
            self._client = Client(address_of(self._server))
            stats = self._client.system_stats()
            self._found = _with_stats(self._server, stats)
            self._is_contacted = True
            self._found = self._found._replace(queued=self._client.queued())
            self._found = self._found._replace(last_models=_models_of(self._client.latest()))
            self._found = self._found._replace(holder=holder_of(self._client, stats))
        except WanError as error:
            said = _without_address(str(error), self._server)
            if self._is_contacted:
                self._found = self._found._replace(not_asked=said)
            else:
                self._found = Answer(self._server, reason=said)
        self._is_over = True

    def look_further(self, more: Callable[[Client], Any]) -> None:
        """What is asked for in addition."""
        self._is_over = False
        assert self._client is not None
        try:
            self._found = self._found._replace(more=more(self._client))
        except WanError as error:
            said = _without_address(str(error), self._server)
            self._found = self._found._replace(not_asked=said)
        self._is_over = True


def _without_address(said: str, server: Server) -> str:
    """The first line of what was raised, without the address in front, which is shown next to it."""
    return said.partition("\n")[0].removeprefix(server.shown).strip()


def _with_stats(server: Server, stats: Mapping[str, Any]) -> Answer:
    system, first = system_of(stats), device_of(stats)
    named = card_name(str(first.get("name") or "")[:100])
    card = known_card(named)
    return Answer(
        server,
        version=str(system.get("comfyui_version") or "")[:40],
        card=card or named,
        is_known_card=card is not None,
        is_simulated=bool(system.get("simulated")),
        vram_bytes=_bytes(first.get("vram_total")),
        vram_free_bytes=_bytes(first.get("vram_free")),
    )


def _bytes(value: Any) -> int | None:
    found = number(value)
    return found if found is not None and found >= 0 else None


def known_card(name: str) -> str | None:
    """The name of the card of the table that is meant; None where it has none."""
    try:
        return card_named(name).name
    except CommandError:
        return None


def _models_of(entry: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    """The model files that a prompt of the history names, in its order; None where there is no prompt."""
    prompt = entry.get("prompt") if entry else None
    nodes = prompt[2] if isinstance(prompt, list) and len(prompt) > 2 else None
    if not isinstance(nodes, dict):
        return None
    found: dict[str, None] = {}
    for node in nodes.values():
        inputs = node.get("inputs") if isinstance(node, dict) else None
        for value in inputs.values() if isinstance(inputs, dict) else ():
            if isinstance(value, str) and len(value) < 300 and is_model_file(value):
                found[value.replace("\\", "/")] = None
    return tuple(found)[:_MOST_NAMES]
