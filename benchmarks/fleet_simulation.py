"""A fleet in the clock of its cards: servers run jobs, load what is not warm, and tell when they are done.

A server keeps the models of its last job, as ComfyUI does, and reads from its disk what the next one needs
besides. Seconds are those of the cost model, with some noise for each run.
"""

from __future__ import annotations

import random
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple, Protocol

from wan22dsl.fleet.board import Board, BoardJob, BoardServer
from wan22dsl.fleet.expected import CostModel, Estimated, Expectations
from wan22dsl.fleet.warmth import Warmth, weighed_bytes
from wan22dsl.graph.cost.cards import card_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.fleet.needs import ModelFile, ModelUse

#: The standard deviation of the time of a run, as a share: as measured between runs of one session.
NOISE = 0.02


class Workload(NamedTuple):
    """Jobs in the order in which they are handed in. `wrong` is how far expectations are off."""

    name: str
    jobs: tuple[BoardJob, ...]
    servers: tuple[BoardServer, ...]
    model: CostModel
    wrong: float = 0.0


class Truth:
    """What really happens: seconds of each job on each card, and of loading."""

    def __init__(self, workload: Workload, seed: int = 7) -> None:
        self._model = workload.model
        self._needs = workload.model.needs
        draw = random.Random(seed)
        self._noise = {job.id: max(draw.gauss(1.0, NOISE), 0.5) for job in workload.jobs}
        self._seconds: dict[tuple[str, str], float | None] = {}
        self._warmth = Warmth()
        self.loads = 0
        self.load_s = 0.0

    def can(self, job: BoardJob, server: BoardServer) -> bool:
        """Whether a server has the memory and the tags."""
        return self.plain_s(job.recipe, server.card) is not None and set(job.tags) <= set(
            server.tags
        )

    def plain_s(self, recipe: str, card: str) -> float | None:
        """Seconds without noise and loading; None where the card has too little memory."""
        key = (recipe, card)
        if key not in self._seconds:
            self._seconds[key] = self._model.of(recipe, card).seconds
        return self._seconds[key]

    def models(self, job: BoardJob) -> tuple[ModelUse, ...]:
        """The models of a job."""
        return self._needs[job.recipe].models

    def run(self, job: BoardJob, server: BoardServer) -> tuple[float, float]:
        """The seconds of a job with and of loading; the server then keeps its models."""
        seconds = self.plain_s(job.recipe, server.card)
        assert seconds is not None, f"{job.id} cannot run on {server.name}"
        wanted = self._warmth.number(self.models(job))
        loaded = self._warmth.of(server.name)
        missing = weighed_bytes(self._warmth.missing(loaded, wanted))
        self._warmth.warm(server.name, wanted)
        load_s = missing / card_named(server.card).disk_bytes_per_s
        self.loads += 1 if missing else 0
        self.load_s += load_s
        return seconds * self._noise[job.id] + load_s, load_s


class Policy(Protocol):
    """Who gets what. `choose` gives pairs of a job and an idle server."""

    def choose(self, now_s: float) -> list[tuple[str, str]]: ...

    def ended(self, job: str, server: str, now_s: float, seconds: float, load_s: float) -> None: ...


class Result(NamedTuple):
    """What a policy made of a workload."""

    makespan_s: float
    loads: int
    load_s: float
    ends: Mapping[str, float]
    busy_s: Mapping[str, float]


def simulate(workload: Workload, policy: Policy) -> Result:
    """Runs a workload to its end."""
    truth = Truth(workload)
    jobs = {job.id: job for job in workload.jobs}
    servers = {server.name: server for server in workload.servers}
    events: list[tuple[float, int, str, str, float, float]] = []
    running: set[str] = set()
    ends: dict[str, float] = {}
    busy = dict.fromkeys(servers, 0.0)
    now_s, number = 0.0, 0
    while True:
        for job, server in policy.choose(now_s):
            assert server not in running, f"{server} has a job already"
            assert job not in ends and all(first in ends for first in jobs[job].after)
            assert truth.can(jobs[job], servers[server])
            running.add(server)
            seconds, load_s = truth.run(jobs[job], servers[server])
            busy[server] += seconds
            number += 1
            heappush(events, (now_s + seconds, number, job, server, seconds, load_s))
        if not events:
            break
        now_s, _, job, server, seconds, load_s = heappop(events)
        running.discard(server)
        ends[job] = now_s
        policy.ended(job, server, now_s, seconds, load_s)
    assert len(ends) == len(jobs), f"{len(jobs) - len(ends)} jobs never ran"
    return Result(max(ends.values()), truth.loads, truth.load_s, ends, busy)


