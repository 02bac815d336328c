"""What works for a fleet with a Dask scheduler: its workers, and threads for servers that have a URL.

A server that has both is one server: its worker has it while that is there.
"""

from __future__ import annotations

import platform
import re
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from wan22dsl.api.batch_tasks import Outcome, Progress
from wan22dsl.api.parcels import arriving, of_batch, packed
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.fleet.dask_engine import DaskEngine
from wan22dsl.fleet.engine import News, Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from wan22dsl.fleet.dask_worker import Facts
    from wan22dsl.fleet.engine import Agent
    from wan22dsl.fleet.servers import Server

#: How long the first worker is waited for at the start, in seconds.
_FIRST_S = 10.0

#: What a worker may be called.
NAME = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Everywhere:
    """An engine of both kinds. `batch` is the id of the batch; `folder` is set when that is there.

    Raises CommandError where the scheduler does not answer.
    """

    def __init__(
        self,
        scheduler: str,
        servers: Sequence[Server],
        agents: Mapping[str, Callable[[], Agent]],
        batch: str,
        said: Callable[[str], None],
    ) -> None:
        from wan22dsl import __version__

        self.folder: Path | None = None
        self._servers, self._batch = tuple(servers), batch
        self._said: list[str] = []
        self._say = said
        self._by_worker: dict[str, bool] = {}
        self._own: list[News] = []
        self._workers = DaskEngine(
            scheduler,
            __version__,
            self._named,
            arriving(batch, lambda: self.folder, lambda *what: self._workers.tidy(*what)),
            self._said.append,
        )
        self._threads = Threads(agents)

    def wait(self) -> None:
        """Waits for the first server. Raises CommandError where none comes."""
        until_s = monotonic() + _FIRST_S
        while not self.servers and monotonic() < until_s:
            sleep(0.1)
        self._tell()
        if not self.servers:
            raise CommandError(
                "no worker is at the scheduler",
                "Start one next to each server: wan worker SCHEDULER --server http://127.0.0.1:8188",
            )

    @property
    def servers(self) -> frozenset[str]:
        """The servers that have an agent now."""
        return self._workers.servers | self._threads.servers

    def give(self, server: str, number: int, task: Any) -> None:
        """Gives a task to the worker of a server, else to the thread."""
        is_worker = server in self._workers.servers
        self._by_worker[server] = is_worker
        if is_worker:
            try:
                parcel = packed(of_batch(task, self._batch))
            except (CommandError, UnreadableFile) as error:
                outcome = Outcome("not possible", str(error)[:600])
                self._own.append(News(server, number, "done", outcome))
                return
            self._workers.give(server, number, parcel)
        elif server in self._threads.servers:
            self._threads.give(server, number, task)
        else:
            self._own.append(News(server, number, "lost"))

    def news(self, wait_s: float) -> list[News]:
        """What has happened; waits so long for the first of it."""
        self._tell()
        found, self._own = [*self._own, *self._workers.news(0.0)], []
        until_s = monotonic() + wait_s
        while not (found := [*found, *self._threads.news(0.0)]) and monotonic() < until_s:
            found = self._workers.news(min(0.05, wait_s))
        return [each for each in map(_read, found) if each is not None]

    def stop(self, server: str) -> None:
        """Asks the agent of a server to end its task."""
        if self._by_worker.get(server):
            self._workers.stop(server)
        elif server in self._threads.servers:
            self._threads.stop(server)

    def close(self) -> None:
        """Ends all agents. Their tasks are asked to end first."""
        self._threads.close()
        self._workers.close()
        self._tell()

    def _tell(self) -> None:
        """Says what was learned in other threads, in this one."""
        with suppress(IndexError):
            while True:
                self._say(self._said.pop(0))

    def _named(self, facts: Facts) -> str:
        """The server of a worker: one of the same name, or of the same address; else one more."""
        if not NAME.fullmatch(facts.name):
            return ""
        if any(server.name == facts.name for server in self._servers):
            return facts.name
        is_here = facts.host == platform.node() or not facts.is_loopback
        same = [server.name for server in self._servers if is_here and server.shown == facts.url]
        return same[0] if same else facts.name


def _read(news: News) -> News | None:
    """Progress comes from workers as a list of what it has."""
    if news.kind != "told" or isinstance(news.value, Progress):
        return news
    try:
        return news._replace(value=Progress(*news.value))
    except TypeError:
        return None
