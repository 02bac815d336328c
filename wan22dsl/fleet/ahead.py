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


#: Servers that are equal: kind, what is loaded, pace.
_Group = tuple[int, int, float]
_Item = tuple[float, str]


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
    heaps: dict[_Group, list[_Item]] = {}
    for slot in slots:
        heaps.setdefault((slot.kind, slot.loaded, slot.pace), []).append((slot.free_s, slot.server))
    for heap in heaps.values():
        heapify(heap)
    known = dict(ends)
    found = []
    for task in _in_turn(tasks, known):
        ready_s = max((known[first] for first in task.after), default=-inf)
        best = _best(task, ready_s, heaps, load_s, load_weight)
        if best is None:
            continue
        end_s, start_s, group, item = best
        _take(heaps, group, item)
        kind, _, pace = group
        heappush(heaps.setdefault((kind, task.models, pace), []), (end_s, item[1]))
        known[task.job] = end_s
        found.append(Planned(task.job, item[1], start_s, end_s))
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


def _best(
    task: Task,
    ready_s: float,
    heaps: Mapping[_Group, list[_Item]],
    load_s: Callable[[int, int, int], float],
    load_weight: float,
) -> tuple[float, float, _Group, _Item] | None:
    """Where it ends first; of equals the one that is warm, then the first by name."""
    best: tuple[float, float, str] | None = None
    found: tuple[float, float, _Group, _Item] | None = None
    for group, heap in heaps.items():
        kind, loaded, pace = group
        seconds = task.seconds[kind]
        if seconds == inf:
            continue
        item = heap[0] if not task.not_on else _first(heap, task.not_on)
        if item is None:
            continue
        load = load_s(kind, loaded, task.models)
        start_s = max(item[0], ready_s)
        end_s = start_s + load + seconds * pace
        weighed = (end_s + (load_weight - 1.0) * load, load, item[1])
        if best is None or weighed < best:
            best, found = weighed, (end_s, start_s, group, item)
    return found


def _first(heap: list[_Item], not_on: frozenset[str]) -> _Item | None:
    return min((item for item in heap if item[1] not in not_on), default=None)


def _take(heaps: dict[_Group, list[_Item]], group: _Group, item: _Item) -> None:
    """Takes a server out of its heap."""
    heap = heaps[group]
    if heap[0] == item:
        heappop(heap)
    else:
        heap.remove(item)
        heapify(heap)
    if not heap:
        del heaps[group]
