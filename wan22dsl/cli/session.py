"""One `wan run`: compile for the server, look what is missing, run as often as was asked for, tell of it."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from wan22dsl import compiler
from wan22dsl.cli import show, streams
from wan22dsl.diagnostics import has_errors, in_order
from wan22dsl.errors import CommandError, ServerError
from wan22dsl.program.used import used_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.compiler import Compiled
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.run.client import Client
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done, Job, Wishes
    from wan22dsl.run.live import LiveCatalogue
    from wan22dsl.run.record import Host
    from wan22dsl.source import Source


class Session:
    """One command: what is the same for all its runs."""

    def __init__(
        self,
        client: Client,
        source: Source,
        pipeline: str | None,
        given: Mapping[str, Any],
        wishes: Wishes,
        shown: str,
        simulate: bool,
    ) -> None:
        self._client, self._source, self._pipeline = client, source, pipeline
        self._given, self._wishes, self._shown = given, wishes, shown
        self._simulate = simulate
        self._uses = used_texts(source)
        self._zero_s: float | None = None

    def run(self, times: int) -> int:
        """Compiles once, runs as often as was asked for, and gives the exit code."""
        from wan22dsl.run.live import LiveCatalogue

        host = self._host()
        live = LiveCatalogue(self._client)
        compiled = compiler.compile(
            self._source, pipeline=self._pipeline, values=self._given, target=live
        )
        self._show(compiled.diagnostics)
        if compiled.prompt is None or compiled.graph is None:
            streams.tell("\nnothing was run\n")
            return 1
        prompt = self._ready(compiled, live, host.simulated)
        if prompt is None:
            streams.tell("\nnothing was run\n")
            return 1
        code = 0
        for number in range(times):
            job = self._job(compiled, prompt, host, number)
            done = self._one(job, host)
            code = max(code, self._told(done, number, times))
            if done.record.result in {"stopped"}:
                return 130
        return code

    def _show(self, found: Sequence[Diagnostic]) -> None:
        """Says what was found on standard error; only the errors where quiet was asked for."""
        told = [one for one in found if one.is_error or self._shown != "quiet"]
        if told:
            streams.tell("\n")
            show.diagnostics(told, sys.stderr)

    def _host(self) -> Host:
        from wan22dsl.run import retry
        from wan22dsl.run.record import Host

        try:
            stats = retry.again(self._client.system_stats, first_contact=True)
        except ServerError as error:
            raise CommandError(
                str(error),
                "Start ComfyUI, or name the server with --server or WAN_SERVER. "
                "`wan run --simulate` needs no server and no GPU.",
            ) from error
        system = stats.get("system")
        simulated = self._simulate or (isinstance(system, dict) and bool(system.get("simulated")))
        return Host(self._client.shown, simulated, stats)

    def _ready(
        self, compiled: Compiled, live: LiveCatalogue, simulated: bool
    ) -> dict[str, Any] | None:
        """The prompt with uploads done; None when something is missing."""
        from wan22dsl.run import preflight

        assert compiled.graph is not None and compiled.prompt is not None
        ready, found = preflight.look(
            compiled.graph.graph,
            live,
            self._client,
            simulated=simulated,
            most_upload_bytes=self._wishes.most_upload_bytes,
        )
        self._show(in_order(found))
        if has_errors(found):
            return None
        prompt = compiled.prompt
        if simulated:
            from wan22dsl.run.stated import with_facts

            prompt = with_facts(prompt, compiled.graph.graph)
        return preflight.prepare(prompt, ready, self._client)

    def _job(self, compiled: Compiled, prompt: dict[str, Any], host: Host, number: int) -> Job:
        from wan22dsl import __version__
        from wan22dsl.graph import plan
        from wan22dsl.run import carried, seeds
        from wan22dsl.run.execute import Job
        from wan22dsl.run.record import Subject

        assert compiled.graph is not None
        graph = compiled.graph.graph
        prompt = seeds.raised(prompt, graph, number)
        subject = Subject(
            file=self._source.path,
            text=self._source.text,
            pipeline=graph.name,
            parameters=self._given,
            target=graph.catalogue.target,
            prompt=prompt,
            version=__version__,
            uses=self._uses,
        )
        extra = carried.extra_pnginfo(subject, number)
        return Job(subject, prompt, graph, plan.plan(graph), extra, number)

    def _one(self, job: Job, host: Host) -> Done:
        from wan22dsl.run.execute import Run

        with ExitStack() as stack:
            return Run(self._client, host, job, self._wishes, self._teller(job, host, stack)).run()

    def _teller(self, job: Job, host: Host, stack: ExitStack) -> Callable[[Event], None]:
        """Who is told of events: a program, a terminal, or lines of text."""
        from wan22dsl.run.progress import Board

        if self._shown == "json":
            return self._tell_json
        if self._shown == "quiet":
            return lambda event: None
        board = Board(job.plan)
        if _is_terminal():
            from rich.console import Console

            from wan22dsl.cli.bars import Bars

            title = (
                f"{job.subject.pipeline} on {host.shown}{' (simulated)' if host.simulated else ''}"
            )
            console = Console(file=streams.styled(sys.stderr))
            return stack.enter_context(Bars(board, console, title)).receive

        def tell(event: Event) -> None:
            for line in board.receive(event):
                streams.say(line)

        return tell

    def _tell_json(self, event: Event) -> None:
        from wan22dsl.run.models.events import told

        if self._zero_s is None:
            self._zero_s = event.at_s
        line = told(event, self._zero_s)
        if line is not None:
            _put_json(line.as_json())

    def _told(self, done: Done, number: int, times: int) -> int:
        """Says what came of a run, and gives the exit code for it."""
        from wan22dsl.run import table
        from wan22dsl.run.recording import model_of

        if self._shown == "json":
            _put_json({"event": "record", "record": model_of(done.record).as_json()})
        elif self._shown == "quiet":
            streams.put_lines(one.path.as_posix() for one in done.record.outputs)
        else:
            head = f"\nrun {number + 1} of {times}\n" if times > 1 else "\n"
            lines = [*table.lines(model_of(done.record))]
            if done.file is not None:
                lines.append(f"record  {done.file.as_posix()}")
            streams.put(head)
            streams.put_lines(lines)
        self._show(done.record.found)
        if done.note:
            streams.tell("\n")
            for line in done.note.split("\n"):
                streams.say(line)
        if not done.is_written:
            return 2
        return 0 if done.ok else 1


def _put_json(value: object) -> None:
    from json import dumps

    streams.json(dumps(value, ensure_ascii=False) + "\n")


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
