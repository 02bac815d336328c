"""A whole run: tries until one comes through or none is left, then downloads, ratings and the record."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timezone
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.errors import ServerAnswered, ServerError
from wan22dsl.run import checks, download, faults, ladder, memory, messages, ratings, staged, store
from wan22dsl.run.attempt import Running, Tools, Tried, attempt, free, stop
from wan22dsl.run.events import Downloaded, Rung
from wan22dsl.run.ladder import Mode
from wan22dsl.run.record import Attempt, Host, Record, Subject
from wan22dsl.run.timing import Times, of_run, scaled
from wan22dsl.run.watch import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.run.client import Client
    from wan22dsl.run.events import Event, Health
    from wan22dsl.run.plan import Plan

#: How long the socket is waited for before the prompt goes off without it.
_SOCKET_S = 10.0


class Job(NamedTuple):
    """What to run. `prompt` is ready for this server; `extra` goes into every file it writes."""

    subject: Subject
    prompt: dict[str, Any]
    graph: Graph
    plan: Plan
    extra: dict[str, Any]
    seed_shift: int = 0


class Wishes(NamedTuple):
    """How to run it."""

    folder: Path
    staged: bool = False
    cold: bool = False
    retry: bool = True
    target_s: float | None = None
    limits: Limits = Limits()


class Done(NamedTuple):
    """What became of it. `note` is for somebody who pressed Ctrl-C."""

    record: Record
    file: Path | None
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether the video is there."""
        return self.record.result == "success"


