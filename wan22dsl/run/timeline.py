"""When events happened: by this machine's clock, or in seconds of the card that a server simulates.

A simulated server may say with each message how many seconds of its card have passed. Then these count, at
any speed: progress, table and record have the same times, and none of this machine's own.
"""

from __future__ import annotations

from math import isfinite
from time import monotonic
from typing import Any, NamedTuple

from wan22dsl.run.events import Health


class Told(NamedTuple):
    """What a simulated server says with a message. `samples` are seconds of the prompt and bytes in use."""

    at_s: float
    queued_s: float
    samples: tuple[tuple[float, int], ...]


class Timeline:
    """The time of one command. What a server says is taken only where `is_told`: the server is simulated.

    Then time stands still but for what the server says. `card_bytes` is the memory of its card.
    """

    def __init__(self, *, is_told: bool = False, card_bytes: int | None = None) -> None:
        self.is_told, self.card_bytes = is_told, card_bytes
        self._last_s = self._zero_s = monotonic()
        self._prompt_id = ""

    def now(self) -> float:
        """The time now."""
        return self.of(monotonic())

    def of(self, real_s: float) -> float:
        """The time that goes with one of this machine's clock."""
        return self._last_s if self.is_told else real_s

    def card(self, prompt_id: str, at_s: float) -> float:
        """The time of what happened `at_s` seconds of the card after a prompt began."""
        if self._prompt_id != prompt_id:
            self._zero_s, self._prompt_id = self._last_s, prompt_id
        self._last_s = max(self._last_s, self._zero_s + at_s)
        return self._zero_s + at_s

    def sampled(self, found: Told) -> list[Health]:
        """The card's memory since the last message of the prompt whose time counts."""
        return [
            Health(self._zero_s + at_s, "server", "", used_bytes, self.card_bytes)
            for at_s, used_bytes in found.samples
        ]


def told(value: Any, prompt_id: str) -> Told | None:
    """What a message says of a prompt's time, where it says it and it is a time."""
    if not isinstance(value, dict) or value.get("prompt_id") != prompt_id:
        return None
    at_s, queued_s = _seconds(value.get("at_s")), _seconds(value.get("queued_s"))
    if at_s is None or queued_s is None:
        return None
    samples = value.get("memory")
    found = []
    for one in samples if isinstance(samples, list) else ():
        if isinstance(one, list) and len(one) == 2 and type(one[1]) is int and one[1] >= 0:
            sample_s = _seconds(one[0])
            if sample_s is not None:
                found.append((sample_s, one[1]))
    return Told(at_s, queued_s, tuple(found))


def _seconds(value: Any) -> float | None:
    """A number of seconds that can be counted with."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) and 0 <= value < 1e9 else None
