"""Which of the jobs that a server can run it runs now.

While much is left, each free server takes the job that it is best for, by the prices of `prices`: what the
job is worth by the seconds that it takes there, with loading. It stays with the models that it has loaded as
long as they have jobs, and of equals it takes the longest first. Deadlines that the batch would miss go
before that, and so do jobs as long as all that is left. Near the end `ahead` plans every job, and a server is
left idle if another one finishes sooner what is left.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from wan22dsl.fleet.planning import ends_s, pace_of, plan_tasks, slots_of, starting_now, tasks_of
from wan22dsl.fleet.prices import Work, solve, value_of
from wan22dsl.fleet.queue import Key
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.fleet.able import Able
    from wan22dsl.fleet.places import Place
    from wan22dsl.fleet.queue import Entry, Queue

#: Rounds for the first prices, and for later ones, which begin with the ones before.
_FIRST_ROUNDS, _ROUNDS = 40, 6

#: Prices are worked out again when so much of the work has been given since.
_PRICED_SHARE = 0.02

#: From so few jobs for each server on, all are planned. A plan weighs each job for each group of equal
#: servers, and costs `_OF_JOB` weighings more for each job; `_MOST_WORK` of them are some milliseconds.
_AHEAD_JOBS, _OF_JOB, _MOST_WORK = 4, 40, 6_000

#: A plan weighs each job alone, so that it may load too often; less so where loading counts more. The plan
#: that ends first is taken.
_LOAD_WEIGHTS = (1.0, 2.0, 4.0)

#: Loading that adds less than this share of a job counts as none.
_WARM = 0.03

#: Of jobs that are worth nearly the same here the longest goes first; another family of models must be worth
#: so much more that it is loaded while there is work for the one that is.
_BAND, _SWITCH = 0.05, 0.08

#: A job as long as this share of what is left, with what comes after it, must start now.
_CRITICAL = 0.8

#: A deadline counts if it is before the expected end, or so little behind it.
_DUE = 1.1


class _Candidate(NamedTuple):
    """A job of a group that a server can take, and its seconds there.

    `rank_s` is what it and those that come after it take on the cards that are the quickest for them.
    """

    entry: Entry
    seconds: float
    load_s: float
    rank_s: float

    @property
    def quick_s(self) -> float:
        """With loading, and what comes after it where that is the quickest."""
        return self.load_s + self.seconds + self.entry.tail_s

    @property
    def here_s(self) -> float:
        """With loading, and what comes after it at the pace that this server has for it."""
        own_s = self.rank_s - self.entry.tail_s
        return (
            self.load_s
            + self.seconds
            + self.entry.tail_s * (self.seconds / own_s if own_s else 1.0)
        )


class Chooser:
    """Chooses for a board."""

    def __init__(self, able: Able, queue: Queue) -> None:
        self._able = able
        self._weighing = able.weighing
        self._places = able.places
        self._queue = queue
        self._left: dict[Key, int] = {}
        self._entries: dict[str, Entry] = {}
        self._counted: dict[str, Key] = {}
        self._values: dict[Key, float] = {}
        self._prices: tuple[float, ...] = ()
        self._servers: tuple[int, ...] = ()
        self._horizon_s = 0.0
        self._priced_at_s = 0.0
        self._since = -1
        self._of_models: dict[int, tuple[float, int]] = {}
        self._near: dict[str, list[tuple[Entry, str]]] = {}

    # --- what the board tells ---

    def count(self, entry: Entry) -> None:
        """A job is not given to a server, and not over: it is left to do."""
        self.uncount(entry)
        key = Key(entry.key.profile, entry.key.tags)
        self._counted[entry.id] = key
        self._entries[entry.id] = entry
        self._left[key] = self._left.get(key, 0) + 1

    def uncount(self, entry: Entry) -> None:
        """A job is given, or over."""
        key = self._counted.pop(entry.id, None)
        if key is not None:
            del self._entries[entry.id]
            self._left[key] -= 1
            if not self._left[key]:
                del self._left[key]

    def freed(self, server: str, entry: Entry, before: str) -> None:
        """A job is ready because the one before it has ended on this server."""
        self._near.setdefault(server, []).append((entry, before))

    def changed(self) -> None:
        """Servers are not what they were."""
        self._since = -1

    # --- choices ---

    def choose(self, now_s: float) -> Iterator[tuple[Entry, Place, str]]:
        """Jobs for idle servers, with the reason. Each is taken out of the queue before the next."""
        idle = [place for place in self._places if place.is_idle]
        if not idle or not self._queue.ready:
            return
        self._price(now_s)
        idle.sort(key=lambda place: (-self._prices[place.kind], place.pace, place.name))
        plans = self._plans()
        if plans:
            planned = self._planned(plans, now_s)
            for entry, place, why in planned:
                self._take(entry, place, now_s)
                yield entry, place, why
            if planned or any(place.entry is not None for place in self._places):
                return
        slots = _Slots(self._able, self._prices, now_s)
        for place in idle:
            if not self._queue.ready:
                return
            found = self._pick(place, slots, now_s)
            if found is not None:
                self._take(found[0], place, now_s)
                slots.given(place)
                yield found[0], place, found[1]
        if all(place.entry is None for place in self._places):
            yield from self._any(idle, now_s)

    def _take(self, entry: Entry, place: Place, now_s: float) -> None:
        self._queue.remove(entry, "running")
        self.given(entry, place, now_s)

    def given(self, entry: Entry, place: Place, now_s: float) -> None:
        """A server has a job, which is no longer in the queue."""
        key, models = entry.key, self._able.models(entry.key)
        loaded = self._weighing.warmth.of(place.name)
        seconds = self._able.seconds(key)[place.kind] * place.pace
        self.uncount(entry)
        if seconds == inf:  # somebody has sent it there, whatever is thought of that server
            seconds = self._able.quickest_s(key)
        place.entry = entry
        place.until_s = now_s + seconds + self._able.load_s(place.kind, loaded, models)
        if self._since >= 0:
            self._since += 1
        self._near.pop(place.name, None)

    def _any(self, idle: Sequence[Place], now_s: float) -> Iterator[tuple[Entry, Place, str]]:
        """A job for the first server that can take one: nothing runs for which it could wait."""
        for place in idle:
            candidates = self._candidates(place, inf)
            if candidates:
                entry, why = self._worth_most(place, candidates, _Crews(self._able, self._prices))
                self._take(entry, place, now_s)
                yield entry, place, why
                return

    def _pick(self, place: Place, slots: _Slots, now_s: float) -> tuple[Entry, str] | None:
        """The job for a server, while much is left."""
        horizon_s = self._left_s(now_s)
        candidates = self._candidates(place, horizon_s)
        if not candidates:
            return None
        for each in self._due(candidates, now_s + horizon_s * _DUE):
            if self._is_good_here(each, slots, place, now_s, each.entry.due_s):
                return each.entry, "its deadline is the next"
        critical = [each for each in candidates if each.rank_s >= _CRITICAL * horizon_s]
        for each in sorted(critical, key=lambda each: (-each.rank_s, each.entry.rank)):
            if self._is_good_here(each, slots, place, now_s, now_s + horizon_s):
                return each.entry, "it and what comes after it take as long as all that is left"
        fit = [each for each in candidates if each.here_s <= horizon_s]
        near = self._follower(place, fit)
        if near is not None:
            return near
        if not fit:
            fit = [each for each in candidates if each.quick_s <= horizon_s]
        if not fit:
            # Here they would end behind everything else: only if they end nowhere sooner.
            fit = [
                each for each in candidates if self._is_good_here(each, slots, place, now_s, now_s)
            ]
        return self._worth_most(place, fit, slots.crews) if fit else None

    def _left_s(self, now_s: float) -> float:
        """What all that is left takes at least, by the last prices."""
        return max(self._horizon_s - (now_s - self._priced_at_s), 0.0)

    def _candidates(self, place: Place, left_s: float) -> list[_Candidate]:
        """The first of each group that this server can take, of the highest priority that there is."""
        found: list[_Candidate] = []
        best: int | None = None
        kind, name, pace = place.kind, place.name, place.pace
        loaded = self._weighing.warmth.of(name)
        for group in self._queue.groups():
            key = group.key
            seconds = self._able.seconds(key)[kind]
            if seconds == inf:
                continue
            if (place.lacks or key.failed) and self._able.cannot(key, place):
                continue
            if key.lost and name in key.lost and self._able.others_can(key):
                continue
            entry = group.head()
            if best is None or entry.level < best:
                best, found = entry.level, []
            if entry.level == best:
                load_s = self._able.load_s(kind, loaded, self._able.models(key))
                quickest_s = self._able.quickest_s(key)
                each = _Candidate(entry, seconds * pace, load_s, quickest_s + entry.tail_s)
                found.append(each)
                if entry.tail_s and each.here_s > left_s:
                    most_s = (left_s - load_s - each.seconds) * quickest_s / (each.seconds or 1.0)
                    other = group.longest_within(entry, most_s)
                    if other is not None:
                        found.append(each._replace(entry=other, rank_s=quickest_s + other.tail_s))
        return found

    def _follower(self, place: Place, candidates: Sequence[_Candidate]) -> tuple[Entry, str] | None:
        """The job that goes on from what this server has just made."""
        by_key = {each.entry.key: each for each in candidates}
        for entry, before in self._near.get(place.name, ()):
            each = by_key.get(entry.key)
            if entry.state == "ready" and each is not None and entry.level <= each.entry.level:
                return entry, f"it goes on from `{before}`, which was made on this server"
        return None

    @staticmethod
    def _due(candidates: Sequence[_Candidate], before_s: float) -> list[_Candidate]:
        found = [
            (each.entry.due_s, each.entry.index, each)
            for each in candidates
            if each.entry.due_s < before_s
        ]
        return [each for _, _, each in sorted(found, key=lambda item: item[:2])]

    def _is_good_here(
        self, each: _Candidate, slots: _Slots, place: Place, now_s: float, until_s: float
    ) -> bool:
        """Whether a job and what comes after it end here by then, or sooner than on any other server."""
        end_s = now_s + each.here_s
        if end_s <= until_s:
            return True
        tail_s, own_s = each.entry.tail_s, each.rank_s - each.entry.tail_s
        key = each.entry.key
        models = self._able.models(key)
        for (kind, loaded, pace), free_s in slots.first(place.name):
            seconds = self._able.seconds(key)[kind]
            if seconds < inf:
                whole_s = seconds * pace * (1 + tail_s / own_s if own_s else 1.0)
                load_s = self._able.load_s(kind, loaded, models)
                if max(free_s, now_s) + load_s + whole_s < end_s:
                    return False
        return True

    def _worth_most(
        self, place: Place, candidates: Sequence[_Candidate], crews: _Crews
    ) -> tuple[Entry, str]:
        """By the prices; the longest of those that are worth about the same."""
        price = self._prices[place.kind] or 1.0
        warm, cold = [], []
        for each in candidates:
            value = self._value(each.entry.key)
            cost = price * each.seconds
            if each.load_s <= _WARM * each.seconds:
                warm.append((value / cost if cost else 1.0, each))
                continue
            models = self._able.models(each.entry.key)
            _, jobs = self._of_models.get(models, (0.0, 1))
            runs = max(jobs / (crews.many(models) + 1), 1.0)
            cost += price * each.load_s / runs
            cold.append((value / cost, each))
        best_warm = max((ratio for ratio, _ in warm), default=-1.0)
        best_cold = max((ratio for ratio, _ in cold), default=-1.0)
        if warm and best_warm >= best_cold - _SWITCH:
            _, found = min(
                ((self._others_can(each, place), -each.rank_s, each.entry.index), each)
                for ratio, each in warm
                if ratio >= best_warm - _BAND
            )
            return found.entry, "its models are loaded"
        shortest = [
            (self._short(each, price, crews), each)
            for ratio, each in cold
            if ratio >= best_cold - _BAND
        ]
        most = max(short for short, _ in shortest)
        _, found = min(
            ((-each.rank_s, each.entry.index), each)
            for short, each in shortest
            if short >= most * 0.999
        )
        return found.entry, "most is left to do with its models"

    def _others_can(self, each: _Candidate, place: Place) -> bool:
        """Whether servers of another kind can take it; what only this kind can is not left for later."""
        return any(
            seconds < inf and self._servers[kind]
            for kind, seconds in enumerate(self._able.seconds(each.entry.key))
            if kind != place.kind
        )

    def _short(self, each: _Candidate, price: float, crews: _Crews) -> float:
        """How much is left with the models of a job, for the servers that have them loaded, by price."""
        models = self._able.models(each.entry.key)
        value, _ = self._of_models.get(models, (0.0, 1))
        return value / (crews.price(models) + price)

    # --- prices ---

    def _price(self, now_s: float) -> None:
        """Works the prices out again where enough has changed."""
        total = len(self._entries)
        if 0 <= self._since < max(_PRICED_SHARE * total, 1):
            return
        servers = [0] * len(self._places.kinds)
        busy = [0.0] * len(servers)
        for place in self._places:
            if place.state == "ready":
                servers[place.kind] += 1
                if place.entry is not None:
                    busy[place.kind] += max(self._able.free_s(place, now_s) - now_s, 0.0)
        self._able.refresh()
        keys = [key for key in self._left if min(self._able.seconds(key)) < inf]
        work = [Work(self._left[key], self._able.seconds(key)) for key in keys]
        start = self._prices if self._since >= 0 else ()
        found = solve(work, servers, busy, start, _ROUNDS if start else _FIRST_ROUNDS)
        self._prices, self._servers = found.by_kind, tuple(servers)
        self._values.clear()
        self._horizon_s, self._priced_at_s, self._since = found.least_s, now_s, 0
        self._of_models.clear()
        for key, value in zip(keys, found.values):
            models, many = self._able.models(key), self._left[key]
            old, jobs = self._of_models.get(models, (0.0, 0))
            self._of_models[models] = (old + (many * value if value < inf else 0.0), jobs + many)

    def _value(self, key: Key) -> float:
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = value_of(
                self._able.seconds(key), self._prices, self._servers
            )
        return found if found < inf else 0.0

    # --- near the end ---

    def _plans(self) -> int:
        """How many plans of all jobs a choice may take the time for; none while much is left."""
        there = [place for place in self._places if place.state == "ready"]
        total = len(self._entries)
        if total > _AHEAD_JOBS * len(there):
            return 0
        warmth = self._weighing.warmth
        groups = {(place.kind, warmth.of(place.name), pace_of(place)) for place in there}
        return min(_MOST_WORK // (total * (len(groups) + _OF_JOB) + 1), len(_LOAD_WEIGHTS))

    def _planned(self, many: int, now_s: float) -> list[tuple[Entry, Place, str]]:
        """The jobs that start now by the best of so many plans."""
        tasks = tasks_of(self._entries.values(), self._able)
        plans = [plan_tasks(tasks, self._able, now_s, weight) for weight in _LOAD_WEIGHTS[:many]]
        planned = min(plans, key=lambda plan: (len(tasks) - len(plan), ends_s(plan)))
        return [
            (
                self._entries[each.job],
                self._places[each.server],
                "it ends before this server has to begin another"
                if fills
                else "of all servers this one finishes it first",
            )
            for each, fills in starting_now(planned, self._entries, self._able, now_s)
            if self._places[each.server].is_idle
        ]


class _Crews:
    """How many servers have a set of models loaded, and the price of their time; counted when asked for."""

    def __init__(self, able: Able, prices: Sequence[float]) -> None:
        self._able = able
        self._prices = prices
        self._of: dict[str, int] | None = None
        self._many: dict[int, int] = {}
        self._price: dict[int, float] = {}

    def given(self, place: Place) -> None:
        """A server may have other models now."""
        if self._of is not None:
            before = self._of.get(place.name)
            if before is not None:
                self._add(before, -1, place)
            self._count(place)

    def many(self, models: int) -> int:
        """How many servers have them loaded."""
        self._counted()
        return self._many.get(models, 0)

    def price(self, models: int) -> float:
        """What a second of all these servers costs."""
        self._counted()
        return max(self._price.get(models, 0.0), 0.0)

    def _counted(self) -> None:
        if self._of is None:
            self._of = {}
            for place in self._able.places:
                if place.is_there:
                    self._count(place)

    def _count(self, place: Place) -> None:
        assert self._of is not None
        models = self._of[place.name] = self._able.weighing.warmth.of(place.name)
        self._add(models, 1, place)

    def _add(self, models: int, many: int, place: Place) -> None:
        self._many[models] = self._many.get(models, 0) + many
        self._price[models] = self._price.get(models, 0.0) + many * self._prices[place.kind]


class _Slots:
    """When servers are free, in groups of equal ones; looked at when asked for."""

    def __init__(self, able: Able, prices: Sequence[float], now_s: float) -> None:
        self.crews = _Crews(able, prices)
        self._able = able
        self._now_s = now_s
        self._groups: dict[tuple[int, int, float], list[tuple[float, str]]] | None = None

    def given(self, place: Place) -> None:
        """A server has another job, or another set of models, than before."""
        self.crews.given(place)
        self._groups = None

    def first(self, but: str) -> Iterator[tuple[tuple[int, int, float], float]]:
        """For each group, when the first of its servers is free."""
        if self._groups is None:
            self._groups = {}
            for slot in slots_of(self._able, self._now_s):
                group = self._groups.setdefault((slot.kind, slot.loaded, slot.pace), [])
                group.append((slot.free_s, slot.server))
            # Of each group the first two are enough: one of them is another server.
            self._groups = {group: sorted(free)[:2] for group, free in self._groups.items()}
        for equal, free in self._groups.items():
            found = next((free_s for free_s, name in free if name != but), None)
            if found is not None:
                yield equal, found
