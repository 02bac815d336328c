"""The clock of the simulated card: it counts what work costs by the cost model, and nothing else.

How long the machine takes to send messages, to write files or to wake up is not part of it. So a run has the
same times at every speed, on every machine, at every load.
"""

from __future__ import annotations

import asyncio
from time import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: Samples of memory that wait to be sent; a prompt that nobody listens to keeps no more.
_MOST_SAMPLES = 1_000


class CardClock:
    """Seconds of the card since the running prompt began (`at_s`), and of all work so far (`total_s`).

    `speed` is how much faster than these real time passes; `used_bytes` gives the card's memory in use.
    `health` is what else the card says of itself with each message.
    """

    def __init__(self, speed: float, used_bytes: Callable[[], int]) -> None:
        self._speed = speed
        self._used_bytes = used_bytes
        self._prompt_id: str | None = None
        self._queued_s = 0.0
        self._began_s = 0.0
        self._epoch_s = 0.0
        self._samples: list[tuple[float, int]] = []
        self.at_s = 0.0
        self.total_s = 0.0
        self.health: dict[str, Any] = {}

    def begin(self, prompt_id: str | None, put_s: float = 0.0) -> None:
        """A prompt begins that was put into the queue at `total_s` = `put_s`; None: the work of others."""
        self._epoch_s = max(time(), self._epoch_s + self.at_s)
        self._began_s = asyncio.get_running_loop().time()
        self._prompt_id, self._queued_s = prompt_id, self.total_s - put_s
        self._samples.clear()
        self.at_s = 0.0

    def end(self) -> None:
        """The prompt is over: what is sent from now on belongs to none."""
        self._prompt_id = None

    async def wait(self, seconds: float) -> None:
        """Lets seconds of the card pass. Real time catches up with them, as far as the machine can."""
        if seconds > 0 and len(self._samples) < _MOST_SAMPLES:
            self._samples.append((self.at_s + seconds / 2, self._used_bytes()))
        self.at_s += seconds
        self.total_s += seconds
        due_s = self._began_s + self.at_s / self._speed
        await asyncio.sleep(max(due_s - asyncio.get_running_loop().time(), 0.0))

    @property
    def timestamp_ms(self) -> int:
        """The time of day in milliseconds, as messages and the history give it; card time while it works."""
        return int((self._epoch_s + self.at_s) * 1000) if self._prompt_id else int(time() * 1000)

    def told(self) -> dict[str, Any] | None:
        """What goes with a message: seconds since the prompt began, and memory since the last message."""
        if self._prompt_id is None:
            return None
        samples, self._samples = self._samples, []
        return {
            "prompt_id": self._prompt_id,
            "at_s": self.at_s,
            "queued_s": self._queued_s,
            "memory": samples,
            **self.health,
        }
