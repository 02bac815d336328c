"""What `wan run` shows: for people, only what was made (`--quiet`), or JSON lines."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from wan22dsl.api.running import RunWatcher
from wan22dsl.cli import show, streams

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done
    from wan22dsl.run.job import Job
    from wan22dsl.run.record import Host


class Output(RunWatcher):
    """Shows all runs of a command. `form` is "people", "quiet" or "json"."""

    def __init__(self, form: str, times: int) -> None:
        self._form, self._times = form, times
        self._number = 0
        self._zero_s: float | None = None
        self._stack = ExitStack()
        self._receive: Callable[[Event], None] = _nothing

    def found(self, findings: Sequence[Diagnostic]) -> None:
        """Shows findings on standard error; with --quiet only the errors."""
        shown = [finding for finding in findings if finding.is_error or self._form != "quiet"]
        if shown:
            streams.tell("\n")
            show.diagnostics(shown, sys.stderr)

    def begins(self, job: Job, host: Host) -> None:
        """Prepares for the events of a run: JSON lines, bars on a terminal, or lines of text."""
        self._number += 1
        if self._form == "json":
            self._receive = self._put_event
        elif self._form == "people":
            self._receive = self._for_people(job, host)

    def event(self, event: Event) -> None:
        """Shows an event."""
        self._receive(event)

    def ends(self, done: Done | None) -> None:
        """Shows what a run has come to."""
        self._stack.close()
        if done is None:
            return
        self._result(done)
        self.found(done.record.found)
        if done.note:
            streams.tell("\n")
            for line in done.note.split("\n"):
                streams.say(line)

    def _for_people(self, job: Job, host: Host) -> Callable[[Event], None]:
        from wan22dsl.run.progress import Board

        board = Board(job.plan, host.speed if host.tells_time else 1.0)
        if _is_terminal():
            from rich.console import Console

            from wan22dsl.cli.bars import Bars

            simulated = " (simulated)" if host.simulated else ""
            title = f"{job.subject.pipeline} on {host.shown}{simulated}"
            console = Console(file=streams.styled(sys.stderr))
            return self._stack.enter_context(Bars(board, console, title)).receive

        def show_lines(event: Event) -> None:
            for line in board.receive(event):
                streams.say(line)

        return show_lines

    def _put_event(self, event: Event) -> None:
        from wan22dsl.run.models.events import told

        if self._zero_s is None:
            self._zero_s = event.at_s
        line = told(event, self._zero_s)
        if line is not None:
            _put_json(line.as_json())

    def _result(self, done: Done) -> None:
        from wan22dsl.run import table
        from wan22dsl.run.record import model_of

        if self._form == "json":
            _put_json({"event": "record", "record": model_of(done.record).as_json()})
        elif self._form == "quiet":
            streams.put_lines(fetched.path.as_posix() for fetched in done.record.outputs)
        else:
            head = f"\nrun {self._number} of {self._times}\n" if self._times > 1 else "\n"
            lines = [*table.lines(model_of(done.record))]
            if done.file is not None:
                lines.append(f"record  {done.file.as_posix()}")
            streams.put(head)
            show.account(lines)


def _nothing(event: Event) -> None:
    """Shows nothing of an event."""


def _put_json(value: object) -> None:
    from json import dumps

    streams.json(dumps(value, ensure_ascii=False) + "\n")


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
