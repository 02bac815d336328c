"""Attempts until one succeeds or none is left, with each retry recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.run import failures, faults, messages, retry_policy, staged
from wan22dsl.run.attempt import Running, Tried, attempt, free
from wan22dsl.run.earlier import Earlier
from wan22dsl.run.events import Retry
from wan22dsl.run.record import Attempt
from wan22dsl.run.retry_policy import Mode
from wan22dsl.run.store import fetch_command
from wan22dsl.run.submit import stop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.errors import ServerAnswered
    from wan22dsl.run.attempt import Tools
    from wan22dsl.run.job import Job, Options

#: The record keeps so much of what an error says.
_REASON = 500


def stopped_by(signal: str) -> str:
    """`Stopped by SIGTERM`; `Stopped` after Ctrl-C, which needs no explanation."""
    return f"Stopped by {signal}" if signal else "Stopped"


class RetryLoop:
    """The attempts of one run. `attempts` and `found` grow while it runs."""

    def __init__(
        self,
        tools: Tools,
        job: Job,
        options: Options,
        stats: Mapping[str, Any],
        run: str,
        earlier: Earlier | None = None,
    ) -> None:
        self._tools, self._job, self._options, self._stats = tools, job, options, stats
        self._run = run
        self._earlier = earlier
        before = earlier or Earlier()
        self._running = Running(run, before.number, before.known)
        self._retries: list[str] = list(before.retries)
        self._mode = before.mode or Mode()
        self._since_s = tools.timeline.now()
        self.attempts: list[Attempt] = list(before.attempts)
        self.found: list[Diagnostic] = []

    @property
    def latents(self) -> tuple[str, ...]:
        """The latents that the last attempt has left in the server's output folder."""
        return tuple(self._running.latents)

    def run(self) -> tuple[Tried, str]:
        """The last attempt, and how the run ended with it. Raises ServerAnswered when it is refused."""
        self._begin()
        job, first = self._job, self.attempts[0].reason if self.attempts else ""
        while True:
            self._since_s = self._tools.timeline.now()
            tried = attempt(
                self._tools,
                job.prompt,
                job.extra,
                job.plan,
                self._mode,
                self._run,
                self._running,
                self._earlier,
            )
            self._earlier = None
            self._note(tried)
            if tried.partial:
                return tried, self._partly(tried)
            if tried.ending.how == "success":
                if self._retries:
                    retries = ", ".join(self._retries)
                    self.found.append(messages.RECOVERED.at(None, reason=first, retries=retries))
                return tried, "success"
            first = first or failures.in_short(tried)
            following = self._next(tried)
            if following is None:
                said = failures.diagnostic(
                    tried,
                    job.graph,
                    job.plan,
                    self._retries,
                    self._stats,
                    fetch_command(self._run, self._options.folder),
                )
                self.found.append(said)
                return tried, "interrupted" if tried.ending.how == "interrupted" else "error"
            name, self._mode = following
            self._retries.append(name)
            self._tools.tell(Retry(self._tools.timeline.now(), name, first))
            if name != retry_policy.AGAIN and not self._running.is_known:
                free(self._tools.client)

    def so_far(self) -> Tried | None:
        """What was seen of the attempt that runs; None where nothing has begun."""
        return self._running.so_far()

    def on_submit(self, begun: Callable[[], None]) -> None:
        """Calls something before each prompt is submitted, when its id is known."""
        self._running.begun = begun

    @property
    def prompt_ids(self) -> tuple[str, ...]:
        """The prompts of the attempt that runs."""
        return tuple(self._running.prompt_ids)

    @property
    def submitted(self) -> Attempt:
        """The attempt that runs, which has not ended."""
        return self._attempt("submitted", "", 0.0)

    def refused(self, error: ServerAnswered) -> None:
        """The server does not take the prompt."""
        self._attempted("refused", error.reason)
        self.found += faults.refused(error.said or error.reason, self._job.graph)

    def stop(self, patience_s: float = 10.0, signal: str = "") -> str:
        """Stops the prompt that runs, after Ctrl-C or a signal, and says what is left of it."""
        self._attempted("stopped", signal)
        stopped = stopped_by(signal)
        said = f"{stopped}. Nothing was running on the server."
        prompt_id = self._running.prompt_id
        if prompt_id:
            try:
                left = stop(self._tools.client, prompt_id, patience_s)
                said = (f"{stopped}. " if left.is_nothing else "") + failures.in_words(left)
            except KeyboardInterrupt:
                said = f"Not stopped: prompt {prompt_id} may still run on the server."
        if self.latents:
            said += f" Saved latents stay in its output folder: {', '.join(self.latents)}."
        return said

    def _begin(self) -> None:
        if self._options.cold and self._earlier is None:
            free(self._tools.client)
        if not self._options.staged or (
            self._earlier is not None and self._earlier.mode is not None
        ):
            return
        reason = staged.why_not(self._job.graph, self._job.plan)
        if reason is None:
            self._mode = Mode(staged=True)
        else:
            self.found.append(messages.NOT_STAGED.at(self._job.graph.span, reason=reason))

    def _partly(self, tried: Tried) -> str:
        graph = self._job.graph
        consequence = "The rest would have run without it."
        self.found += faults.of_nodes(tried.partial, graph, consequence)
        self.found.append(messages.PARTS_FAILED.at(graph.span))
        return "error"

    def _next(self, tried: Tried) -> tuple[str, Mode] | None:
        ending, job = tried.ending, self._job
        if not self._options.retry:
            return None
        if ending.how == "lost" and retry_policy.AGAIN not in self._retries:
            return retry_policy.AGAIN, self._mode
        if ending.fault is None or not retry_policy.is_out_of_memory(ending.fault):
            return None
        part = job.plan.parts.get(ending.fault.node)
        return retry_policy.next_retry(
            self._mode,
            self._retries,
            decoding=part is not None and part.role == "decode",
            can_stage=staged.why_not(job.graph, job.plan) is None,
            can_tile=staged.can_tile(job.prompt),
        )

    def _note(self, tried: Tried) -> None:
        fault = tried.ending.fault
        how = "accepted in part" if tried.partial else tried.ending.how
        self._attempted(how, f"{fault.type}: {fault.message}" if fault is not None else "")

    def _attempted(self, how: str, reason: str) -> None:
        seconds = round(self._tools.timeline.now() - self._since_s, 3)
        self.attempts.append(self._attempt(how, reason[:_REASON], seconds))

    def _attempt(self, how: str, reason: str, seconds: float) -> Attempt:
        return Attempt(
            number=len(self.attempts) + 1,
            after=self._retries[-1] if self._retries else "",
            staged=self._mode.staged,
            tiled=self._mode.tiled,
            how=how,
            reason=reason,
            seconds=seconds,
            prompt_ids=tuple(self._running.prompt_ids),
        )
