"""A driver as plain as can be, over the parts that make a batch safe, and a way to kill it anywhere.

It gives jobs to servers in turn, one at a time. Kills are by the name of a place and the how-manieth time it
is reached there: `("line.torn", 2)`. Nothing is cleaned up: the process gets SIGKILL.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import contextmanager
from copy import deepcopy
from errno import ENOSPC
from functools import cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

from tests.fleet import batches
from tests.run.conftest import QUICK, compiled
from wan22dsl.errors import ServerError
from wan22dsl.fleet import reconcile, store
from wan22dsl.fleet.ends import End, end_of, line_of
from wan22dsl.fleet.lease import Holder, Lease, take
from wan22dsl.network import address
from wan22dsl.network.http import Transport
from wan22dsl.run import download, execute
from wan22dsl.run import lines as line_files
from wan22dsl.run import store as records
from wan22dsl.run.adopting import Adopted
from wan22dsl.run.client import Client
from wan22dsl.run.job import Job, Options
from wan22dsl.run.record import Host, OfBatch, Subject, model_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from wan22dsl.fleet.jobs import JobState
    from wan22dsl.fleet.models import Placed
    from wan22dsl.fleet.store import Store
    from wan22dsl.run.events import Event

#: Two passes and a video of five frames: as little as a run can be.
TEXT = """\
wan 1
use wan22

param seed: int = 42

pass high {
    model   = wan22.t2v_high
    sampler = euler/simple
    cfg     = 1.0
    steps   = 0..2 of 4
}

pass low = high(model = wan22.t2v_low, steps = 2..4 of 4)

