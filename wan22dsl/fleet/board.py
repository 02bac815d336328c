"""The board: which job goes to which server. It knows no clock, no network and no disk.

Hard needs come first: memory, tags, what a server is known to lack, where a job has failed. Among what a
server can do, `choosing` says what it does. Every method takes `now_s`, by any clock that does not go back;
the same calls give the same choices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.fleet.able import Able
from wan22dsl.fleet.chains import Chains, chains, tails
from wan22dsl.fleet.choosing import Chooser
from wan22dsl.fleet.places import BoardServer, Place, Places
from wan22dsl.fleet.planning import forecast
from wan22dsl.fleet.queue import BoardJob, Entry, Key, Queue, level
from wan22dsl.fleet.weighing import Weighing
from wan22dsl.tuples import NamedTuple

__all__ = ["Board", "BoardJob", "BoardServer", "Choice", "Counts", "Running"]

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.fleet.expected import Expectations, Expected
    from wan22dsl.fleet.forecast import Forecast
    from wan22dsl.fleet.models import How, ServerState
    from wan22dsl.fleet.needs import ModelUse, Needs

#: After so many servers have run out of memory with a recipe that has not succeeded on such a card, its other
#: jobs are not given to such cards either.
_PROOF = 2


class Choice(NamedTuple):
    """A job for a server. `expected.load_s` is that of what is not warm there; `why` is for people.

    `staged` asks for the run in which each pass is a prompt of its own, because memory has run out.
    """

    job: str
    server: str
    expected: Expected
    is_warm: bool
    why: str
    staged: bool = False


class Running(NamedTuple):
    """A job that a server has; `until_s` is when it is expected to end, None where that is not known."""

    job: str
    server: str
    began_s: float
    until_s: float | None


class Counts(NamedTuple):
    """How many jobs are where. `waiting` are those that could start, `blocked` those that need others."""

    waiting: int
    blocked: int
    running: int
    done: int
    set_aside: int


class Board:
    """The jobs and the servers of a batch. Servers are `ready` until something else is said of them.

    Call `choose` when something has changed, and every half minute: a server may be left idle because another
    is expected to be sooner, and then that one may turn out to be late.
    """

    def __init__(
        self,
        jobs: Iterable[BoardJob],
        servers: Iterable[BoardServer],
        needs: Mapping[str, Needs],
        expectations: Expectations,
        now_s: float = 0.0,
    ) -> None:
        self._weighing = Weighing(needs, expectations)
        self._places = Places()
        for server in servers:
            self._places.add(server)
        self._queue = Queue()
        self._entries: dict[str, Entry] = {}
        self._chains = Chains({}, (), {})
        self._of_recipe: dict[str, list[Entry]] = {}
        self._full: dict[str, set[tuple[str, int | None, str]]] = {}
        self._proven: set[tuple[str, str]] = set()
        self._able = Able(self._weighing, self._places)
        self._chooser = Chooser(self._able, self._queue)
        self.add(jobs, now_s)

    # --- jobs and servers that come ---

    def add(self, jobs: Iterable[BoardJob], now_s: float) -> None:
        """Takes more jobs. They may need jobs that are here already."""
        kinds = self._places.kinds
        made = []
        for job in jobs:
            key = Key(self._weighing.profile(job.recipe, kinds), frozenset(job.tags))
            entry = Entry(len(self._entries), job, key, level(job.priority, now_s))
            assert job.id not in self._entries, f"two jobs have the id {job.id}"
            self._entries[job.id] = entry
            self._of_recipe.setdefault(job.recipe, []).append(entry)
            made.append(entry)
        self._chains = chains({id: entry.job.after for id, entry in self._entries.items()})
        self._set_tails()
        for entry in made:
            self._chooser.count(entry)
            entry.needed = {
                first
                for first in entry.job.after
                if first not in self._entries or self._entries[first].state != "done"
            }
            if not entry.needed:
                self._queue.add(entry)

    def add_server(self, server: BoardServer, now_s: float) -> None:
        """A server more, or one that is otherwise than before."""
        known = self._places.get(server.name)
        if known is None or known.server != server:
            self._places.add(server)
            self._changed()

    def server_state(self, name: str, state: ServerState, now_s: float) -> None:
        """What is known of a server. Only to one that is `ready` a job is given."""
        place = self._places[name]
        was_there, place.state = place.is_there, state
        if place.is_there != was_there:
            self._changed()

    def lacks(self, server: str, recipe: str, reason: str) -> None:
        """This server cannot run this recipe: it is never asked again."""
        if recipe not in self._of_recipe:
            return
        self._places[server].lacks[recipe] = reason
        if self._weighing.shares(recipe):
            self._split(recipe)
        self._changed()

    # --- decisions ---

    def choose(self, now_s: float) -> list[Choice]:
        """At most one job for every server that is ready and idle. They count as given."""
        return [
            self._give(entry, place, why, now_s)
            for entry, place, why in self._chooser.choose(now_s)
        ]

    def _give(self, entry: Entry, place: Place, why: str, now_s: float) -> Choice:
        """The chooser has taken the job out of the queue; the rest of what that means."""
        recipe, card, warmth = entry.job.recipe, place.server.card, self._weighing.warmth
        loaded = warmth.of(place.name)
        expected, place.read_bytes = self._weighing.expected(recipe, card, loaded)
        is_warm = warmth.has(place.name, self._weighing.needs_of(recipe).models)
        entry.server, entry.began_s, entry.expected = place.name, now_s, expected
        entry.staged_now = entry.key.staged
        entry.is_staged = entry.is_staged or entry.key.staged
        warmth.warm(place.name, self._weighing.profiles[entry.key.profile].models)
        return Choice(entry.id, place.name, expected, is_warm, why, entry.key.staged)

    def given(self, job: str, server: str, now_s: float) -> None:
        """A job that an earlier driver has given to a server, where it may still be; as if it began now."""
        entry, place = self._entries[job], self._places[server]
        if entry.state == "ready":
            self._queue.remove(entry, "running")
        entry.state = "running"
        self._chooser.given(entry, place, now_s)
        self._give(entry, place, "", now_s)

    # --- what happened ---

    def ended(
        self,
        job: str,
        server: str,
        how: How,
        now_s: float,
        *,
        seconds: float | None = None,
        load_s: float | None = None,
    ) -> None:
        """An attempt is over. A failure puts the job back, and not on that server again.

        `seconds` are those of the whole run, where all of it was run: not of one that took results from the
        cache of its server.
        """
        entry = self._entries[job]
        if entry.state not in ("running", "ready", "waiting"):
            return  # it was set aside meanwhile
        place = self._places.get(server)
        if how == "success":
            self._learn(entry, place, seconds, load_s)
            self._leave(entry, "done")
            self._free(entry, server)
            return
        if place is not None and how in ("out of memory", "lost"):
            self._weighing.warmth.cold(server)
        if how in ("stopped", "lost"):
            self._take_back_staged(entry)
        if how == "out of memory":
            self._out_of_memory(entry, place, server)
        elif how == "lost":
            # Nothing says that the job was at fault, and it may be the only server.
            self._put(entry, entry.key._replace(lost=entry.key.lost | {server}))
        elif how == "stopped":
            self._put(entry, entry.key)
        else:
            self._put(entry, entry.key._replace(failed=entry.key.failed | {server}))

    def put_back(self, job: str, now_s: float) -> None:
        """It was given to a server and has not begun there, or was lost before: as if nothing had been."""
        entry = self._entries[job]
        if entry.state == "running":
            self._take_back_staged(entry)
            self._put(entry, entry.key)

    def set_aside(self, job: str, reason: str, now_s: float) -> tuple[str, ...]:
        """It is not tried any more, nor are those that need it; gives the ids of all these."""
        gone = []
        waiting = [(job, reason)]
        for id, said in waiting:
            entry = self._entries[id]
            if entry.state in ("done", "set aside"):
                continue
            entry.reason = said
            self._leave(entry, "set aside")
            gone.append(id)
            why = f"needs `{job}`, which was set aside: {reason}"
            waiting += [(follower, why) for follower in self._chains.followers.get(id, ())]
        return tuple(gone)

    def warm(self, server: str, models: Iterable[ModelUse]) -> None:
        """These models are loaded there, and nothing else."""
        self._weighing.warmth.warm(server, self._weighing.warmth.number(models))

    def cold(self, server: str) -> None:
        """Nothing is loaded there any more: after `/free`, a restart, prompts of others, out of memory."""
        self._weighing.warmth.cold(server)

    # --- what can be seen ---

    def impossible(self) -> dict[str, str]:
        """The jobs that no server that is there can ever take, with the reason; and those that need them."""
        found = {
            job: reason
            for job, reason in self._chains.never.items()
            if self._entries[job].state in ("waiting", "ready")
        }
        kept: dict[Key, str] = {}
        for entry in self._entries.values():
            if entry.state in ("waiting", "ready") and entry.id not in found:
                reason = kept.get(entry.key)
                if reason is None:
                    reason = kept[entry.key] = self._able.nowhere(entry.key)
                if reason:
                    found[entry.id] = reason
        roots = [(job, job) for job in found]
        for job, root in roots:
            for follower in self._chains.followers.get(job, ()):
                if follower not in found and self._entries[follower].state == "waiting":
                    found[follower] = f"needs `{root}`, which cannot run: {found[root]}"
                    roots.append((follower, root))
        return found

    @property
    def waiting(self) -> tuple[str, ...]:
        """The jobs that are neither done nor running nor set aside."""
        return tuple(
            entry.id for entry in self._entries.values() if entry.state in ("waiting", "ready")
        )

    @property
    def running(self) -> tuple[Running, ...]:
        """What each server has."""
        found = []
        for place in self._places:
            entry = place.entry
            if entry is not None:
                whole = None if entry.expected is None else entry.expected.whole_s
                until = None if whole is None else place.until_s
                found.append(Running(entry.id, place.name, entry.began_s, until))
        return tuple(found)

    @property
    def counts(self) -> Counts:
        """How many jobs are where."""
        many = dict.fromkeys(("waiting", "ready", "running", "done", "set aside"), 0)
        for entry in self._entries.values():
            many[entry.state] += 1
        return Counts(
            many["ready"], many["waiting"], many["running"], many["done"], many["set aside"]
        )

    @property
    def is_over(self) -> bool:
        """Whether every job has an end."""
        return all(entry.state in ("done", "set aside") for entry in self._entries.values())

    def forecast(self, now_s: float) -> Forecast:
        """When it will all be done, by a plan of all jobs. It takes longer than a choice."""
        self._able.refresh()
        return forecast(list(self._entries.values()), self._able, now_s, self.impossible())

    # --- inside ---

    def _set_tails(self) -> None:
        """What comes after each job, on the servers that would be the quickest for it."""
        if not self._chains.followers:
            return
        entries = self._entries
        found = tails(self._chains, lambda job: self._able.quickest_s(entries[job].key))
        for job, seconds in found.items():
            entries[job].tail_s = seconds
        # Whoever is needed by a job is as urgent as that job.
        for job in reversed(self._chains.order):
            own = entries[job]
            for follower in map(entries.__getitem__, self._chains.followers.get(job, ())):
                own.level = min(own.level, follower.level)
                own.due_s = min(own.due_s, follower.due_s - self._able.quickest_s(follower.key))

    def _learn(
        self, entry: Entry, place: Place | None, seconds: float | None, load_s: float | None
    ) -> None:
        if place is None or seconds is None or entry.staged_now:
            return
        recipe, card = entry.job.recipe, place.server.card
        if (recipe, card) not in self._proven:
            self._proven.add((recipe, card))
            self._able.changed()  # it has the memory, whatever was thought
        before = self._weighing.expectations.of(recipe, card)
        read = place.read_bytes if entry.server == place.name else None
        self._weighing.expectations.learned(recipe, card, seconds, load_s, read)
        if before.seconds and before.basis == "measured":
            place.ran(max(seconds - (load_s or 0.0), 0.0) / before.seconds)

    def _leave(self, entry: Entry, state: str) -> None:
        """It neither waits nor runs any more."""
        self._unplace(entry)
        if entry.state == "ready":
            self._queue.remove(entry, "waiting")
        self._chooser.uncount(entry)
        entry.state = state  # type: ignore[assignment]

    def _unplace(self, entry: Entry) -> None:
        """No server has it any more."""
        place = self._places.get(entry.server)
        if place is not None and place.entry is entry:
            place.entry = None

    @staticmethod
    def _take_back_staged(entry: Entry) -> None:
        """A staged run that has not shown anything does not count as the one that a job has."""
        entry.is_staged = entry.is_staged and not entry.staged_now

    def _free(self, entry: Entry, server: str) -> None:
        """Those that needed it, and nothing else any more, are ready."""
        for id in self._chains.followers.get(entry.id, ()):
            follower = self._entries[id]
            follower.needed.discard(entry.id)
            if follower.state == "waiting" and not follower.needed:
                self._queue.add(follower)
                self._chooser.freed(server, follower, entry.id)

    def _put(self, entry: Entry, key: Key) -> None:
        """Back into the queue, with what is now known of it."""
        self._unplace(entry)
        if entry.state == "ready":
            self._queue.remove(entry, "waiting")
        entry.key = self._settled(entry, key)
        self._chooser.count(entry)
        entry.state = "waiting"
        if not entry.needed:
            self._queue.add(entry)

    def _out_of_memory(self, entry: Entry, place: Place | None, server: str) -> None:
        recipe = entry.job.recipe
        if place is None or entry.staged_now:
            self._put(entry, entry.key._replace(failed=entry.key.failed | {server}, staged=False))
            return
        card, vram = place.server.card, place.server.vram_bytes
        seen = self._full.setdefault(recipe, set())
        seen.add((card, vram, server))
        self._put(entry, entry.key._replace(full=entry.key.full | {(card, vram)}))
        same = {own for name, _, own in seen if name == card}
        if len(same) >= _PROOF and (recipe, card) not in self._proven:
            for other in self._of_recipe[recipe]:
                if other.state in ("waiting", "ready") and (card, vram) not in other.key.full:
                    self._put(other, other.key._replace(full=other.key.full | {(card, vram)}))

    def _settled(self, entry: Entry, key: Key) -> Key:
        """Whether only the staged run is left for a job that has run out of memory."""
        if not key.full:
            return key
        key = key._replace(staged=False)
        if entry.is_staged or not self._able.nowhere(key):
            return key
        return key._replace(staged=True)

    def _changed(self) -> None:
        """Servers have come, gone, or are known to lack something."""
        self._able.changed()
        self._chooser.changed()
        for entry in self._entries.values():
            if entry.key.full and entry.state in ("waiting", "ready"):
                self._put(entry, entry.key)

    def _split(self, recipe: str) -> None:
        """Gives a recipe a profile of its own, since it can no longer be weighed with others."""
        number = self._weighing.profile(recipe, self._places.kinds, alone=True)
        for entry in self._of_recipe[recipe]:
            if entry.state in ("waiting", "ready"):
                self._put(entry, entry.key._replace(profile=number))