class WrongCosts:
    """Estimates that are off by up to a share, for each recipe and card differently."""

    def __init__(self, model: CostModel, wrong: float) -> None:
        self._model = model
        self._wrong = wrong

    def of(self, recipe: str, card: str) -> Estimated:
        found = self._model.of(recipe, card)
        if found.seconds is None or not self._wrong:
            return found
        draw = random.Random(f"{recipe} {card}")
        return found._replace(seconds=found.seconds * (1 + draw.uniform(-self._wrong, self._wrong)))

    def files(self, recipe: str) -> tuple[ModelFile, ...]:
        return self._model.files(recipe)


class Ours:
    """The board."""

    def __init__(self, workload: Workload) -> None:
        expectations = Expectations(WrongCosts(workload.model, workload.wrong))
        self.board = Board(workload.jobs, workload.servers, workload.model.needs, expectations)

    def choose(self, now_s: float) -> list[tuple[str, str]]:
        return [(choice.job, choice.server) for choice in self.board.choose(now_s)]

    def ended(self, job: str, server: str, now_s: float, seconds: float, load_s: float) -> None:
        self.board.ended(job, server, "success", now_s, seconds=seconds, load_s=load_s)


class RoundRobin:
    """Job after job to server after server, of those that can take it; each server has a queue of its own."""

    def __init__(self, workload: Workload) -> None:
        truth = Truth(workload)
        self._jobs = {job.id: job for job in workload.jobs}
        self._queues: dict[str, list[BoardJob]] = {server.name: [] for server in workload.servers}
        self._busy: set[str] = set()
        self._done: set[str] = set()
        at = 0
        for job in workload.jobs:
            for step in range(len(workload.servers)):
                server = workload.servers[(at + step) % len(workload.servers)]
                if truth.can(job, server):
                    at += step + 1
                    self._queues[server.name].append(job)
                    break

    def choose(self, now_s: float) -> list[tuple[str, str]]:
        found = []
        for server, queue in self._queues.items():
            if server in self._busy:
                continue
            ready = next((job for job in queue if self._done.issuperset(job.after)), None)
            if ready is not None:
                queue.remove(ready)
                self._busy.add(server)
                found.append((ready.id, server))
        return found

    def ended(self, job: str, server: str, now_s: float, seconds: float, load_s: float) -> None:
        self._busy.discard(server)
        self._done.add(job)


class DasksRule:
    """Dask's rule for many equal tasks (`decide_worker_rootish_queuing_enabled`, saturation 1.1): in the
    order in which they were handed in, each to the worker with the fewest, and a worker with one thread holds
    one more than it runs. Stealing is left out: Dask does it by durations of which it knows none here.
    """

    def __init__(self, workload: Workload) -> None:
        self._truth = Truth(workload)
        self._waiting = list(workload.jobs)
        self._servers = workload.servers
        self._held: dict[str, list[BoardJob]] = {server.name: [] for server in workload.servers}
        self._busy: set[str] = set()
        self._done: set[str] = set()

    def choose(self, now_s: float) -> list[tuple[str, str]]:
        found = []
        for most in (1, 2):
            for job in list(self._waiting):
                free = [server for server in self._servers if len(self._held[server.name]) < most]
                if not free:
                    break
                able = [server for server in free if self._truth.can(job, server)]
                if able and self._done.issuperset(job.after):
                    server = min(able, key=lambda own: len(self._held[own.name]))
                    self._waiting.remove(job)
                    self._held[server.name].append(job)
        for name, held in self._held.items():
            if held and name not in self._busy:
                self._busy.add(name)
                found.append((held[0].id, name))
        return found

    def ended(self, job: str, server: str, now_s: float, seconds: float, load_s: float) -> None:
        self._busy.discard(server)
        self._held[server].pop(0)
        self._done.add(job)


def lower_bound_s(workload: Workload) -> float:
    """No schedule ends before: the dual of the linear program of work on cards (`wan22dsl.fleet.prices`), and
    the longest job or chain on the cards that are the quickest for it. Neither has any loading in it.
    """
    from math import inf

    from wan22dsl.fleet.chains import chains, tails
    from wan22dsl.fleet.prices import Work, solve

    truth = Truth(workload)
    kinds = sorted({(server.card, server.tags) for server in workload.servers})
    counts = [sum((s.card, s.tags) == kind for s in workload.servers) for kind in kinds]
    many: dict[tuple[float, ...], float] = {}
    best: dict[str, float] = {}
    for job in workload.jobs:
        times = [
            truth.plain_s(job.recipe, card) if set(job.tags) <= set(tags) else None
            for card, tags in kinds
        ]
        vector = tuple(inf if own is None else own for own in times)
        noise = truth._noise[job.id]
        best[job.id] = min(vector) * noise
        many[vector] = many.get(vector, 0.0) + noise
    work = [Work(amount, vector) for vector, amount in many.items()]
    bound = solve(work, counts, [0.0] * len(counts), rounds=3000).least_s
    read = chains({job.id: job.after for job in workload.jobs})
    behind = tails(read, best.__getitem__)
    return max(bound, max(best[id] + behind.get(id, 0.0) for id in best))
