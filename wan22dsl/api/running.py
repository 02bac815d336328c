"""Runs a pipeline on a ComfyUI server: compiled for it, checked against what it has, timed, recorded.

`run_file` does it all. What happens meanwhile goes to a `RunWatcher`, as data.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler, targets
from wan22dsl.api.node_files import node_files_of
from wan22dsl.api.values import draw
from wan22dsl.errors import CommandError
from wan22dsl.lint.policy.config import Configs
from wan22dsl.network import address, limits, trust
from wan22dsl.run.client import Client
from wan22dsl.run.ending import Limits
from wan22dsl.run.job import Options as JobOptions
from wan22dsl.run.uploads import MOST_BYTES
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.policy.config import Config
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done
    from wan22dsl.run.job import Job
    from wan22dsl.run.record import Host
    from wan22dsl.server.embedded import EmbeddedServer
    from wan22dsl.source import Source


class RunOptions(NamedTuple):
    """Where and how to run a pipeline."""

    #: Folder for outputs and records.
    folder: str | Path = "wan_output"
    #: URL of the ComfyUI server; else WAN_SERVER, the configuration's, or http://127.0.0.1:8188.
    server: str | None = None
    #: A ComfyUI folder, or its models folder: look at the model files first.
    models: str | None = None
    #: Run on a simulated server in this process, without ComfyUI or a GPU.
    simulate: bool = False
    #: GPU to simulate, such as `RTX 4090`; else the configuration's.
    card: str | None = None
    #: Factor by which simulated time is faster; `math.inf` for no waiting at all.
    speed: float | None = None
    #: Faults to inject, such as `oom at low.sampler`.
    faults: Sequence[str] = ()
    #: Number of runs, each with a fresh seed.
    repeat: int = 1
    #: Run each pass as its own prompt, and free models in between.
    staged: bool = False
    #: Free models and cached results before each run.
    cold: bool = False
    #: Retry with less memory when memory runs out.
    retry: bool = True
    #: Rate the whole run against this time.
    target_s: float | None = None
    #: Seconds without progress before the server counts as stuck.
    silence_s: float = Limits().silence_s
    most_upload_bytes: int = MOST_BYTES
    most_output_bytes: int = limits.OUTPUTS_BYTES
    most_outputs: int = limits.OUTPUTS
    #: Measure the videos of each run when it is over (needs the extra `quality`).
    quality: bool = False

    def check(self) -> None:
        """Raises CommandError where options contradict each other."""
        if not self.simulate and (self.card or self.faults or self.speed is not None):
            raise CommandError("--card, --speed and --fault belong to --simulate")
        if self.simulate and self.models:
            raise CommandError("--simulate needs no model files: leave out --models")
        if self.simulate and self.server:
            raise CommandError("--simulate brings its own server: leave out --server")
        if self.quality:
            from wan22dsl.quality import libraries

            libraries.look()


class RunResult(NamedTuple):
    """What `run_file` gives: the runs, each with its record, and what was found before and after them.

    There are no `runs` where a finding is an error: the file, or what the server has, does not allow any.
    `drawn` are the seeds that were drawn for `random`.
    """

    runs: tuple[Done, ...]
    findings: tuple[Diagnostic, ...]
    drawn: Mapping[str, int]

    @property
    def ok(self) -> bool:
        """Whether every run has made its video."""
        return bool(self.runs) and all(done.ok for done in self.runs)

    @property
    def exit_code(self) -> int:
        """That of `wan run`: 1 after an error, 2 where something could not be written, 130 when stopped."""
        if not self.runs:
            return 1
        if self.runs[-1].record.result == "stopped":
            return 130
        return max(2 if not done.is_written else 0 if done.ok else 1 for done in self.runs)


class RunWatcher:
    """Gets what happens, when it happens; here every method does nothing."""

    def found(self, findings: Sequence[Diagnostic]) -> None:
        """What was found in the file, on the server, and of faults that did not happen."""

    def begins(self, job: Job, host: Host) -> None:
        """A run begins."""

    def event(self, event: Event) -> None:
        """Something happens in the run; `run.models.events.told` gives it as JSON."""

    def ends(self, done: Done | None) -> None:
        """The run has ended; None when an exception has ended it."""


_DEFAULT = RunOptions()


def run_file(
    file: Source | Path | str,
    options: RunOptions = _DEFAULT,
    *,
    pipeline: str | None = None,
    values: Mapping[str, Any] | None = None,
    watcher: RunWatcher | None = None,
) -> RunResult:
    """Runs a pipeline on a ComfyUI server, times each pass, and leaves outputs and records in a folder.

    `values` are parameters by name: Python values, or strings as after `--set`. Ctrl-C stops only this run.

        result = run_file("portrait.wan", RunOptions(simulate=True))
        for done in result.runs:
            print(done.record.result, done.record.times.total_s)

    Raises CommandError for options that are wrong and for a server that does not answer, UnreadableFile,
    ServerError.
    """
    options.check()
    source = compiler.source_of(file)
    given, drawn = draw(source, values or {})
    config = Configs().of_file("" if source.file is None else str(source.file))
    with ExitStack() as stack:
        embedded = None
        if options.simulate:
            embedded = stack.enter_context(_simulated(options, config))
            url = embedded.url
        else:
            named = options.server or os.environ.get("WAN_SERVER")
            url = named or targets.server_of(config) or address.DEFAULT
        client = Client(trust.with_login(url))
        nodes = node_files_of(config)
        work = _Runs(client, source, given, options, watcher or RunWatcher(), embedded, nodes)
        runs = work.run(pipeline)
        return RunResult(tuple(runs), tuple(work.findings), drawn)


def _simulated(options: RunOptions, config: Config) -> EmbeddedServer:
    """The server of this run alone. Raises CommandError."""
    from wan22dsl.server.embedded import EmbeddedServer

    found: dict[str, Any] = {"faults": options.faults}
    card = options.card or config.text("card")
    if card:
        found["card"] = card
    if options.speed is not None:
        found["speed"] = options.speed
    return EmbeddedServer(**found)


class _Runs:
    """What is the same for all runs of a pipeline."""

    def __init__(
        self,
        client: Client,
        source: Source,
        given: Mapping[str, Any],
        options: RunOptions,
        watcher: RunWatcher,
        embedded: EmbeddedServer | None,
        nodes: tuple[str, ...],
    ) -> None:
        self._nodes = nodes
        self._client, self._source, self._given = client, source, given
        self._options, self._watcher, self._embedded = options, watcher, embedded
        self.findings: list[Diagnostic] = []

    def run(self, pipeline: str | None) -> list[Done]:
        """Compiles once, and runs as often as the options say; no runs where something is wrong."""
        from wan22dsl.api.on_server import OnServer, look_at_faults, prepare

        server = OnServer(self._client, self._embedded, self._nodes)
        ready = prepare(
            server,
            self._source,
            found=self._found,
            pipeline=pipeline,
            values=self._given,
            models=self._options.models,
            most_upload_bytes=self._options.most_upload_bytes,
        )
        if ready is None:
            return []
        if self._embedded is not None:
            look_at_faults(self._embedded.faults, [(ready.prompt, ready.plan)])
        runs: list[Done] = []
        for number in range(self._options.repeat):
            job = ready.job(number)
            done = None
            self._watcher.begins(job, server.host)
            try:
                done = ready.run(job, self._job_options(), self._watcher.event)
            finally:
                self._watcher.ends(done)
            runs.append(done)
            if done.record.result == "stopped":
                return runs
        self._found(self._never_happened())
        return runs

    def _job_options(self) -> JobOptions:
        options = self._options
        return JobOptions(
            folder=Path(options.folder),
            staged=options.staged,
            cold=options.cold,
            retry=options.retry,
            target_s=options.target_s,
            limits=Limits(silence_s=options.silence_s),
            most_upload_bytes=options.most_upload_bytes,
            most_output_bytes=options.most_output_bytes,
            most_outputs=options.most_outputs,
            quality=options.quality,
        )

    def _found(self, findings: Sequence[Diagnostic]) -> None:
        self.findings += findings
        self._watcher.found(findings)

    def _never_happened(self) -> list[Diagnostic]:
        """Notes on faults that were to be injected and did not happen."""
        from wan22dsl.run.messages import FAULT_DID_NOT_HAPPEN

        faults = self._embedded.never_happened if self._embedded is not None else []
        return [FAULT_DID_NOT_HAPPEN.at(None, fault=fault) for fault in faults]
