"""One `wan run`: compile for the server, check what it lacks, run once or several times, and report."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.cli import show, streams
from wan22dsl.diagnostics import has_errors, in_order
from wan22dsl.errors import CommandError, ServerError
from wan22dsl.language.program.modules import used_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.api.compiler import Compiled
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.run.client import Client
    from wan22dsl.run.clocks import Timeline
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done
    from wan22dsl.run.job import Job, Options
    from wan22dsl.run.live import LiveCatalogue
    from wan22dsl.run.record import Host
    from wan22dsl.server.embedded import EmbeddedServer
    from wan22dsl.source import Source


class Session:
    """One command: what is the same for all its runs."""

    def __init__(
        self,
        client: Client,
        source: Source,
        pipeline: str | None,
        given: Mapping[str, Any],
        options: Options,
        shown: str,
        embedded: EmbeddedServer | None = None,
    ) -> None:
        self._client, self._source, self._pipeline = client, source, pipeline
        self._given, self._options, self._shown = given, options, shown
        self._embedded = embedded
        self._uses = used_texts(source)
        self._zero_s: float | None = None
        self._timeline: Timeline | None = None

    def run(self, times: int) -> int:
        """Compiles once, runs that many times, and gives the exit code."""
        from wan22dsl.comfyui.catalogue.open import BUNDLED
        from wan22dsl.graph.passes.plan import plan as plan_of
        from wan22dsl.run.execute import timeline_of
        from wan22dsl.run.live import LiveCatalogue

        host = self._host()
        self._timeline = timeline_of(host)
        live = LiveCatalogue(self._client, f"ComfyUI {BUNDLED[0]}" if self._embedded else "")
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
        self._look_at_faults(prompt, plan_of(compiled.graph.graph))
        code = 0
        for number in range(times):
            job = self._job(compiled, prompt, host, number)
            done = self._run_job(job, host)
            code = max(code, self._report(done, number, times))
            if done.record.result in {"stopped"}:
                return 130
        self._show(self._never_happened())
        return code

    def _look_at_faults(self, prompt: dict[str, Any], plan: Plan) -> None:
        """Raises CommandError for a fault at a node that no prompt of the run can have."""
        if self._embedded is None:
            return
        from wan22dsl.diagnostics import nearest
        from wan22dsl.run import staged
        from wan22dsl.server.faults import Node

        prompts = [prompt, staged.tiled(prompt)]
        prompts += [piece.prompt for piece in staged.split(prompt, plan, "") if plan.passes]
        nodes = [
            Node(id, item["class_type"], str(item.get("_meta", {}).get("title", "")), 0)
            for each in prompts
            for id, item in each.items()
        ]
        for fault in self._embedded.faults.without_target(nodes):
            names = [*dict.fromkeys(node.id for node in nodes)]
            close = nearest(fault.target, [*names, *{node.class_type for node in nodes}])
            hint = f" Did you mean `{close}`?" if close else ""
            raise CommandError(
                f"the fault `{fault.text}` names no node of the pipeline.{hint}",
                f"There are: {', '.join(prompt)}",
            )

    def _never_happened(self) -> list[Diagnostic]:
        """Notes on faults that were to be injected and did not happen."""
        from wan22dsl.run.messages import FAULT_DID_NOT_HAPPEN

        faults = self._embedded.never_happened if self._embedded is not None else []
        return [FAULT_DID_NOT_HAPPEN.at(None, fault=fault) for fault in faults]

    def _show(self, found: Sequence[Diagnostic]) -> None:
        """Shows findings on standard error; with --quiet only the errors."""
        shown = [finding for finding in found if finding.is_error or self._shown != "quiet"]
        if shown:
            streams.tell("\n")
            show.diagnostics(shown, sys.stderr)

    def _host(self) -> Host:
        from wan22dsl.run import request_retry
        from wan22dsl.run.record import Host

        try:
            stats = request_retry.again(self._client.system_stats, first_contact=True)
        except ServerError as error:
            raise CommandError(
                str(error),
                "Start ComfyUI, or name the server with --server or WAN_SERVER. "
                "`wan run --simulate` needs no server and no GPU.",
            ) from error
        system = stats.get("system")
        simulated = isinstance(system, dict) and bool(system.get("simulated"))
        return Host(self._client.shown, simulated, stats)

    def _ready(
        self, compiled: Compiled, live: LiveCatalogue, simulated: bool
    ) -> dict[str, Any] | None:
        """The prompt with uploads done; None when something is missing."""
        from wan22dsl.run import preflight

        assert compiled.graph is not None and compiled.prompt is not None
        graph = compiled.graph.graph
        ready, found = preflight.look(
            graph,
            live,
            self._client,
            simulated=simulated,
            own=self._embedded is not None,
            most_upload_bytes=self._options.most_upload_bytes,
        )
        self._show(in_order(found))
        if has_errors(found):
            return None
        if self._embedded is not None and ready.stand_ins.names:
            from wan22dsl.server.models import class_like

            classes = [class_like(graph, name) for name in ready.stand_ins.classes]
            self._embedded.stand_in(classes, ready.stand_ins.files)
        prompt = compiled.prompt
        if simulated:
            from wan22dsl.run.stated import with_facts

            prompt = with_facts(prompt, compiled.graph.graph)
        return preflight.prepare(prompt, ready, self._client)

    def _job(self, compiled: Compiled, prompt: dict[str, Any], host: Host, number: int) -> Job:
        from wan22dsl import __version__
        from wan22dsl.graph.cost.uncounted import not_counted
        from wan22dsl.graph.passes import plan
        from wan22dsl.run import carried, seeds
        from wan22dsl.run.job import Job
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
            not_counted=not_counted(graph) if host.simulated else (),
            prompt=prompt,
            version=__version__,
            uses=self._uses,
        )
        extra = carried.extra_pnginfo(subject, number)
        return Job(subject, prompt, graph, plan.plan(graph), extra, number)

    def _run_job(self, job: Job, host: Host) -> Done:
        from wan22dsl.run.execute import Run

        with ExitStack() as stack:
            receiver = self._receiver(job, host, stack)
            return Run(self._client, host, job, self._options, receiver, self._timeline).run()

    def _receiver(self, job: Job, host: Host, stack: ExitStack) -> Callable[[Event], None]:
        """What shows events: JSON lines, bars on a terminal, or lines of text."""
        from wan22dsl.run.progress import Board

        if self._shown == "json":
            return self._tell_json
        if self._shown == "quiet":
            return lambda event: None
        board = Board(job.plan, host.speed if host.tells_time else 1.0)
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

    def _report(self, done: Done, number: int, times: int) -> int:
        """Shows the result of a run, and gives its exit code."""
        from wan22dsl.run import table
        from wan22dsl.run.record import model_of

        if self._shown == "json":
            _put_json({"event": "record", "record": model_of(done.record).as_json()})
        elif self._shown == "quiet":
            streams.put_lines(fetched.path.as_posix() for fetched in done.record.outputs)
        else:
            head = f"\nrun {number + 1} of {times}\n" if times > 1 else "\n"
            lines = [*table.lines(model_of(done.record))]
            if done.file is not None:
                lines.append(f"record  {done.file.as_posix()}")
            streams.put(head)
            show.account(lines)
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
