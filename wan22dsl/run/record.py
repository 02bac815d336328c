"""What a record is made of: all that is known of a run when it is over. `recording` writes it down."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.run.wire import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.run.client import RemoteFile
    from wan22dsl.run.download import Fetched
    from wan22dsl.run.memory import Usage
    from wan22dsl.run.ratings import Rating
    from wan22dsl.run.timing import Times

#: A simulation that says to be faster than this is not believed.
_FASTEST = 1e9


class Attempt(NamedTuple):
    """One try. `after` is the rung that led to it; `how` how it ended."""

    number: int
    after: str
    staged: bool
    tiled: bool
    how: str
    reason: str
    seconds: float
    prompt_ids: tuple[str, ...]


class Subject(NamedTuple):
    """What was run: text, parameters and what they were compiled to; `version` is that of wan22dsl.

    `not_counted` says what of it a simulation does not count. `uses` are the texts of the files that it
    uses, by their path from it.
    """

    file: str
    text: str
    pipeline: str
    parameters: Mapping[str, Any]
    target: str
    prompt: Mapping[str, Any]
    version: str = ""
    not_counted: tuple[str, ...] = ()
    uses: Mapping[str, str] = {}


class Host(NamedTuple):
    """Where it ran. `stats` is what the server says of itself."""

    shown: str
    simulated: bool
    stats: Mapping[str, Any]

    @property
    def speed(self) -> float | None:
        """How much faster than its card a simulated server lets time pass; 1 where it is real.

        None: as fast as the machine can.
        """
        if not self.simulated or "speed" not in self._about:
            return 1.0
        speed = self._about["speed"]
        if speed is None:
            return None
        is_number = isinstance(speed, int | float) and not isinstance(speed, bool)
        return float(speed) if is_number and 0 < speed < _FASTEST else 1.0

    @property
    def tells_time(self) -> bool:
        """Whether a simulated server says with each message how much time of its card has passed."""
        return self.simulated and self._about.get("tells_time") is True

    @property
    def scale(self) -> float:
        """By what the times that were measured are to be multiplied."""
        return 1.0 if self.tells_time else self.speed or 1.0

    @property
    def card_bytes(self) -> int | None:
        """The memory of its first card."""
        devices = self.stats.get("devices")
        first = devices[0] if isinstance(devices, list) and devices else None
        return number(first.get("vram_total")) if isinstance(first, dict) else None

    @property
    def _about(self) -> Mapping[str, Any]:
        """What a simulated server says of its simulation."""
        system = self.stats.get("system")
        about = system.get("simulated") if isinstance(system, dict) else None
        return about if isinstance(about, dict) else {}


class Record(NamedTuple):
    """All of it. `started` is the time of day in UTC, in ISO 8601."""

    id: str
    started: str
    result: str
    seed_shift: int
    subject: Subject
    host: Host
    times: Times | None
    passes_memory: Mapping[str, Usage]
    memory: Usage | None
    memory_note: str
    ratings: Sequence[Rating]
    attempts: Sequence[Attempt]
    outputs: Sequence[Fetched]
    found: Sequence[Diagnostic]
    left_on_server: Sequence[str]
    not_fetched: Sequence[tuple[str, RemoteFile]] = ()


def digest(value: Any) -> str:
    """The hash of a text, or of JSON in one agreed form."""
    if not isinstance(value, str):
        value = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