pipeline clip {
    prompt = "A lighthouse at dusk"
    size   = 64x64
    length = 5f
    seed   = seed
    flow   = high -> low -> save("clip")
}
"""


@cache
def ready() -> Any:
    """The pipeline, compiled once."""
    return compiled(TEXT)


class Points:
    """Counts the places that a process comes to, and kills it at one of them."""

    def __init__(self, kill: tuple[str, int] | None = None) -> None:
        self.seen: Counter[str] = Counter()
        self._kill = kill

    def __call__(self, name: str) -> None:
        self.seen[name] += 1
        if self._kill == (name, self.seen[name]):
            os.kill(os.getpid(), signal.SIGKILL)

    def is_next(self, name: str) -> bool:
        """Whether the process is to be killed at the next time of this name."""
        return self._kill == (name, self.seen[name] + 1)


_REQUESTS = {"/prompt": "prompt", "/view": "view", "/interrupt": "interrupt", "/userdata": "lease"}


def watch(point: Points) -> None:
    """Puts points before and after every write and every request that changes something, for this process."""
    real_open, real_put, real_write = Transport.open, records.put, line_files._write
    real_place = download._place

    @contextmanager
    def open(self: Transport, method: str, path: str, *given: Any, **more: Any) -> Iterator[Any]:
        name = next((name for start, name in _REQUESTS.items() if path.startswith(start)), "")
        if name:
            point(f"{name}.before")
        with real_open(self, method, path, *given, **more) as answer:
            if name:
                point(f"{name}.after")
            yield answer

    def put(folder: Path, name: str, data: bytes) -> Path:
        point("record.before")
        found = real_put(folder, name, data)
        point("record.after")
        return found

    def write(file: Any, data: bytes) -> None:
        point("line.before")
        if point.is_next("line.torn"):
            real_write(file, data[: len(data) // 2])
        point("line.torn")
        real_write(file, data)
        point("line.after")

    def place(*given: Any) -> Path:
        point("place.before")
        found = real_place(*given)
        point("place.after")
        return found

    Transport.open = open  # type: ignore[method-assign]
    records.put, line_files._write, download._place = put, write, place


def fill() -> None:
    """Fills the disk, as far as outputs are concerned: half of each fits."""

    def write(client: Client, file: Any, draft: Path, most_bytes: int) -> tuple[str, int]:
        data = b"".join(client.download(file, most_bytes))
        draft.write_bytes(data[: len(data) // 2])
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    download._write = write


def tell_to(point: Points) -> Any:
    """Events of runs are points too: `event.Step`."""

    def tell(event: Event) -> None:
        point(f"event.{type(event).__name__}")

    return tell


class Driver:
    """Drives a batch over servers, by their names and addresses."""

    def __init__(
        self, folder: Path, servers: Mapping[str, str], point: Points, *, staged: bool = False
    ) -> None:
        self.folder, self.point, self.staged = folder, point, staged
        self.clients = {name: Client(address.read(url)) for name, url in servers.items()}

    def drive(self, jobs: int) -> int:
        """Brings the batch as far as it can; the number of jobs that have no end then."""
        if (self.folder / store.PLAN).exists():
            with store.resume(self.folder) as open_store:
                self._drive(open_store)
                return self._left(open_store)
        plan = batches.plan(jobs, len(self.clients))
        with store.create(self.folder, plan) as open_store:
            self._drive(open_store)
            return self._left(open_store)

    def _left(self, open_store: Store) -> int:
        return sum(not state.is_over for state in open_store.jobs.values())

    def _drive(self, open_store: Store) -> None:
        driver = str(os.getpid())
        open_store.add(batches.started(driver))
        holder = Holder(driver, self.folder.as_posix())
        leases = self._leases(holder, open_store.drivers)
        try:
            self._over_servers(open_store)
        finally:
            for own in leases:
                own.release()

    def _leases(self, holder: Holder, gone: Collection[str]) -> list[Lease]:
        found = []
        for client in self.clients.values():
            try:
                own = take(client, holder, [driver for driver in gone if driver != holder.driver])
            except ServerError:
                continue
            assert isinstance(own, Lease), own
            found.append(own)
        return found

    def _over_servers(self, open_store: Store) -> None:
        for name, client in self.clients.items():
            found = reconcile.reconcile(open_store, client, name, confirm_s=0.0)
            for waiting in found.adopt:
                self._adopt(open_store, client, waiting)
        names = list(self.clients)
        for number, id in enumerate(open_store.jobs):
            for turn in range(2 * len(names)):
                state = open_store.jobs[id]
                # What may still be somewhere is not sent again.
                if state.is_over or state.unsettled:
                    break
                self._run(open_store, state, names[(number + turn) % len(names)])
        for client in self.clients.values():
            try:
                over = [id for state in open_store.jobs.values() for id in state.records]
                reconcile.sweep(client, over if not self._left(open_store) else ())
            except ServerError:
                continue

    def _job(self, placed: Placed) -> Job:
        own = ready()
        # No two runs of a test are the same: a server would give the second one from its cache.
        seed = crc32(f"{self.folder.as_posix()} {placed.job}".encode())
        prompt = deepcopy(own.prompt)
        for node in prompt.values():
            if "noise_seed" in node["inputs"]:
                node["inputs"]["noise_seed"] = seed
        subject = Subject("clip.wan", TEXT, own.graph.name, {"seed": seed}, "0.33.0", prompt, "0")
        of = OfBatch(batches.plan().id, placed.job, placed.attempt)
        extra = {"wan": {"source": TEXT, "name": "clip.wan"}}
        return Job(subject, prompt, own.graph, own.plan, extra, 0, None, of, placed.record)

    def _run(self, open_store: Store, state: JobState, server: str) -> None:
        client = self.clients[server]
        try:
            stats = client.system_stats()
        except ServerError:
            return
        placed = batches.placed(state.job.id, state.attempts + 1, server)
        # Ids of runs are unique in the world: the servers of a test see several batches.
        placed = placed.model_copy(
            update={"record": f"{crc32(self.folder.as_posix().encode()):08x}-{placed.record}"}
        )
        open_store.add(placed)
        host = Host(client.shown, True, stats)
        options = Options(self.folder, staged=self.staged, limits=QUICK)
        done = execute.Run(client, host, self._job(placed), options, tell_to(self.point)).run()
        if done.is_written:
            self._end(open_store, placed, model_of(done.record), client)

    def _adopt(self, open_store: Store, client: Client, waiting: reconcile.Waiting) -> None:
        host = Host(client.shown, True, client.system_stats())
        options = Options(self.folder, staged=self.staged, limits=QUICK)
        adoption = Adopted(
            client,
            host,
            self._job(waiting.placed),
            options,
            tell_to(self.point),
            waiting.remains,
        ).run()
        if adoption.is_written:
            self._end(open_store, waiting.placed, adoption.record, client, adopted=True)

    def _end(
        self,
        open_store: Store,
        placed: Placed,
        record: Any,
        client: Client,
        *,
        adopted: bool = False,
    ) -> None:
        end = end_of(record)
        assert end is not None
        is_settled = True
        if end.how == "lost":
            remains = reconcile.look(client, placed.record, self.folder, confirm_s=0.5)
            is_settled = remains.state == "gone"
        line = line_of(placed, End(*end), batches.STAMP, adopted=adopted, is_settled=is_settled)
        open_store.add(line)
