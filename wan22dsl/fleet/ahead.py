"""Plans ahead: which server would be the first to finish each job, one job after the other.

A list schedule: the jobs in a given order, each to the server that finishes it first, with loading of what
would not be warm there. Servers that are equal, warm for the same models and equally fast are one heap, so
that a job is weighed once for each such group and not for each server.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import inf
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


class Task(NamedTuple):
    """A job that is to be planned. `seconds` are by kind, infinite where it cannot run.

    `models` is the number of its set of models, `not_on` are servers that it must not be given to.
    """

    job: str
    seconds: Sequence[float]
    models: int
    after: tuple[str, ...] = ()
    not_on: frozenset[str] = frozenset()


class Slot(NamedTuple):
    """A server: from when on it is free, what is loaded there, and how slow it is by its card."""

    server: str
    kind: int
    free_s: float
    loaded: int
    pace: float = 1.0


class Planned(NamedTuple):
    """A job on a server."""

    job: str
    server: str
    start_s: float
    end_s: float


class _Group:
    """Servers that are equal: free at these times."""

    __slots__ = ("heap", "kind", "loaded", "pace")

    def __init__(self, kind: int, loaded: int, pace: float) -> None:
        self.kind = kind
        self.loaded = loaded
        self.pace = pace
        self.heap: list[tuple[float, str]] = []


class _Groups:
    """All groups, and what a job takes on each, loading included, worked out once for equal jobs."""

    def __init__(
        self,
        slots: Iterable[Slot],
        load_s: Callable[[int, int, int], float],
        load_weight: float,
    ) -> None:
        self._load_s = load_s
        self._weight = load_weight - 1.0
        self._numbers: dict[tuple[int, int, float], int] = {}
        self._costs: dict[tuple[int, int], tuple[list[float], list[float]]] = {}
        self.groups: list[_Group] = []
        self.free: list[float] = []
        for slot in slots:
            group = self.groups[self._number(slot.kind, slot.loaded, slot.pace)]
            group.heap.append((slot.free_s, slot.server))
        for number, group in enumerate(self.groups):
            heapify(group.heap)
            self.free[number] = group.heap[0][0]

    def _number(self, kind: int, loaded: int, pace: float) -> int:
        key = (kind, loaded, pace)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.groups)
            self.groups.append(_Group(*key))
            self.free.append(inf)
        return number

    def costs(self, task: Task) -> tuple[list[float], list[float]]:
        """By group: the seconds of a task with loading, and what loading counts more in comparisons."""
        key = (id(task.seconds), task.models)
        found = self._costs.get(key)
        if found is None:
            found = self._costs[key] = ([], [])
        whole, extra = found
        for group in self.groups[len(whole) :]:
            load = self._load_s(group.kind, group.loaded, task.models)
            whole.append(task.seconds[group.kind] * group.pace + load)
            extra.append(self._weight * load)
        return found

    def take(self, number: int, server: str, until_s: float, models: int) -> None:
        """A server has a job until then, and these models."""
        group = self.groups[number]
        if group.heap[0][1] == server:
            heappop(group.heap)
        else:
            group.heap = [item for item in group.heap if item[1] != server]
            heapify(group.heap)
        self.free[number] = group.heap[0][0] if group.heap else inf
        other = self._number(group.kind, models, group.pace)
        heap = self.groups[other].heap
        heappush(heap, (until_s, server))
        self.free[other] = heap[0][0]


def plan_ahead(
    tasks: Sequence[Task],
    slots: Iterable[Slot],
    load_s: Callable[[int, int, int], float],
    ends: Mapping[str, float],
    load_weight: float = 1.0,
) -> list[Planned]:
    """The jobs that some server can run, in their order, each behind those that it needs.

    `load_s` gives the seconds to load by kind, what is loaded and what is wanted. `ends` are those of jobs
    that are done or run already. A job that needs one without an end is left out. `load_weight` is how much
    loading counts when servers are compared, which spares loads of which the next jobs would have nothing.
    """
    groups = _Groups(slots, load_s, load_weight)
    known = dict(ends)
    found = []
    for task in _in_turn(tasks, known):
        ready_s = max((known[first] for first in task.after), default=-inf)
        best = _best(task, ready_s, groups)
        if best is None:
            continue
        number, start_s, server = best
        end_s = start_s + groups.costs(task)[0][number]
        groups.take(number, server, end_s, task.models)
        known[task.job] = end_s
        found.append(Planned(task.job, server, start_s, end_s))
    return found


def _in_turn(tasks: Sequence[Task], known: Mapping[str, float]) -> Iterator[Task]:
    """The tasks in their order; one that needs a later one comes right behind it."""
    held: dict[str, list[Task]] = {}
    for task in tasks:
        waiting = [task]
        while waiting:
            current = waiting.pop(0)
            missing = next((first for first in current.after if first not in known), None)
            if missing is not None:
                held.setdefault(missing, []).append(current)
                continue
            yield current
            if current.job in known:
                waiting += held.pop(current.job, ())


def _best(task: Task, ready_s: float, groups: _Groups) -> tuple[int, float, str] | None:
    """Where it ends first, as group, start and server; of equals the group that came up first."""
    whole, extra = groups.costs(task)
    if task.not_on:
        return _best_but(task, ready_s, groups)
    best, found = inf, -1
    for number, (free, seconds, more) in enumerate(zip(groups.free, whole, extra)):
        weighed = (free if free > ready_s else ready_s) + seconds + more
        if weighed < best:
            best, found = weighed, number
    if found < 0:
        return None
    free_s, server = groups.groups[found].heap[0]
    return found, max(free_s, ready_s), server


def _best_but(task: Task, ready_s: float, groups: _Groups) -> tuple[int, float, str] | None:
    """The same where some servers are not to have it."""
    whole, extra = groups.costs(task)
    best: tuple[float, int, float, str] | None = None
    for number, group in enumerate(groups.groups):
        item = min((item for item in group.heap if item[1] not in task.not_on), default=None)
        if item is None or whole[number] == inf:
            continue
        start_s = max(item[0], ready_s)
        weighed = (start_s + whole[number] + extra[number], number, start_s, item[1])
        if best is None or weighed < best:
            best = weighed
    return None if best is None else best[1:]
