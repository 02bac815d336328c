"""The queue, what has been run, and what stays of it: the server's memory of prompts."""

from __future__ import annotations

import asyncio
import heapq
from typing import TYPE_CHECKING, Any

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.server.clock import CardClock

#: ComfyUI keeps this many entries of history.
MOST_HISTORY = 10_000


class Job(NamedTuple):
    """One prompt in the queue. The queue is sorted by `number`; `order` keeps equal ones in turn.

    `others_s` is set for what stands for the work of other people: so many seconds of the card. `put_s` is
    the card's clock when it was put in.
    """

    number: float
    order: int
    prompt_id: str
    prompt: dict[str, Any]
    extra_data: dict[str, Any]
    outputs: tuple[str, ...]
    others_s: float = 0.0
    put_s: float = 0.0

    def shown(self) -> list[Any]:
        """As /queue and the history show it."""
        outputs = list(self.outputs)
        return [self.number, self.prompt_id, self.prompt, self.extra_data, outputs]


class Jobs:
    """The queue of one server. `changed` is called whenever its length may be another."""

    def __init__(self, changed: Callable[[], None], clock: CardClock) -> None:
        self._changed, self._clock = changed, clock
        self._waiting: list[Job] = []
        self._wake = asyncio.Event()
        self._order = 0
        self.running: Job | None = None
        self.number = 0
        self.history: dict[str, dict[str, Any]] = {}
        self.free_models = False
        self.free_cache = False

    @property
    def remaining(self) -> int:
        """How many prompts are running or waiting."""
        return len(self._waiting) + (self.running is not None)

    def put(
        self,
        number: float,
        prompt_id: str,
        prompt: dict[str, Any],
        extra_data: dict[str, Any],
        outputs: tuple[str, ...],
        others_s: float = 0.0,
    ) -> None:
        """Puts a prompt into the queue."""
        self._order += 1
        job = Job(
            number,
            self._order,
            prompt_id,
            prompt,
            extra_data,
            outputs,
            others_s,
            self._clock.total_s,
        )
        heapq.heappush(self._waiting, job)
        self._wake.set()
        self._changed()

    def free(self, *, models: bool, cache: bool) -> None:
        """Asks for memory to be freed when the running prompt is done."""
        self.free_models |= models
        self.free_cache |= cache
        self._wake.set()

    async def get(self) -> Job | None:
        """The next prompt, once there is one; None when there is something else to do."""
        while not self._waiting and not self.free_models and not self.free_cache:
            self._wake.clear()
            await self._wake.wait()
        if self.free_models or self.free_cache or not self._waiting:
            return None
        self.running = heapq.heappop(self._waiting)
        self._changed()
        return self.running

    def done(self, job: Job, outcome: dict[str, Any]) -> None:
        """A prompt has ended; it goes into the history."""
        self.running = None
        while len(self.history) >= MOST_HISTORY:
            del self.history[next(iter(self.history))]
        self.history.pop(job.prompt_id, None)
        self.history[job.prompt_id] = {"prompt": job.shown(), **outcome}
        self._changed()

    def waiting(self) -> list[Job]:
        """The prompts that wait, in the order in which they run."""
        return sorted(self._waiting, key=lambda job: job[:2])

    def clear(self) -> None:
        """Takes all waiting prompts out of the queue."""
        self._waiting.clear()
        self._changed()

    def delete(self, prompt_id: str) -> None:
        """Takes one waiting prompt out of the queue; nothing happens when there is none."""
        kept = [job for job in self._waiting if job.prompt_id != prompt_id]
        if len(kept) != len(self._waiting):
            heapq.heapify(kept)
            self._waiting = kept
            self._changed()

    def forget_all(self) -> None:
        """What a restart does: nothing is left."""
        self._waiting.clear()
        self.history.clear()
        self.running = None
        self.number = 0
        self.free_models = self.free_cache = False