class Run:
    """One run of a job on a server."""

    def __init__(
        self, client: Client, host: Host, job: Job, wishes: Wishes, tell: Callable[[Event], None]
    ) -> None:
        self._client, self._host, self._job, self._wishes = client, host, job, wishes
        self._tell = tell
        self._started = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        self._id = store.new_id(self._started, job.subject.pipeline)
        self._attempts: list[Attempt] = []
        self._found: list[Diagnostic] = []
        self._running = Running()
        self._rungs: list[str] = []
        self._samples: list[Health] = []

    def run(self) -> Done:
        """Runs it to an end and leaves a record, whatever the end is."""
        logs = self._client.logs()
        mark = logs[-1][0] if logs else ""
        tried: Tried | None = None
        result, note = "error", ""
        with ExitStack() as stack:
            meter = stack.enter_context(
                memory.Meter(self._client, self._host.stats, self._host.speed)
            )
            stream = stack.enter_context(self._client.stream())
            stream.ready(_SOCKET_S)

            def each() -> None:
                for sample in meter.news():
                    self._tell(sample)

            tools = Tools(self._client, stream, self._wishes.limits, self._tell, each)
            try:
                tried, result = self._climb(tools)
            except KeyboardInterrupt:
                result, note = "stopped", self._stopped()
            except ServerAnswered as error:
                self._found += faults.refused(error.said or error.reason, self._job.graph)
            except ServerError as error:
                detail: dict[str, Any] = {"silence": "a while", "reason": error.reason}
                self._found.append(messages.GONE.at(self._job.graph.span, **detail))
        self._samples = meter.samples
        outputs = self._fetch(tried) if tried is not None and result == "success" else []
        if result == "success" and any(one.is_error for one in self._found):
            result = "error"
        record = self._record(tried, result, outputs, meter.missing, mark)
        return Done(record, store.save(record, self._wishes.folder), note)

    def _climb(self, tools: Tools) -> tuple[Tried, str]:
        """Tries, rung after rung."""
        mode = Mode(staged=self._wishes.staged)
        if mode.staged:
            reason = staged.why_not(self._job.graph, self._job.plan)
            if reason is not None:
                self._found.append(messages.NOT_STAGED.at(self._job.graph.span, reason=reason))
                mode = Mode()
        if self._wishes.cold:
            free(self._client)
        first = ""
        while True:
            job = self._job
            tried = attempt(tools, job.prompt, job.extra, job.plan, mode, self._id, self._running)
            self._note(tried, mode)
            if tried.partial:
                found = faults.of_nodes(
                    tried.partial, job.graph, "The rest would have run without it."
                )
                self._found += [*found, messages.PARTS_FAILED.at(job.graph.span)]
                return tried, "error"
            if tried.ending.how == "success":
                if self._rungs:
                    rungs = ", ".join(self._rungs)
                    self._found.append(messages.RECOVERED.at(None, reason=first, rungs=rungs))
                return tried, "success"
            first = first or self._why(tried)
            following = self._next(tried, mode)
            if following is None:
                self._found.append(self._verdict(tried))
                return tried, "interrupted" if tried.ending.how == "interrupted" else "error"
            name, mode = following
            self._rungs.append(name)
            self._tell(Rung(monotonic(), name, first))
            if name != ladder.AGAIN:
                free(self._client)

    def _next(self, tried: Tried, mode: Mode) -> tuple[str, Mode] | None:
        ending, job = tried.ending, self._job
        if not self._wishes.retry:
            return None
        if ending.how == "lost" and ladder.AGAIN not in self._rungs:
            return ladder.AGAIN, mode
        if ending.fault is None or not ladder.is_out_of_memory(ending.fault):
            return None
        part = job.plan.parts.get(ending.fault.node)
        return ladder.next_rung(
            mode,
            self._rungs,
            decoding=part is not None and part.role == "decode",
            can_stage=staged.why_not(job.graph, job.plan) is None,
            can_tile=staged.can_tile(job.prompt),
        )

    def _why(self, tried: Tried) -> str:
        fault = tried.ending.fault
        if fault is not None and ladder.is_out_of_memory(fault):
            return f"out of memory in `{fault.node}`"
        return "the server was restarted" if tried.ending.how == "lost" else tried.ending.how

    def _verdict(self, tried: Tried) -> Diagnostic:
        """The message for how it ended, when it did not end well."""
        ending, graph = tried.ending, self._job.graph
        said = ", ".join(self._rungs)
        again = f"Tried in vain: {said}." if said else "Nothing else was tried."
        if ending.fault is not None and ladder.is_out_of_memory(ending.fault):
            devices = self._host.stats.get("devices")
            first = devices[0] if isinstance(devices, list) and devices else {}
            total = first.get("vram_total") if isinstance(first, dict) else None
            fits = ladder.what_fits(self._job.plan, total if isinstance(total, int) else None)
            return faults.out_of_memory(ending.fault, graph, again, fits)
        if ending.fault is not None:
            return faults.failed(ending.fault, graph)
        kinds = {
            "interrupted": messages.INTERRUPTED,
            "lost": messages.LOST,
            "removed": messages.REMOVED,
            "dead": messages.DEAD_WORKER,
            "stuck": messages.STUCK_QUEUE,
        }
        fields: dict[str, Any] = {"tried": again, "reason": "did not say why", **ending.detail}
        return kinds.get(ending.how, messages.GONE).at(graph.span, **fields)

    def _note(self, tried: Tried, mode: Mode) -> None:
        how = "refused in part" if tried.partial else tried.ending.how
        fault = tried.ending.fault
        self._attempts.append(
            Attempt(
                number=len(self._attempts) + 1,
                after=self._rungs[-1] if self._rungs else "",
                staged=mode.staged,
                tiled=mode.tiled,
                how=how,
                reason=f"{fault.type}: {fault.message}"[:500] if fault is not None else "",
                seconds=round(tried.seconds, 3),
                prompt_ids=tried.prompt_ids,
            )
        )

    def _stopped(self) -> str:
        """Stops this run's prompt, and says what is left of it."""
        left = "nothing was running on the server"
        if self._running.prompt_id:
            try:
                left = stop(self._client, self._running.prompt_id)
            except KeyboardInterrupt:
                left = f"prompt {self._running.prompt_id} may still run on the server"
        if self._running.latents:
            left += "; saved latents stay in its output folder: " + ", ".join(self._running.latents)
        return left

    def _fetch(self, tried: Tried) -> list[download.Fetched]:
        outputs = []
        nodes = {node for node, _ in tried.files}
        for node, file in tried.files:
            stem = self._job.subject.pipeline
            if len(nodes) > 1:
                stem += f"-{node}"
            if self._host.simulated:
                stem += "-simulated"
            got = download.fetch(self._client, file, node, self._wishes.folder, stem)
            if isinstance(got, download.Failed):
                kept = got.kept.as_posix() if got.kept is not None else "nothing"
                self._found.append(
                    messages.DAMAGED_OUTPUT.at(
                        self._job.plan.spans.get(node),
                        file=got.remote,
                        reason=got.reason,
                        kept=kept,
                        remote=got.remote,
                    )
                )
                continue
            outputs.append(got)
            self._tell(Downloaded(monotonic(), got.path.as_posix(), got.size_bytes))
        if not tried.files:
            self._found.append(messages.NO_OUTPUT.at(self._job.graph.span))
        return outputs

    def _record(
        self,
        tried: Tried | None,
        result: str,
        outputs: list[download.Fetched],
        missing: str,
        mark: str,
    ) -> Record:
        job, plan = self._job, self._job.plan
        times: Times | None = None
        rated: list[ratings.Rating] = []
        by_pass: dict[str, memory.Usage] = {}
        whole = None
        if tried is not None and tried.prompts:
            times = scaled(of_run(tried.prompts, plan, tried.between_s), self._host.speed)
            nodes = [one for prompt in tried.prompts for one in prompt.nodes]
            for own in plan.passes:
                ids = {id for id, part in plan.parts.items() if part.owner == own.name}
                used = memory.usage(self._samples, memory.stretches(nodes, ids))
                if used is not None:
                    by_pass[own.name] = used
            whole = memory.usage(self._samples, [(0.0, monotonic())])
        lines = checks.since(self._client.logs(), mark) if mark else []
        self._found += checks.seen(lines, whole, job.graph)
        if times is not None and result == "success":
            if times.all_cached:
                self._found.append(messages.ALL_CACHED.at(job.graph.span))
            rated = ratings.rate(times, plan, self._wishes.target_s)
            self._found += checks.slow(rated, times, plan, job.graph, self._found)
        latents = tried.latents if tried is not None else tuple(self._running.latents)
        note = missing or ("" if whole is not None else "the card said nothing in that time")
        return Record(
            id=self._id,
            started=self._started,
            result=result,
            seed_shift=job.seed_shift,
            subject=job.subject,
            host=self._host,
            times=times,
            passes_memory=by_pass,
            memory=whole,
            memory_note=note,
            ratings=rated,
            attempts=tuple(self._attempts),
            outputs=outputs,
            found=tuple(self._found),
            left_on_server=latents,
        )
