"""A plan of all jobs that are left: near the end for the next choice, and for the forecast."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from wan22dsl.fleet.ahead import Planned, Slot, Task, plan_ahead
from wan22dsl.fleet.forecast import Forecast, forecast_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.fleet.able import Able
    from wan22dsl.fleet.places import Place
    from wan22dsl.fleet.queue import Entry, Key

#: Servers whose paces differ by less than a tenth are equally fast: so much may be chance.
_PACES = 10


def pace_of(place: Place) -> float:
    """The pace of a server, as coarse as it is known."""
    return max(round(place.pace * _PACES), 1) / _PACES


def slots_of(able: Able, now_s: float) -> list[Slot]:
    """The servers that take jobs, with the end of what they do."""
    warmth = able.weighing.warmth
    return [
        Slot(
            place.name, place.kind, able.free_s(place, now_s), warmth.of(place.name), pace_of(place)
        )
        for place in able.places
        if place.state == "ready"
    ]


def tasks_of(left: Iterable[Entry], able: Able) -> list[Task]:
    """The jobs that are left, in the order in which they are planned."""
    not_on: dict[Key, frozenset[str]] = {}
    rows = []
    for entry in left:
        key = entry.key
        excluded = not_on.get(key)
        if excluded is None:
            excluded = not_on[key] = able.not_on(key)
        seconds = able.seconds(key)
        rank = (entry.level, entry.due_s, -(able.quickest_s(key) + entry.tail_s), entry.index)
        rows.append(
            (rank, Task(entry.id, seconds, able.models(key), tuple(entry.needed), excluded))
        )
    rows.sort(key=lambda row: row[0])
    return [task for _, task in rows]


def plan_tasks(
    tasks: Sequence[Task], able: Able, now_s: float, load_weight: float = 1.0
) -> list[Planned]:
    """A plan of jobs on the servers that take jobs."""
    ends = {
        place.entry.id: able.free_s(place, now_s)
        for place in able.places
        if place.entry is not None
    }
    return plan_ahead(tasks, slots_of(able, now_s), able.load_s, ends, load_weight)


def ends_s(planned: Iterable[Planned]) -> float:
    """When the last job of a plan ends."""
    return max((each.end_s for each in planned), default=-inf)


def starting_now(
    planned: Sequence[Planned], entries: Mapping[str, Entry], able: Able, now_s: float
) -> list[tuple[Planned, bool]]:
    """The jobs of a plan that start now. Where a server would wait for a job that is not ready, one is taken
    that ends before: the second value is true for these.
    """
    first: dict[str, Planned] = {}
    for each in planned:
        if each.server not in first or each.start_s < first[each.server].start_s:
            first[each.server] = each
    found = [
        (each, False)
        for each in first.values()
        if each.start_s <= now_s and entries[each.job].state == "ready"
    ]
    taken = {each.job for each, _ in found}
    for server, each in first.items():
        place = able.places[server]
        if each.start_s <= now_s or not place.is_idle:
            continue
        filler = _filler(planned, taken, entries, able, place, now_s, each.start_s - now_s)
        if filler is not None:
            taken.add(filler.job)
            found.append((filler, True))
    return found


def _filler(
    planned: Sequence[Planned],
    taken: set[str],
    entries: Mapping[str, Entry],
    able: Able,
    place: Place,
    now_s: float,
    gap_s: float,
) -> Planned | None:
    """The first job of the plan that is ready and ends on this server before it has to begin another."""
    loaded = able.weighing.warmth.of(place.name)
    for each in planned:
        entry = entries[each.job]
        if each.job in taken or entry.state != "ready" or able.cannot(entry.key, place):
            continue
        seconds = able.seconds(entry.key)[place.kind] * place.pace
        seconds += able.load_s(place.kind, loaded, able.models(entry.key))
        if seconds <= gap_s:
            return Planned(each.job, place.name, now_s, now_s + seconds)
    return None


def forecast(
    entries: Sequence[Entry], able: Able, now_s: float, impossible: Mapping[str, str]
) -> Forecast:
    """The ends of all jobs that are not over."""
    left = [entry for entry in entries if entry.state in ("waiting", "ready")]
    tasks = tasks_of((entry for entry in left if entry.id not in impossible), able)
    planned = plan_tasks(tasks, able, now_s)
    servers = {each.job: each.server for each in planned}
    ends = {each.job: each.end_s for each in planned}
    for place in able.places:
        if place.entry is not None:
            servers[place.entry.id] = place.name
            ends[place.entry.id] = able.free_s(place, now_s)
    unknown = {
        entry.id
        for entry in entries
        if entry.id in servers and _seconds(entry, able, servers[entry.id]) is None
    }
    waiting = [entry for entry in left if entry.id in ends]
    # Whoever waits for a job of which no time is known has none either.
    more = True
    while more:
        found = {
            entry.id for entry in waiting if entry.id not in unknown and entry.needed & unknown
        }
        unknown |= found
        more = bool(found)
    return forecast_of(
        {job: end for job, end in ends.items() if job not in unknown},
        {entry.id: entry.job.due_s for entry in entries if entry.job.due_s is not None},
        [entry.id for entry in entries if entry.id in unknown],
        [entry.id for entry in left if entry.id not in ends],
        sorted(_unsized(left, able)),
    )


def _seconds(entry: Entry, able: Able, server: str) -> float | None:
    card = able.places[server].server.card
    return able.weighing.expectations.of(entry.job.recipe, card).seconds


def _unsized(left: Iterable[Entry], able: Able) -> set[str]:
    recipes = {entry.job.recipe for entry in left}
    return {
        file.name
        for recipe in recipes
        for use in able.weighing.needs_of(recipe).models
        for file in use.files
        if file.size_bytes is None
    }
