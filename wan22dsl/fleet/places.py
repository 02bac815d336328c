"""The servers as the board sees them, in kinds: servers of one kind can do the same jobs in the same time."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.fleet.models import ServerState
    from wan22dsl.fleet.queue import Entry

#: The pace of a server counts from so many runs on, by the newest of them.
_ENOUGH, _NEWEST = 3, 9

#: Beyond this a pace is no pace, but a mistake.
_SLOWEST, _FASTEST = 4.0, 0.25


class BoardServer(NamedTuple):
    """A server as the board sees it. `vram_bytes` is of the card; None where it is not known."""

    name: str
    card: str = ""
    tags: tuple[str, ...] = ()
    vram_bytes: int | None = None


class Kind(NamedTuple):
    """What servers have in common."""

    card: str
    tags: frozenset[str]
    vram_bytes: int | None


class Place:
    """A server with its state. `entry` is the job that it has, `until_s` when that is expected to end.

    `pace` is its seconds by those that are expected on its card: above 1 it is slow.
    """

    __slots__ = (
        "entry",
        "kind",
        "lacks",
        "name",
        "pace",
        "read_bytes",
        "runs",
        "server",
        "state",
        "until_s",
    )

    def __init__(self, server: BoardServer, kind: int) -> None:
        self.server = server
        self.name = server.name
        self.kind = kind
        self.state: ServerState = "ready"
        self.entry: Entry | None = None
        self.until_s = 0.0
        self.read_bytes: int | None = None
        self.lacks: dict[str, str] = {}
        self.runs: deque[float] = deque(maxlen=_NEWEST)
        self.pace = 1.0

    @property
    def is_there(self) -> bool:
        """Whether it may take jobs again, now or later."""
        return self.state != "drained"

    @property
    def is_idle(self) -> bool:
        """Whether it can take a job now."""
        return self.state == "ready" and self.entry is None

    def ran(self, ratio: float) -> None:
        """A job has taken so many times what was expected on its card."""
        self.runs.append(max(min(ratio, _SLOWEST), _FASTEST))
        if len(self.runs) >= _ENOUGH:
            self.pace = median(self.runs)


class Places:
    """All servers, by name, and their kinds."""

    def __init__(self) -> None:
        self._by_name: dict[str, Place] = {}
        self._kinds: dict[Kind, int] = {}
        self.kinds: list[Kind] = []

    def add(self, server: BoardServer) -> Place:
        """A server more; one of that name is replaced, unless it is the same."""
        known = self._by_name.get(server.name)
        if known is not None and known.server == server:
            return known
        kind = Kind(server.card, frozenset(server.tags), server.vram_bytes)
        number = self._kinds.get(kind)
        if number is None:
            number = self._kinds[kind] = len(self.kinds)
            self.kinds.append(kind)
        made = Place(server, number)
        if known is not None:
            made.entry, made.until_s, made.state = known.entry, known.until_s, known.state
            made.lacks, made.read_bytes = known.lacks, known.read_bytes
        self._by_name[server.name] = made
        return made

    def __getitem__(self, name: str) -> Place:
        return self._by_name[name]

    def __iter__(self) -> Iterator[Place]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def get(self, name: str) -> Place | None:
        """The server of that name."""
        return self._by_name.get(name)
