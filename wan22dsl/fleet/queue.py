"""The jobs that wait, in groups: what can be decided for a group is not decided for each job.

Jobs of a group have the same recipe, or recipes that cost about the same, the same tags, and have failed on
the same servers. A group gives its jobs by priority, then by deadline, then by what comes after them.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, Literal

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.fleet.expected import Expected

#: A job that has been here so much longer than another counts as one priority more.
AGE_S = 3600.0

State = Literal["waiting", "ready", "running", "done", "set aside"]


class BoardJob(NamedTuple):
    """A job as the board sees it. `due_s` is by the same clock as `now_s`; higher priorities go first."""

    id: str
    recipe: str
    after: tuple[str, ...] = ()
    priority: int = 0
    due_s: float | None = None
    tags: tuple[str, ...] = ()


class Key(NamedTuple):
    """What the jobs of a group have in common. `profile` is the number of their recipes.

    `failed` are the servers that they are not given to again, `lost` those that are asked last;
    `full` are the cards, as (name, bytes), that have run out of memory with them.
    """

    profile: int
    tags: frozenset[str]
    failed: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    full: frozenset[tuple[str, int | None]] = frozenset()
    staged: bool = False


class Entry:
    """A job with its state. `needed` are the jobs that it still waits for, `tail_s` is what comes after it.

    `level` and `due_s` are those of the most urgent job that needs it, less what lies between them.
    `is_staged` tells that it has had its one staged run, `staged_now` that it is the one that runs.
    """

    __slots__ = (
        "began_s", "due_s", "expected", "group", "id", "index", "is_staged", "job", "key", "level",
        "needed", "reason", "server", "staged_now", "state", "tail_s",
    )  # fmt: skip

    def __init__(self, index: int, job: BoardJob, key: Key, level: int) -> None:
        self.id = job.id
        self.index = index
        self.job = job
        self.key = key
        self.level = level
        self.due_s = inf if job.due_s is None else job.due_s
        self.needed: set[str] = set()
        self.state: State = "waiting"
        self.tail_s = 0.0
        self.server = ""
        self.began_s = 0.0
        self.expected: Expected | None = None
        self.group: Group | None = None
        self.is_staged = False
        self.staged_now = False
        self.reason = ""

    @property
    def rank(self) -> tuple[int, float, float, int]:
        """Who of a group goes first."""
        return (self.level, self.due_s, -self.tail_s, self.index)


def level(priority: int, added_s: float) -> int:
    """Lower goes first. That of a job never changes, and every hour those that come are one behind."""
    return int(added_s // AGE_S) - priority


class Group:
    """The jobs of a key that are ready."""

    __slots__ = ("count", "heap", "key")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.heap: list[tuple[tuple[int, float, float, int], int, Entry]] = []
        self.count = 0

    def head(self) -> Entry:
        """The one that goes first; what has left the group meanwhile is dropped here."""
        heap = self.heap
        while True:
            rank, _, entry = heap[0]
            if entry.group is self and entry.rank == rank:
                return entry
            heappop(heap)

    def longest_within(self, head: Entry, most_s: float) -> Entry | None:
        """Of those that are as urgent as the first, the one with the most after it that is not too much."""
        found = [
            entry
            for entry in self.entries()
            if entry.tail_s <= most_s and entry.level == head.level and entry.due_s == head.due_s
        ]
        return min(found, key=lambda entry: entry.rank) if found else None

    def entries(self) -> Iterator[Entry]:
        """All of them, in no order."""
        seen: set[int] = set()
        for _, _, entry in self.heap:
            if entry.group is self and entry.index not in seen:
                seen.add(entry.index)
                yield entry


class Queue:
    """All groups that have jobs."""

    def __init__(self) -> None:
        self._groups: dict[Key, Group] = {}
        self._pushed = 0
        self.ready = 0

    def add(self, entry: Entry) -> None:
        """A job is ready."""
        entry.state = "ready"
        group = self._groups.get(entry.key)
        if group is None:
            group = self._groups[entry.key] = Group(entry.key)
        entry.group = group
        self._pushed += 1
        heappush(group.heap, (entry.rank, self._pushed, entry))
        group.count += 1
        self.ready += 1

    def remove(self, entry: Entry, state: State) -> None:
        """A job is not ready any more."""
        group = entry.group
        assert entry.state == "ready" and group is not None
        entry.state, entry.group = state, None
        self.ready -= 1
        group.count -= 1
        if not group.count:
            del self._groups[group.key]

    def groups(self) -> Iterator[Group]:
        """The groups, in the order in which they came up."""
        return iter(self._groups.values())

    def entries(self) -> Iterator[Entry]:
        """All jobs that are ready."""
        for group in self._groups.values():
            yield from group.entries()
