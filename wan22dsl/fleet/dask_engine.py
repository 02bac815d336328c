"""An engine of Dask workers: `wan worker` processes beside their servers.

Dask has the life and the reach of the workers; what is done where is decided by the board alone. So a worker
never has more than one task, no task is ever done again by Dask (`retries=0`, and only on its own worker),
and a task whose worker is gone is cancelled here.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.fleet import dask_worker
from wan22dsl.fleet.dask_worker import PREFIX, Facts
from wan22dsl.fleet.engine import News
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

#: How often the scheduler is asked which workers are there, in seconds.
_LOOK_S = 0.5

#: How long the scheduler is waited for: at the start, later, and for an answer of a worker, in seconds.
_CONNECT_S, _AGAIN_S, _ANSWER_S = 15.0, 3.0, 5.0


class _There(NamedTuple):
    """A worker that can be used."""

    address: str
    facts: Facts


class _Given(NamedTuple):
    """A task that a worker has."""

    number: int
    at: _There
    future: Any


class DaskEngine:
    """The workers of a scheduler. Raises CommandError where it does not answer, or Dask is not installed.

    `version` is that of this program, and must be the workers'. `named` says what the driver calls the server
    of a worker; empty: the worker is not used. `arrived` is
    given what a task returned, in a thread of its own, and gives what the driver gets. `said` is told what
    people should know.
    """

    def __init__(
        self,
        scheduler: str,
        version: str,
        named: Callable[[Facts], str],
        arrived: Callable[[Any, str], Any] = lambda value, server: value,
        said: Callable[[str], None] = lambda text: None,
    ) -> None:
        dask_worker.look_for_library()
        dask_worker.quiet()
        self._scheduler, self._named, self._arrived, self._said = scheduler, named, arrived, said
        self._news: SimpleQueue[News] = SimpleQueue()
        self._lock = threading.RLock()
        self._there: dict[str, _There] = {}
        self._tasks: dict[str, _Given] = {}
        self._known: dict[str, _There | None] = {}
        self._told: set[str] = set()
        self._versions = dask_worker.versions(version)
        self._client: Any = self._connected(_CONNECT_S)
        self._look()
        self._is_over = threading.Event()
        self._watch = threading.Thread(target=self._watches, name="wan-dask", daemon=True)
        self._watch.start()

    # --- an engine ---

    @property
    def servers(self) -> frozenset[str]:
        """The servers whose workers are there now."""
        with self._lock:
            return frozenset(self._there)

    def facts(self, server: str) -> Facts | None:
        """What the worker of a server says of itself."""
        with self._lock:
            at = self._there.get(server)
        return at.facts if at is not None else None

    def give(self, server: str, number: int, task: Any) -> None:
        """Gives a task to the worker of a server, which must have none."""
        with self._lock:
            at, client = self._there.get(server), self._client
            assert server not in self._tasks, "one task at a time"
        if at is None or client is None:
            self._news.put(News(server, number, "lost"))
            return
        try:
            future = client.submit(
                dask_worker.perform,
                at.facts.token,
                client.id,
                number,
                task,
                key=f"wan22dsl-{client.id}-{number}",
                workers=[at.address],
                allow_other_workers=False,
                retries=0,
                pure=False,
            )
        except Exception:  # the scheduler has gone just now
            self._news.put(News(server, number, "lost"))
            return
        with self._lock:
            self._tasks[server] = _Given(number, at, future)
        future.add_done_callback(lambda done: self._done(server, number, done))

    def news(self, wait_s: float) -> list[News]:
        """What has happened; waits so long for the first of it."""
        found: list[News] = []
        try:
            found.append(self._news.get(timeout=wait_s) if wait_s else self._news.get_nowait())
            while True:
                found.append(self._news.get_nowait())
        except Empty:
            return found

    def stop(self, server: str) -> None:
        """Asks the worker of a server to end its task."""
        with self._lock:
            given, client = self._tasks.get(server), self._client
        if given is not None:
            self._run(client, given.at, dask_worker.stop, given.number)

    def tidy(self, server: str, what: str) -> None:
        """Says to the worker of a server that what a task gave has arrived."""
        with self._lock:
            at, client = self._there.get(server), self._client
        if at is not None:
            self._run(client, at, dask_worker.tidy, what)

    def close(self) -> None:
        """Lets the workers go. Their tasks are asked to end first."""
        self._is_over.set()
        for server in list(self._tasks):
            self.stop(server)
        self._watch.join(timeout=2 * _ANSWER_S)
        with self._lock:
            there, client = list(self._there.values()), self._client
        for at in there:
            self._run(client, at, dask_worker.leave)
        if client is not None:
            with suppress(Exception):
                client.close(timeout=_ANSWER_S)

    # --- the workers ---

    def _run(self, client: Any, at: _There, what: Callable[..., Any], *given: Any) -> None:
        """Calls a function on a worker, as far as that is there."""
        if client is not None:
            words = (at.facts.token, client.id, *given)
            with suppress(Exception):
                client.run(what, *words, workers=[at.address], on_error="ignore")

    def _connected(self, timeout_s: float) -> Any:
        import distributed

        try:
            dask: Any = distributed
            client = dask.Client(self._scheduler, timeout=timeout_s, set_as_default=False)
        except Exception as error:  # whatever Dask raises for what it cannot reach
            words = " ".join(str(error).split())[:300] or type(error).__name__
            raise CommandError(
                f"the Dask scheduler {self._scheduler} does not answer: {words}",
                "Start it: dask scheduler --host 127.0.0.1",
            ) from error
        client.subscribe_topic(dask_worker.topic_of(client.id), self._hears)
        return client

    def _watches(self) -> None:
        """Looks at the workers until the end; where the scheduler has gone, it is waited for."""
        while not self._is_over.wait(_LOOK_S):
            try:
                if self._client is None:
                    self._client = self._connected(_AGAIN_S)
                    self._said(f"the scheduler {self._scheduler} is back")
                self._look()
            except Exception:
                self._lose_all()

    def _look(self) -> None:
        """Which workers are there; a task whose worker is gone is lost."""
        client = self._client
        if client.status != "running":
            raise ConnectionError
        try:
            info = client.scheduler_info(n_workers=-1)
        except TypeError:  # before 2025.4.1 all are given
            info = client.scheduler_info()
        names = {
            address: str(worker.get("name", "")) for address, worker in info["workers"].items()
        }
        there: dict[str, _There] = {}
        for address, name in names.items():
            if not name.startswith(PREFIX):
                continue
            if address not in self._known:
                self._known[address] = self._asked(client, address, name)
            at = self._known[address]
            server = self._named(at.facts) if at is not None else ""
            if at is not None and server and self._is_only(server, at, there):
                there[server] = at
        self._known = {address: at for address, at in self._known.items() if address in names}
        with self._lock:
            self._there = there
            lost = [
                (server, given)
                for server, given in self._tasks.items()
                if there.get(server) != given.at
            ]
        self._lose(lost)

    def _is_only(self, server: str, at: _There, there: dict[str, _There]) -> bool:
        """Whether a server has no other worker; the one that was there first stays."""
        other = there.get(server)
        if other is None:
            return True
        self._say_once(
            f"the workers {other.facts.name} and {at.facts.name} are of one server, {server}: "
            f"{at.facts.name} gets nothing"
        )
        return False

    def _asked(self, client: Any, address: str, name: str) -> _There | None:
        """What a new worker is; None where it cannot be used, which is said."""
        found: Any = client.run(dask_worker.hello, workers=[address], on_error="return")
        facts = found.get(address) if isinstance(found, dict) else None
        shown = name.removeprefix(PREFIX)
        if not isinstance(facts, Facts):
            self._say_once(
                f"the worker {shown} is not used: it does not say what it is; it may be of another version "
                "of wan22dsl"
            )
            return None
        own, theirs = dict(self._versions), dict(facts.versions)
        other = [
            f"{each} {theirs.get(each, 'none')} there and {own[each]} here"
            for each in own
            if theirs.get(each) != own[each]
        ]
        if other:
            self._say_once(
                f"the worker {shown} is not used: {', '.join(other)}. Install the same on both machines"
            )
            return None
        return _There(address, facts)

    def _say_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._said(text)

    def _lose_all(self) -> None:
        """The scheduler is gone: nobody knows what the workers do."""
        with self._lock:
            client, self._client = self._client, None
            self._there, self._known = {}, {}
            lost = list(self._tasks.items())
        self._lose(lost)
        if client is not None:
            self._said(f"the scheduler {self._scheduler} is gone; it is waited for")
            with suppress(Exception):
                client.close(timeout=1)

    def _lose(self, lost: list[tuple[str, _Given]]) -> None:
        for server, given in lost:
            with self._lock:
                if self._tasks.get(server) is not given:
                    continue
                del self._tasks[server]
            with suppress(Exception):
                given.future.cancel(force=True)
            self._news.put(News(server, given.number, "lost"))

    # --- what they say ---

    def _hears(self, event: Any) -> None:
        """A worker says how far it is."""
        name, number, *value = event[1]
        with self._lock:
            server = next(
                (
                    server
                    for server, given in self._tasks.items()
                    if given.number == number and given.at.facts.name == name
                ),
                None,
            )
        if server is not None:
            self._news.put(News(server, number, "told", tuple(value)))

    def _done(self, server: str, number: int, future: Any) -> None:
        """A task is over; a cancelled one is said to be lost by who has cancelled it."""
        status = future.status
        if status not in ("finished", "error"):
            return
        try:
            if status == "finished":
                news = News(server, number, "done", self._arrived(future.result(), server))
            else:
                news = News(server, number, "failed", future.exception())
        except Exception:  # its worker was lost before its result was here
            news = News(server, number, "lost")
        with self._lock:
            given = self._tasks.get(server)
            if given is None or given.number != number:
                return
            del self._tasks[server]
        with suppress(Exception):
            future.release()
        self._news.put(news)
