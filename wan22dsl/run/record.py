"""What a record is made of: all that is known of a run when it is over. `recording` writes it down."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic
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

    `uses` are the texts of the files that it uses, by their path from it.
    """

    file: str
    text: str
    pipeline: str
    parameters: Mapping[str, Any]
    target: str
    prompt: Mapping[str, Any]
    version: str = ""
    uses: Mapping[str, str] = {}


class Host(NamedTuple):
    """Where it ran. `stats` is what the server says of itself."""

    shown: str
    simulated: bool
    stats: Mapping[str, Any]

    @property
    def speed(self) -> float:
        """How much faster than its card a simulated server lets time pass; 1 where it is real."""
        system = self.stats.get("system")
        about = system.get("simulated") if isinstance(system, dict) else None
        speed = about.get("speed") if isinstance(about, dict) else None
        if not self.simulated or not isinstance(speed, int | float):
            return 1.0
        return float(speed) if 0 < speed < _FASTEST else 1.0


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


def digest(value: Any) -> str:
    """The hash of a text, or of JSON in one agreed form."""
    if not isinstance(value, str):
        value = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
