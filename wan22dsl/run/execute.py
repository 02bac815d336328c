"""A whole run: attempts until one succeeds or none is left, then downloads and the record."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from time import monotonic
from typing import TYPE_CHECKING

from wan22dsl.comfyui.log import loading
from wan22dsl.errors import CommandError, ServerAnswered
from wan22dsl.run import download, here, memory, messages, store
from wan22dsl.run.attempt import Tools
from wan22dsl.run.checks import account
from wan22dsl.run.clocks import Timeline
from wan22dsl.run.events import Downloaded, Health
from wan22dsl.run.oom_retry import RetryLoop, stopped_by
from wan22dsl.run.prompt_ids import client_id
from wan22dsl.run.record import Host, Record
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.run.attempt import Tried
    from wan22dsl.run.client import Client, RemoteFile
    from wan22dsl.run.earlier import Earlier
    from wan22dsl.run.events import Event
    from wan22dsl.run.job import Job, Options
    from wan22dsl.run.machine import MachineOfRun
    from wan22dsl.run.memory import Meter

#: How long the socket is waited for before the prompt goes off without it.
_SOCKET_S = 10.0

#: After so many outputs in a row that could not be fetched, no more are asked for.
_MOST_FAILED = 4

#: How long a prompt is asked to stop when there is nobody left to tell.
_IN_HASTE_S = 3.0


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


def timeline_of(host: Host) -> Timeline:
    """The time that events of runs on a server are in."""
    return Timeline(is_told=host.tells_time, card_bytes=host.card_bytes)


class Run:
    """One run of a job on a server; with `earlier` it goes on where a process of before was lost."""

    def __init__(
        self,
        client: Client,
        host: Host,
        job: Job,
        options: Options,
        tell: Callable[[Event], None],
        timeline: Timeline | None = None,
        machine: MachineOfRun | None = None,
        earlier: Earlier | None = None,
        each: Callable[[], None] = lambda: None,
    ) -> None:
        """`each` is called several times a second; a KeyboardInterrupt that it raises stops the run."""
        self._client, self._host, self._job, self._options = client, host, job, options
        self._say = tell
        self._timeline = timeline or timeline_of(host)
        self._machine = machine
        self._earlier = earlier
        self._each = each
        self._told: list[Health] = []
        now = store.now()
        self._started = (earlier.started if earlier is not None else "") or now
        self._id = job.id or store.new_id(self._started, job.subject.pipeline)
        if job.id:
            # Who takes the run over gets the messages of its prompts under the same name.
            client.client_id = client_id(self._id)
        self._found: list[Diagnostic] = []
        self._note = ""
        self._is_written = True

    def run(self) -> Done:
        """Runs it to an end and leaves a record, whatever the end is.

        Raises CommandError, before anything is submitted, when the folder cannot be written to.
        """
        store.prepare(self._options.folder)
        # What was logged before a run was taken over cannot be told from what others did.
        logs = self._client.logs() if self._earlier is None else []
        mark = logs[-1][0] if logs else ""
        with ExitStack() as stack:
            meter = stack.enter_context(
                memory.Meter(
                    self._client,
                    self._host.stats,
                    self._host.speed,
                    is_told=self._host.tells_time,
                )
            )
            loop, tried, result = self._attempts(stack, meter)
        self._found += loop.found
        if self._earlier is not None and tried is not None and result == "success":
            result = self._whole(tried)
        outputs: list[download.Fetched] = []
        log: loading.Read | None = None
        try:
            if tried is not None and result == "success":
                self._fetch(tried, outputs, lambda: self._so_far(loop, tried, outputs, meter))
            log = self._log(mark)
        except KeyboardInterrupt as stop:
            result, self._note = "stopped", self._where(tried, outputs, stop)
        if result == "success" and any(finding.is_error for finding in self._found):
            result = "error"
        record = self._record(loop, tried, result, outputs, meter, log)
        return self._kept(self._measured(record))

    def _whole(self, tried: Tried) -> str:
        """The result of a run that was taken over: what the server said when it took the prompt is not known,
        so every node that saves must have given something.
        """
        given = tried.ending.outputs
        missing = [
            node
            for node, about in self._job.prompt.items()
            if "filename_prefix" in about.get("inputs", {}) and node not in given
        ]
        if not missing:
            return "success"
        self._found.append(messages.PARTS_FAILED.at(self._job.graph.span))
        return "error"

    def _measured(self, record: Record) -> Record:
        """The record with its videos measured. It is kept before, in case this is killed."""
        if not self._options.quality or not record.outputs:
            return record
        from wan22dsl.run import measured

        with suppress(CommandError):  # the one at the end says it
            store.save(record, self._options.folder)
        found = measured.outputs(record.outputs, self._job.graph, simulated=self._host.simulated)
        return record._replace(quality=found)

    def _log(self, mark: str) -> loading.Read | None:
        """What the server has logged since; None where it gives no log."""
        entries = self._client.logs() if mark else []
        if not entries:
            return None
        lines, whole = loading.since(entries, mark)
        return loading.read(lines, whole=whole)

    def _kept(self, record: Record) -> Done:
        """The run with its record in a file. Ctrl-C does not keep it from being written."""
        for _ in range(3):
            try:
                if record.snapshot is None and self._machine is not None:
                    record = record._replace(snapshot=self._machine.digest(self._options.folder))
                file = store.save(record, self._options.folder)
                return Done(record, file, self._note, self._is_written)
            except KeyboardInterrupt as stop:
                record = record._replace(result="stopped")
                stopped = stopped_by(str(stop))
                self._note = self._note or f"{stopped} while the record was written."
            except CommandError as error:
                note = f"{self._note}\nThe record could not be saved: {error}".strip()
                return Done(record, None, note, is_written=False)
        note = f"{self._note}\nThe record was not saved.".strip()
        return Done(record, None, note, is_written=False)

    def _attempts(self, stack: ExitStack, meter: Meter) -> tuple[RetryLoop, Tried | None, str]:
        """All attempts, with the socket and the meter; the last one, and how it ended."""
        stream = stack.enter_context(self._client.stream())

        def each() -> None:
            for sample in meter.news():
                self._say(sample)
            self._each()

        tools = Tools(self._client, stream, self._options.limits, self._tell, each, self._timeline)
        loop = RetryLoop(tools, self._job, self._options, self._host.stats, self._id, self._earlier)
        loop.on_submit(lambda: self._unfinished(loop, meter))
        try:
            stream.ready(_SOCKET_S)
            return loop, *loop.run()
        except KeyboardInterrupt as stop:
            self._note = loop.stop(signal=str(stop))
            return loop, self._seen_of(loop), "stopped"
        except ServerAnswered as error:
            loop.refused(error)
            return loop, None, "error"
        except BaseException:
            # Nobody reads what we tell, or it is a fault of our own: nothing may go on running for it.
            loop.stop(_IN_HASTE_S)
            self._abandoned(loop, meter)
            raise

    def _seen_of(self, loop: RetryLoop) -> Tried | None:
        """What was seen until Ctrl-C; a second one ends the waiting for more."""
        try:
            return loop.so_far()
        except KeyboardInterrupt:
            return None

    def _unfinished(self, loop: RetryLoop, meter: Meter) -> None:
        """Leaves a record before a prompt goes off: if this process is killed, its id is known."""
        record = self._record(loop, None, "unfinished", [], meter, None)
        with suppress(CommandError):  # the one at the end says it
            attempts = (*loop.attempts, loop.submitted)
            store.save(record._replace(attempts=attempts), self._options.folder)

    def _so_far(
        self, loop: RetryLoop, tried: Tried, outputs: list[download.Fetched], meter: Meter
    ) -> None:
        """Keeps what is known while files are fetched, in case this process is killed."""
        with suppress(CommandError):  # the one at the end says it
            record = self._record(loop, tried, "unfinished", outputs, meter, None)
            store.save(record, self._options.folder)

    def _abandoned(self, loop: RetryLoop, meter: Meter) -> None:
        """Nobody is there to be told: the record is all that is left."""
        with suppress(CommandError, KeyboardInterrupt):
            tried = self._seen_of(loop)
            store.save(self._record(loop, tried, "stopped", [], meter, None), self._options.folder)

    def _tell(self, event: Event) -> None:
        if isinstance(event, Health):
            self._told.append(event)
        self._say(event)

    def _fetch(
        self, tried: Tried, outputs: list[download.Fetched], keep: Callable[[], None]
    ) -> None:
        """Fetches the outputs; `keep` is called before, and then every second."""
        keep()
        kept_s = monotonic()
        nodes = {node for node, _ in tried.files}
        left_bytes = self._options.most_output_bytes
        failed = 0
        for number, (node, file) in enumerate(tried.files):
            if number >= self._options.most_outputs or failed >= _MOST_FAILED:
                self._found.append(self._left(len(tried.files) - number, failed))
                break
            if (held := self._held(file)) is not None:
                outputs.append(held)
                continue
            stem = download.stem_of(self._job.prompt, node, nodes, self._job.subject.pipeline)
            batch = self._job.batch
            job = batch.job if batch is not None else ""
            stem = download.of_run(stem, job=job, simulated=self._host.simulated)
            got = download.fetch(self._client, file, node, self._options.folder, stem, left_bytes)
            if isinstance(got, download.Failed):
                failed += 1
                self._is_written = self._is_written and not got.is_local
                self._found.append(
                    messages.DAMAGED_OUTPUT.at(
                        self._job.plan.spans.get(node),
                        file=got.remote,
                        reason=got.reason,
                        kept=_in_words(got.kept),
                        command=self._fetch_command,
                    )
                )
                continue
            failed = 0
            if self._earlier is not None:
                got = here.once(got, self._options.folder, stem)
            left_bytes -= got.size_bytes
            outputs.append(got)
            if number == 0 or monotonic() - kept_s > 1.0:
                keep()
                kept_s = monotonic()
            self._tell(Downloaded(self._timeline.now(), got.path.as_posix(), got.size_bytes))
        if not tried.files:
            self._found.append(messages.NO_OUTPUT.at(self._job.graph.span))

    def _held(self, file: RemoteFile) -> download.Fetched | None:
        """An output that a process of before has fetched."""
        for output in self._earlier.outputs if self._earlier is not None else ():
            if output.remote == file.path and output.node:
                place = here.place_of(output, self._options.folder)
                if place is not None:
                    return download.Fetched(
                        place, output.size_bytes, output.sha256, output.remote, output.node
                    )
        return None

    def _left(self, count: int, failed: int) -> Diagnostic:
        """What is said of outputs that were not asked for any more."""
        many = f"`--max-outputs` allows {self._options.most_outputs}"
        return messages.OUTPUTS_LEFT.at(
            self._job.graph.span,
            count=count,
            reason=f"{failed} in a row failed" if failed >= _MOST_FAILED else many,
        )

    def _record(
        self,
        loop: RetryLoop,
        tried: Tried | None,
        result: str,
        outputs: list[download.Fetched],
        meter: Meter,
        log: loading.Read | None,
    ) -> Record:
        job = self._job
        came = account(
            tried,
            self._samples(tried, meter),
            log or loading.Read(),
            job.plan,
            job.graph,
            self._host.scale,
            is_rated=result == "success",
            simulated=self._host.simulated,
            is_whole=not job.subject.not_counted,
            card_bytes=self._host.card_bytes,
            target_s=self._options.target_s,
        )
        nothing = "" if came.memory is not None else "the card reported nothing in that time"
        if self._earlier is not None:
            came = came._replace(memory=None, passes_memory={})
            nothing = "another process began the run, so the card was not watched all the time"
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
            memory_note=nothing if self._earlier is not None else meter.missing or nothing,
            ratings=came.ratings,
            attempts=tuple(loop.attempts),
            outputs=outputs,
            found=(*self._found, *came.found),
            left_on_server=tried.latents if tried is not None else loop.latents,
            not_fetched=_missing(tried, outputs),
            log=log,
            benchmarks=tried.benchmarks if tried is not None else (),
            bench=job.bench,
            batch=job.batch,
        )

    def _samples(self, tried: Tried | None, meter: Meter) -> Sequence[Health]:
        """The card during the run: by NVML here, by the server's own benchmark, or by what it answers."""
        own = [*meter.samples, *self._told]
        if tried is not None and tried.samples and meter.source != "nvml":
            return tried.samples
        return own

    @property
    def _fetch_command(self) -> str:
        """How to get the outputs later."""
        return store.fetch_command(self._id, self._options.folder)

    def _where(
        self,
        tried: Tried | None,
        outputs: Sequence[download.Fetched],
        stop: KeyboardInterrupt,
    ) -> str:
        """For somebody who stopped while files were fetched: where they are."""
        missing = _missing(tried, outputs)
        stopped = stopped_by(str(stop))
        if not missing:
            return f"{stopped}. All outputs are here."
        named = ", ".join(file.path for _, file in missing[:5]) + (", …" if missing[5:] else "")
        return (
            f"{stopped} while outputs were downloaded. The server's output folder has "
            f"{named}; `{self._fetch_command}` downloads them."
        )


def _missing(
    tried: Tried | None, outputs: Sequence[download.Fetched]
) -> tuple[tuple[str, RemoteFile], ...]:
    """The files that the server has named and that are not here."""
    here = {fetched.remote for fetched in outputs}
    files = tried.files if tried is not None else ()
    return tuple(file for file in files if file[1].path not in here)


def _in_words(kept: Path | None) -> str:
    """What is left of a file that did not come whole."""
    return (
        f"The downloaded part is kept as `{kept.as_posix()}`."
        if kept is not None
        else ("Nothing was downloaded.")
    )
