"""What `wan bench` shows: a live table on a terminal, plain lines elsewhere, only the end, or JSON lines."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from wan22dsl.api.bench_options import BenchWatcher
from wan22dsl.cli import bench_lines, show, streams
from wan22dsl.escapes import in_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from wan22dsl.api.bench_options import BenchResult
    from wan22dsl.bench.models import Plan, RunEnded, Session, SessionStarted
    from wan22dsl.bench.plan import Step, Time
    from wan22dsl.bench.store import AnyLine
    from wan22dsl.cli.bench_view import View
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done
    from wan22dsl.run.job import Job
    from wan22dsl.run.record import Host


class Output(BenchWatcher):
    """Shows a bench. `form` is "people", "quiet" or "json"."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._stack = ExitStack()
        self._view: View | None = None
        self._plan: Plan | None = None
        self._is_dry = True

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def found(self, findings: Sequence[Diagnostic]) -> None:
        """Shows findings on standard error; with --quiet only the errors."""
        shown = [finding for finding in findings if finding.is_error or self._form != "quiet"]
        if shown:
            show.diagnostics(shown, sys.stderr)

    def planned(self, plan: Plan, time: Time, notes: Mapping[int, str]) -> None:
        """Shows the plan."""
        self._plan = plan
        if self._form == "json":
            _put_json(
                {
                    "line": "plan",
                    "plan": plan.as_json(),
                    "time": time._asdict(),
                    "will_not_start": {str(number): text for number, text in notes.items()},
                }
            )
        elif self._is_dry:
            show.account(bench_lines.plan(plan, time, notes))
        elif self._form == "people":
            self._say(["", *bench_lines.plan(plan, time, notes), ""])
        if self._form == "people" and not self._is_dry and _is_terminal():
            from rich.console import Console

            from wan22dsl.cli.bench_view import View

            console = Console(file=streams.styled(sys.stderr))
            self._view = self._stack.enter_context(View(plan, console))

    def folder(self, folder: Path, is_resumed: bool) -> None:
        """Shows where everything goes."""
        self._is_dry = False
        if self._form == "people":
            how = "resumed" if is_resumed else "folder"
            self._say([f"{how}: {folder.as_posix()}"])

    def session_begins(self, session: Session, of: int) -> None:
        """Shows which session begins."""
        if self._view is not None:
            self._view.session_begins(session, of)
        elif self._form == "people":
            self._say([f"session {session.number} of {of}: {bench_lines.where(session)}"])

    def session(self, line: SessionStarted) -> None:
        """Shows how ComfyUI has started."""
        is_worth = self._view is None or line.reason is not None or line.findings
        if self._form == "people" and is_worth:
            head = [f"session {line.number}: {line.place}"] if self._view is not None else []
            self._say([*head, *bench_lines.started(line)])

    def run_begins(self, step: Step, job: Job, host: Host, left: Time) -> None:
        """A run begins."""
        if self._view is not None:
            self._view.run_begins(step, job, host, left)

    def event(self, event: Event) -> None:
        """Something happens in a run."""
        if self._view is not None:
            self._view.event(event)

    def run_ends(self, line: RunEnded, done: Done | None) -> None:
        """Shows what a run came to."""
        if self._view is not None:
            self._view.run_ends(line)
        if self._form == "people" and self._plan is not None:
            if self._view is None or line.reasons:
                self._say(bench_lines.ended(line, self._plan.design.repeat))
            if done is not None and done.note:
                self._say(done.note.split("\n"))

    def line(self, line: AnyLine) -> None:
        """With --json, each line as the folder has it."""
        if self._form == "json":
            _put_json(line.as_json())

    def ends(self, result: BenchResult) -> None:
        """Shows what the bench came to."""
        self._stack.close()
        self._view = None
        if self._form == "json":
            _put_json(_result(result))
            return
        if result.plan is None:
            self._say(["", "nothing was measured: the bench has errors"])
            return
        if result.outcome is not None:
            from wan22dsl.report.benches import outcome

            streams.put("\n" if self._form == "people" else "")
            show.lines(list(outcome.lines(result.outcome)), sys.stdout)
        if result.folder is not None and result.outcome is not None:
            folder = result.folder.as_posix()
            self._say(
                ["", f"folder: {folder}", f"report: wan report {in_command(folder)} -o report.html"]
            )
        self._say(_how_it_ended(result))

    def _say(self, lines: Iterable[str]) -> None:
        """Lines for people on standard error, above what is drawn there."""
        from wan22dsl.escapes import one_line

        streams.tell("".join(f"{one_line(line)}\n" for line in lines))


def _how_it_ended(result: BenchResult) -> list[str]:
    """What is to be said of a bench that is not whole."""
    if result.how == "budget":
        cells = ", ".join(result.left_out[:6]) + (" …" if len(result.left_out) > 6 else "")
        return [f"the budget is spent. Left out, or not whole: {cells}. {_resume(result)}"]
    if result.how == "stopped":
        return [f"stopped. {_resume(result)}"]
    return []


def _resume(result: BenchResult) -> str:
    assert result.folder is not None
    return f"Go on with --resume --out {in_command(result.folder.as_posix())}"


def _result(result: BenchResult) -> dict[str, Any]:
    outcome = result.outcome
    return {
        "line": "result",
        "how": result.how,
        "folder": result.folder.as_posix() if result.folder is not None else None,
        "exit_code": result.exit_code,
        "verdict": outcome.verdict if outcome is not None else None,
        "not_measured": list(outcome.not_measured) if outcome is not None else [],
        "left_out": list(result.left_out),
    }


def _put_json(value: object) -> None:
    from json import dumps

    streams.json(dumps(value, ensure_ascii=False) + "\n")


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
