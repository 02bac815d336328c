"""A whole run: tries until one comes through or none is left, then downloads and the record."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timezone
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.errors import CommandError, ServerAnswered
from wan22dsl.network import limits as network_limits
from wan22dsl.run import checks, download, memory, messages, store
from wan22dsl.run.account import account
from wan22dsl.run.attempt import Tools
from wan22dsl.run.climb import Climb
from wan22dsl.run.ending import Limits
from wan22dsl.run.events import Downloaded
from wan22dsl.run.record import Host, Record, Subject
from wan22dsl.run.uploads import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.plan import Plan
    from wan22dsl.run.attempt import Tried
    from wan22dsl.run.client import Client
    from wan22dsl.run.events import Event
    from wan22dsl.run.memory import Meter

#: How long the socket is waited for before the prompt goes off without it.
_SOCKET_S = 10.0

#: After so many outputs in a row that could not be fetched, no more are asked for.
_MOST_FAILED = 4

#: How long a prompt is asked to stop when there is nobody left to tell.
_IN_HASTE_S = 3.0


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
    most_upload_bytes: int = MOST_BYTES
    most_output_bytes: int = network_limits.OUTPUTS_BYTES
    most_outputs: int = network_limits.OUTPUTS


class Done(NamedTuple):
    """What became of it. `file` is None where the record could not be kept; `note` is worth telling.

    `is_written`: the disk here took everything. Where it did not, that is no mistake in the file.
    """

    record: Record
    file: Path | None
    note: str = ""
    is_written: bool = True

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
        self._found: list[Diagnostic] = []
        self._note = ""
        self._is_written = True

    def run(self) -> Done:
        """Runs it to an end and leaves a record, whatever the end is.

        Raises CommandError, before anything is submitted, when the folder cannot be written to.
        """
        store.prepare(self._wishes.folder)
        logs = self._client.logs()
        mark = logs[-1][0] if logs else ""
        with ExitStack() as stack:
            meter = stack.enter_context(
                memory.Meter(self._client, self._host.stats, self._host.speed)
            )
            climb, tried, result = self._climb(stack, meter)
        self._found += climb.found
        outputs: list[download.Fetched] = []
        lines: list[str] = []
        try:
            if tried is not None and result == "success":
                self._fetch(tried, outputs)
            lines = checks.since(self._client.logs(), mark) if mark else []
        except KeyboardInterrupt:
            result, self._note = "stopped", _where(tried)
        if result == "success" and any(one.is_error for one in self._found):
            result = "error"
        record = self._record(climb, tried, result, outputs, meter, lines)
        try:
            file = store.save(record, self._wishes.folder)
        except CommandError as error:
            note = f"{self._note}\nThe record could not be kept: {error}".strip()
            return Done(record, None, note, is_written=False)
        return Done(record, file, self._note, self._is_written)

    def _climb(self, stack: ExitStack, meter: Meter) -> tuple[Climb, Tried | None, str]:
        """All tries, with the socket and the meter; the last one, and how it ended."""
        stream = stack.enter_context(self._client.stream())

        def each() -> None:
            for sample in meter.news():
                self._tell(sample)

        tools = Tools(self._client, stream, self._wishes.limits, self._tell, each)
        climb = Climb(tools, self._job, self._wishes, self._host.stats, self._id)
        try:
            stream.ready(_SOCKET_S)
            return climb, *climb.climb()
        except KeyboardInterrupt:
            self._note = climb.stop()
            return climb, None, "stopped"
        except ServerAnswered as error:
            climb.refused(error)
            return climb, None, "error"
        except BaseException:
            # Nobody reads what we tell, or it is a fault of our own: nothing may go on running for it.
            climb.stop(_IN_HASTE_S)
            raise

    def _fetch(self, tried: Tried, outputs: list[download.Fetched]) -> None:
        nodes = {node for node, _ in tried.files}
        left_bytes = self._wishes.most_output_bytes
        failed = 0
        for number, (node, file) in enumerate(tried.files):
            if number >= self._wishes.most_outputs or failed >= _MOST_FAILED:
                self._found.append(self._left(len(tried.files) - number, failed))
                break
            stem = download.stem_of(self._job.prompt, node, nodes, self._job.subject.pipeline)
            if self._host.simulated:
                stem += "-simulated"
            got = download.fetch(self._client, file, node, self._wishes.folder, stem, left_bytes)
            if isinstance(got, download.Failed):
                failed += 1
                self._is_written = self._is_written and not got.is_local
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
            failed = 0
            left_bytes -= got.size_bytes
            outputs.append(got)
            self._tell(Downloaded(monotonic(), got.path.as_posix(), got.size_bytes))
        if not tried.files:
            self._found.append(messages.NO_OUTPUT.at(self._job.graph.span))

    def _left(self, count: int, failed: int) -> Diagnostic:
        """What is said of outputs that were not asked for any more."""
        many = f"`--max-outputs` allows {self._wishes.most_outputs}"
        return messages.OUTPUTS_LEFT.at(
            self._job.graph.span,
            count=count,
            reason=f"{failed} in a row failed" if failed >= _MOST_FAILED else many,
        )

    def _record(
        self,
        climb: Climb,
        tried: Tried | None,
        result: str,
        outputs: list[download.Fetched],
        meter: Meter,
        lines: list[str],
    ) -> Record:
        job = self._job
        came = account(
            tried,
            meter.samples,
            lines,
            job.plan,
            job.graph,
            self._host.speed,
            is_rated=result == "success",
            target_s=self._wishes.target_s,
        )
        nothing = "" if came.memory is not None else "the card said nothing in that time"
        return Record(
            id=self._id,
            started=self._started,
            result=result,
            seed_shift=job.seed_shift,
            subject=job.subject,
            host=self._host,
            times=came.times,
            passes_memory=came.passes_memory,
            memory=came.memory,
            memory_note=meter.missing or nothing,
            ratings=came.ratings,
            attempts=tuple(climb.attempts),
            outputs=outputs,
            found=(*self._found, *came.found),
            left_on_server=tried.latents if tried is not None else climb.latents,
        )


def _where(tried: Tried | None) -> str:
    """For somebody who stopped while files were fetched: where they are."""
    files = tried.files if tried is not None else ()
    if not files:
        return "Stopped. Nothing is left on the server."
    named = ", ".join(file.path for _, file in files[:5]) + (", …" if len(files) > 5 else "")
    return f"Stopped while files were fetched. The server's output folder has them: {named}."
