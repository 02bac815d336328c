"""What carries tasks out beside their servers: threads of this process, or Dask workers (`dask_engine`).

An engine knows no jobs and decides nothing. It has one agent for each server, gives it one task at a time,
and brings back what the agent tells and what it returns.
"""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, Protocol

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: How long agents are waited for at the end, in seconds.
_END_S = 10.0


class News(NamedTuple):
    """What an engine brings. "told": the agent says something while it works. "done": `value` is what the
    task returned. "failed": it raised, which is a fault of ours; `value` is the exception. "lost": whoever
    worked on it is gone, and nobody knows how far it came.
    """

    server: str
    task: int
    kind: Literal["told", "done", "failed", "lost"]
    value: Any = None


class Agent(Protocol):
    """What works for one server. It does one task at a time."""

    def do(self, task: Any, tell: Callable[[Any], None], is_stopped: Callable[[], bool]) -> Any:
        """Does a task, and looks several times a second whether it shall stop."""

    def close(self) -> None:
        """Nothing more will come."""


class Engine(Protocol):
    """Agents that can be given tasks."""

    @property
    def servers(self) -> frozenset[str]:
        """The servers that have an agent now."""

    def give(self, server: str, number: int, task: Any) -> None:
        """Gives a task to the agent of a server, which must have none."""

    def news(self, wait_s: float) -> list[News]:
        """What has happened; waits so long for the first of it."""

    def stop(self, server: str) -> None:
        """Asks the agent of a server to end its task."""

    def close(self) -> None:
        """Ends all agents. Their tasks are asked to end first."""


class Threads:
    """An agent in a thread of this process for each server. `make` makes them, within their threads."""

    def __init__(self, make: Mapping[str, Callable[[], Agent]]) -> None:
        self._news: SimpleQueue[News] = SimpleQueue()
        self._hands = {name: _Hand(name, each, self._news) for name, each in make.items()}

    @property
    def servers(self) -> frozenset[str]:
        """The servers that have an agent now."""
        return frozenset(self._hands)

    def give(self, server: str, number: int, task: Any) -> None:
        """Gives a task to the agent of a server, which must have none."""
        self._hands[server].give(number, task)

    def news(self, wait_s: float) -> list[News]:
        """What has happened; waits so long for the first of it."""
        found: list[News] = []
        try:
            found.append(self._news.get(timeout=wait_s))
            while True:
                found.append(self._news.get_nowait())
        except Empty:
            return found

    def stop(self, server: str) -> None:
        """Asks the agent of a server to end its task."""
        self._hands[server].stopped.set()

    def close(self) -> None:
        """Ends all agents. Their tasks are asked to end first."""
        for hand in self._hands.values():
            hand.stopped.set()
            hand.tasks.put(None)
        until_s = monotonic() + _END_S
        for hand in self._hands.values():
            hand.thread.join(max(0.1, until_s - monotonic()))


class _Hand:
    """A thread with its agent."""

    def __init__(self, name: str, make: Callable[[], Agent], news: SimpleQueue[News]) -> None:
        self._name, self._make, self._news = name, make, news
        self.tasks: SimpleQueue[tuple[int, Any] | None] = SimpleQueue()
        self.stopped = threading.Event()
        # A daemon: a server that does not answer keeps nobody from ending the process.
        self.thread = threading.Thread(target=self._run, name=f"wan-{name}", daemon=True)
        self.thread.start()

    def give(self, number: int, task: Any) -> None:
        self.stopped.clear()
        self.tasks.put((number, task))

    def _run(self) -> None:
        agent: Agent | None = None
        while (given := self.tasks.get()) is not None:
            number, task = given
            try:
                agent = agent or self._make()
                value = agent.do(task, self._teller(number), self.stopped.is_set)
            except BaseException as error:  # whatever it is, the driver must learn of it
                self._news.put(News(self._name, number, "failed", error))
            else:
                self._news.put(News(self._name, number, "done", value))
        if agent is not None:
            agent.close()

    def _teller(self, number: int) -> Callable[[Any], None]:
        return lambda value: self._news.put(News(self._name, number, "told", value))
