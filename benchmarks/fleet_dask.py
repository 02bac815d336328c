"""Dask's own placement, really run: all servers are workers in this process, and a run is a sleep.

Seconds of a card are `SCALE` times shorter here. What Dask itself takes, some milliseconds for a task, is in
the figures, as is what else the machine does.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from benchmarks.fleet_simulation import Result, Truth

if TYPE_CHECKING:
    from benchmarks.fleet_simulation import Workload

#: Seconds of a card for one second here.
SCALE = 60.0


class _State:
    """What the tasks share: they are sent as names, since nothing of this can be sent."""

    def __init__(self, workload: Workload, scale: float) -> None:
        self.truth = Truth(workload)
        self.jobs = {job.id: job for job in workload.jobs}
        self.servers = {server.name: server for server in workload.servers}
        self.lock = threading.Lock()
        self.scale = scale
        self.began = 0.0
        self.ends: dict[str, float] = {}
        self.busy = dict.fromkeys(self.servers, 0.0)


_STATES: list[_State] = []


def carry_out(job: str, *before: str) -> str:
    """Sleeps as long as the job takes on the server that this worker is."""
    from distributed import get_worker

    state = _STATES[-1]
    server = str(get_worker().name)
    with state.lock:
        seconds, _ = state.truth.run(state.jobs[job], state.servers[server])
        state.busy[server] += seconds
    time.sleep(seconds / state.scale)
    with state.lock:
        state.ends[job] = (time.perf_counter() - state.began) * state.scale
    return job


def run(workload: Workload, scale: float = SCALE) -> Result:
    """Hands all jobs to Dask at once, each allowed on the servers that can take it, and waits."""
    import dask
    from distributed import Client, LocalCluster

    state = _State(workload, scale)
    _STATES.append(state)
    truth, servers = state.truth, state.servers
    specs = {"distributed.worker.profile.enabled": False, "distributed.admin.tick.limit": "1h"}
    with (
        dask.config.set(specs),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=0, processes=False, dashboard_address=None
        ) as cluster,
    ):
        from distributed import Worker

        async def start() -> list[Worker]:
            workers = [
                Worker(cluster.scheduler_address, name=name, nthreads=1, dashboard=False)
                for name in servers
            ]
            for worker in workers:
                await worker
            return workers

        with Client(cluster) as client:  # type: ignore[no-untyped-call]
            workers = client.sync(start)
            state.began = time.perf_counter()
            futures: dict[str, Any] = {}
            for job in workload.jobs:
                can = [server.name for server in workload.servers if truth.can(job, server)]
                only = None if len(can) == len(servers) else can
                before = [futures[first] for first in job.after]
                futures[job.id] = client.submit(
                    carry_out, job.id, *before, key=f"job-{job.id}", workers=only, pure=False
                )
            client.gather(list(futures.values()))

            del futures

            async def stop() -> None:
                for worker in workers:
                    await worker.close()

            client.sync(stop)
    return Result(max(state.ends.values()), truth.loads, truth.load_s, state.ends, state.busy)
