"""ComfyUI's only worker: it runs one prompt after another, and when it dies, all is silence."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from wan22dsl.server.ends import Died, Restarted
from wan22dsl.server.measured import message
from wan22dsl.server.progress import Progress
from wan22dsl.server.running import Run

if TYPE_CHECKING:
    from wan22dsl.server.jobs import Job
    from wan22dsl.server.state import State


class Worker:
    """Runs the prompts of the queue."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._execution = state.execution

    async def run(self) -> None:
        """Works for ever, or until it dies; then it only waits."""
        jobs, execution = self._state.jobs, self._execution
        while True:
            job = await jobs.get()
            if job is None:
                self._free()
                continue
            execution.task = asyncio.ensure_future(self._job_or_silence(job))
            try:
                await execution.task
            except Restarted:
                await self._state.restart()
            except asyncio.CancelledError:
                if not execution.is_killed:
                    raise
            finally:
                execution.is_killed, execution.task = False, None

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
        client_id = self._execution.client_id
        if client_id is not None:
            end = {"node": None, "prompt_id": job.prompt_id}
            self._state.sockets.send("executing", end, client_id)
        clock.end()
        self._execution.client_id = None

    async def _prompt(self, job: Job) -> dict[str, Any]:
        self._execution.begin(job.extra_data.get("client_id"))
        progress = Progress(
            self._state.sockets, self._state.clock, job.prompt_id, self._execution.client_id
        )
        run = Run(self._state, job, progress)
        self._state.log.add("got prompt")
        try:
            success = await run.all()
            if self._state.settings.benchmark and job.extra_data.get("benchmark"):
                how = "success" if success else "error"
                progress.tell("benchmark", message(self._state, run.measured, how))
        finally:
            self._execution.node = None
            self._state.memory.rest()
        status = {
            "status_str": "success" if success else "error",
            "completed": success,
            "messages": run.progress.messages,
        }
        return {"outputs": run.shown(), "status": status, "meta": run.meta()}

    def _free(self) -> None:
        jobs = self._state.jobs
        if jobs.free_models:
            self._state.memory.free()
        if jobs.free_cache:
            self._execution.forget()
        jobs.free_models = jobs.free_cache = False
