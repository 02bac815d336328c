"""ComfyUI's only worker: it runs one prompt after another, and when it dies, all is silence."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from wan22dsl.server.ends import Died, Interrupted, Restarted
from wan22dsl.server.progress import Progress
from wan22dsl.server.running import Kept, Run
from wan22dsl.server.saving import temp_prefix
from wan22dsl.server.signatures import NEVER

if TYPE_CHECKING:
    from wan22dsl.server.jobs import Job
    from wan22dsl.server.state import State


class Worker:
    """Runs the prompts of the queue."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._kept: dict[str, Kept] = {}
        self._interrupted = False
        self._task: asyncio.Task[None] | None = None
        self._killed = False
        self._temp_prefix = temp_prefix()
        self.client_id: str | None = None
        self.node: str | None = None

    def interrupt(self) -> None:
        """Asks the running prompt to stop, at the next step or node."""
        self._interrupted = True

    async def run(self) -> None:
        """Works for ever, or until it dies; then it only waits."""
        jobs = self._state.jobs
        while True:
            job = await jobs.get()
            if job is None:
                self._free()
                continue
            self._task = asyncio.ensure_future(self._job_or_silence(job))
            try:
                await self._task
            except Restarted:
                await self._state.restart()
            except asyncio.CancelledError:
                if not self._killed:
                    raise
            finally:
                self._killed, self._task = False, None

    def kill(self) -> None:
        """Ends what runs at once and forgets everything; a dead worker lives again."""
        self._kept.clear()
        self._state.clock.end()
        self._temp_prefix = temp_prefix()
        self.client_id = self.node = None
        if self._task is not None:
            self._killed = True
            self._task.cancel()

    async def _job_or_silence(self, job: Job) -> None:
        try:
            await self._job(job)
        except Died:
            self._state.log.add(f"the worker died over prompt {job.prompt_id}")
            await asyncio.Event().wait()

    async def _job(self, job: Job) -> None:
        clock = self._state.clock
        clock.begin(None if job.others_s else job.prompt_id, job.put_s)
        if job.others_s:
            await clock.wait(job.others_s)
            outcome: dict[str, Any] = {"outputs": {}, "status": None, "meta": {}}
        else:
            outcome = await self._prompt(job)
        self._state.log.add(f"Prompt executed in {clock.at_s:.2f} seconds")
        self._state.jobs.done(job, outcome)
        if self.client_id is not None:
            end = {"node": None, "prompt_id": job.prompt_id}
            self._state.sockets.send("executing", end, self.client_id)
        clock.end()
        self.client_id = None

    async def _prompt(self, job: Job) -> dict[str, Any]:
        self.client_id = job.extra_data.get("client_id")
        self._interrupted = False
        progress = Progress(self._state.sockets, self._state.clock, job.prompt_id, self.client_id)
        run = Run(self._state, job, self, progress)
        self._state.log.add("got prompt")
        try:
            success = await run.all()
        finally:
            self.node = None
            self._state.memory.rest()
        status = {
            "status_str": "success" if success else "error",
            "completed": success,
            "messages": run.progress.messages,
        }
        return {"outputs": run.shown(), "status": status, "meta": run.meta()}

    def check(self) -> None:
        """Raises Interrupted when someone asked for that."""
        if self._interrupted:
            self._interrupted = False
            raise Interrupted

    def kept(self, signature: str) -> Kept | None:
        """What is kept of work with that signature."""
        return self._kept.get(signature) if signature != NEVER else None

    def keep(self, signature: str, kept: Kept) -> None:
        """Keeps what a node gave."""
        if signature != NEVER:
            self._kept[signature] = kept

    def keep_only(self, wanted: set[str]) -> None:
        """Forgets what the prompt that begins has no use for: only one prompt's work is kept."""
        self._kept = {key: kept for key, kept in self._kept.items() if key in wanted}

    @property
    def temp_prefix(self) -> str:
        """What the names of temporary files begin with."""
        return self._temp_prefix

    def _free(self) -> None:
        jobs = self._state.jobs
        if jobs.free_models:
            self._state.memory.free()
        if jobs.free_cache:
            self._kept.clear()
        jobs.free_models = jobs.free_cache = False
