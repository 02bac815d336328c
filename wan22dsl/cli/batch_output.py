"""What `wan batch` shows: a live table on a terminal, plain lines elsewhere, only outputs, or JSON lines."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from wan22dsl.api.batch_options import BatchWatcher
from wan22dsl.cli import batch_lines, show, streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from wan22dsl.api.batch_options import BatchResult, Preview
    from wan22dsl.api.batch_rows import Wrong
    from wan22dsl.api.batch_tasks import Progress, Seen
    from wan22dsl.cli.batch_view import View
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.fleet.board import Counts
    from wan22dsl.fleet.forecast import Forecast
    from wan22dsl.fleet.jobs import AnyLine
    from wan22dsl.fleet.models import Plan

#: So many mistakes in rows are shown.
_MOST_WRONG = 30


class Output(BatchWatcher):
    """Shows a batch. `form` is "people", "quiet" or "json"."""

    def __init__(self, form: str, *, is_dry: bool = False) -> None:
        self._form, self._is_dry = form, is_dry
        self._stack = ExitStack()
        self._view: View | None = None
        self._labels: dict[str, str] = {}

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def found(self, findings: Sequence[Diagnostic]) -> None:
        """Shows findings on standard error; with --quiet only the errors."""
        shown = [finding for finding in findings if finding.is_error or self._form != "quiet"]
        if shown:
            show.diagnostics(shown, sys.stderr)

    def wrong(self, wrong: Sequence[Wrong]) -> None:
        """Shows what is wrong in the rows, all of it up to a limit."""
        self._say(f"error: {each}" for each in wrong[:_MOST_WRONG])
        if len(wrong) > _MOST_WRONG:
            self._say([f"and {len(wrong) - _MOST_WRONG} more mistakes"])

    def planned(self, plan: Plan, preview: Preview) -> None:
        """Shows the plan."""
        self._labels = {job.id: job.label for job in plan.jobs}
        if self._form == "json":
            _put_json({"line": "plan", "plan": plan.as_json(), "preview": _preview(preview)})
        elif self._is_dry:
            show.account(batch_lines.plan(plan, preview))
        elif self._form == "people":
            self._say(["", *batch_lines.plan(plan, preview), ""])
        if self._form == "people" and not self._is_dry and _is_terminal():
            from rich.console import Console

            from wan22dsl.cli.batch_view import View

            console = Console(file=streams.styled(sys.stderr))
            self._view = self._stack.enter_context(View(plan, preview, console))

    def folder(self, folder: Path, is_resumed: bool) -> None:
        """Shows where everything goes."""
        if self._form == "people":
            self._say([f"{'resumed' if is_resumed else 'folder'}: {folder.as_posix()}"])

    def server(self, name: str, seen: Seen) -> None:
        """A server was looked at."""
        if self._view is not None:
            self._view.server(name, seen)

    def progress(self, server: str, progress: Progress) -> None:
        """A run goes on."""
        if self._view is not None:
            self._view.progress(server, progress)

    def counts(self, counts: Counts, forecast: Forecast | None, now_s: float) -> None:
        """How many jobs are where."""
        if self._view is not None:
            self._view.counts(counts, forecast, now_s)

    def said(self, text: str) -> None:
        """Shows something that people should know."""
        self._say([text])

    def line(self, line: AnyLine) -> None:
        """With --json, each line as the folder has it; else what people want to know of it."""
        if self._form == "json":
            _put_json(line.as_json())
            return
        if self._view is not None:
            self._view.line(line)
        is_news = line.line == "set aside" or (
            line.line == "ended" and line.how not in ("success", "stopped")
        )
        if self._form == "people" and (self._view is None or is_news):
            self._say(batch_lines.happened(line, self._labels))

    def ends(self, result: BatchResult) -> None:
        """Shows what the batch came to."""
        self._stack.close()
        self._view = None
        if self._form == "json":
            _put_json(_result(result))
            return
        if result.how == "not started":
            self._say(["", "nothing was sent"])
        elif result.folder is not None:
            self._put_outcome(result)

    def _put_outcome(self, result: BatchResult) -> None:
        folder = result.folder
        assert folder is not None
        if self._form == "quiet":
            streams.put_lines(
                path.as_posix()
                for path in sorted(folder.iterdir())
                if not path.name.startswith((".", "run-", "batch.", "snapshot-", "now.json"))
            )
        else:
            show.account(["", *batch_lines.result(result), f"folder: {folder.as_posix()}"])
        if result.how != "complete":
            named = shlex.quote(folder.as_posix())
            self._say([f"{_WHY[result.how]}. Go on with: wan batch --resume --out {named}"])

    def _say(self, lines: Iterable[str]) -> None:
        """Lines for people on standard error, above what is drawn there."""
        from wan22dsl.escapes import one_line

        streams.tell("".join(f"{one_line(line)}\n" for line in lines))


_WHY = {
    "stopped": "stopped",
    "no servers": "no server is left that answers",
    "full": "the disk is full",
}


def _preview(preview: Preview) -> dict[str, Any]:
    return {
        "ends_s": preview.ends_s,
        "unknown": preview.unknown,
        "servers": [usage._asdict() for usage in preview.usages],
        "impossible": dict(preview.impossible),
        "late_s": dict(preview.late),
    }


def _result(result: BatchResult) -> dict[str, Any]:
    return {
        "line": "result",
        "how": result.how,
        "folder": result.folder.as_posix() if result.folder is not None else None,
        "exit_code": result.exit_code,
        "done": result.done,
        "set_aside": dict(result.set_aside),
        "left": result.left,
        "wrong": [str(each) for each in result.wrong],
    }


def _put_json(value: object) -> None:
    from json import dumps

    streams.json(dumps(value, ensure_ascii=False) + "\n")


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
