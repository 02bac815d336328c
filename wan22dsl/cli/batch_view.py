"""A batch on a terminal, while it runs: a row for each server, the counts, the rate, and the expected end."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.cli.batch_lines import clock, count
from wan22dsl.cli.bench_lines import duration

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from wan22dsl.api.batch_options import Preview
    from wan22dsl.api.batch_tasks import Progress, Seen
    from wan22dsl.fleet.board import Counts
    from wan22dsl.fleet.forecast import Forecast
    from wan22dsl.fleet.jobs import AnyLine
    from wan22dsl.fleet.models import Plan

#: Lines that are not for servers: title, bar, counts, heading, and some room.
_OTHER_LINES = 8

#: The rate is that of so many of the last jobs.
_NEWEST = 40


class _Server:
    """A row of the table."""

    def __init__(self, name: str, card: str) -> None:
        self.name, self.card = name, card
        self.state, self.reason = "away", ""
        self.job = ""
        self.began_s = 0.0
        self.expected_s: float | None = None
        self.progress: Progress | None = None
        self.done = self.failed = 0


class View:
    """Draws a batch while it is the context."""

    def __init__(self, plan: Plan, preview: Preview, console: Console) -> None:
        from rich.live import Live

        self._plan, self._console = plan, console
        self._labels = {job.id: job.label for job in plan.jobs}
        self._servers = {
            name: _Server(name, seen.card or "") for name, seen in preview.servers.items()
        }
        for name, seen in preview.servers.items():
            self.server(name, seen)
        self._counts: Counts | None = None
        self._ends_s = preview.ends_s
        self._ends_at_s = monotonic()
        self._ended: deque[float] = deque(maxlen=_NEWEST)
        self._began_s = monotonic()
        self._rate = 1.0
        self._batch_s = 0.0
        self._live = Live(
            get_renderable=self._draw, console=console, refresh_per_second=4, transient=True
        )

    def __enter__(self) -> View:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def server(self, name: str, seen: Seen) -> None:
        """What is known of a server."""
        row = self._servers.setdefault(name, _Server(name, seen.card))
        row.state, row.reason = seen.state, seen.reason
        row.card = seen.card or row.card

    def progress(self, name: str, progress: Progress) -> None:
        """A run goes on."""
        row = self._servers.get(name)
        if row is not None and row.job == progress.job:
            row.progress = progress

    def counts(self, counts: Counts, forecast: Forecast | None, now_s: float) -> None:
        """How many jobs are where, and when all will be done."""
        self._counts = counts
        passed_s = monotonic() - self._began_s
        self._rate = now_s / passed_s if passed_s > 0.5 and now_s > 0 else self._rate
        if forecast is not None:
            end_s = forecast.end_s
            self._ends_s = max(0.0, end_s - now_s) if end_s is not None else None
            self._ends_at_s = monotonic()

    def line(self, line: AnyLine) -> None:
        """Something has happened."""
        if line.line == "placed":
            row = self._servers[line.server]
            row.job, row.progress, row.began_s = line.job, None, monotonic()
            row.expected_s = line.expected_s
        elif line.line == "ended":
            row = self._servers[line.server]
            if row.job == line.job:
                row.job, row.progress = "", None
            if line.how == "success":
                row.done += 1
                self._ended.append(monotonic())
            elif line.how != "stopped":
                row.failed += 1

    def _draw(self) -> RenderableType:
        from rich.table import Table
        from rich.text import Text

        from wan22dsl.escapes import one_line

        whole = Table.grid()
        simulated = " (simulated)" if self._plan.simulated else ""
        whole.add_row(Text(one_line(f"batch {self._plan.name}{simulated}"), style="bold"))
        whole.add_row(self._bar())
        whole.add_row(Text(self._in_words()))
        whole.add_row(Text(""))
        shown = self._shown()
        table = Table.grid(padding=(0, 2))
        for width in self._widths(shown):
            table.add_column(no_wrap=True, overflow="ellipsis", width=width)
        heads = ("server", "card", "done", "job", "")
        table.add_row(*(Text(head, style="dim") for head in heads))
        for row in shown:
            table.add_row(*self._row(row))
        whole.add_row(table)
        hidden = len(self._servers) - len(shown)
        if hidden > 0:
            whole.add_row(Text(f"and {count(hidden, 'server')} more", style="dim"))
        return whole

    def _widths(self, shown: list[_Server]) -> tuple[int, ...]:
        """The columns: what is known exactly has its room, the label of the job takes what is left."""
        name = min(24, max((len(row.name) for row in shown), default=6))
        card = min(24, max((len(row.card) for row in shown), default=4))
        done = max((len(_done(row)) for row in shown), default=4)
        left = self._console.size.width - name - card - done - 4 * 2 - 1
        doing = min(34, max(12, left // 2))
        return max(6, name), max(4, card), max(4, done), max(8, left - doing), doing

    def _bar(self) -> Any:
        from rich.progress_bar import ProgressBar

        counts = self._counts
        over = counts.done + counts.set_aside if counts is not None else 0
        return ProgressBar(total=max(1, len(self._plan.jobs)), completed=over, width=40)

    def _in_words(self) -> str:
        counts = self._counts
        parts = []
        if counts is not None:
            parts.append(f"{counts.done} of {len(self._plan.jobs)} done")
            parts.append(f"{counts.running} running")
            left = counts.waiting + counts.blocked
            parts.append(f"{left} waiting")
            if counts.set_aside:
                parts.append(f"{counts.set_aside} set aside")
        if len(self._ended) > 1:
            passed_s = (self._ended[-1] - self._ended[0]) * self._rate
            if passed_s > 0:
                an_hour = (len(self._ended) - 1) / passed_s * 3600
                parts.append(f"{an_hour:.0f} jobs/h" if an_hour >= 10 else f"{an_hour:.1f} jobs/h")
        if self._ends_s is not None:
            gone_s = (monotonic() - self._ends_at_s) * self._rate
            left_s = max(0.0, self._ends_s - gone_s)
            if self._plan.simulated:
                parts.append(f"about {duration(left_s)} of card time left")
            else:
                parts.append(f"done at about {clock(left_s)}, in {duration(left_s)}")
        return ", ".join(parts)

    def _shown(self) -> list[_Server]:
        """The servers that there is room for: first those in the order of the fleet that do something."""
        rows = list(self._servers.values())
        room = max(1, self._console.size.height - _OTHER_LINES)
        if len(rows) <= room:
            return rows
        busy = [row for row in rows if row.job]
        rest = [row for row in rows if not row.job]
        kept = {row.name for row in (busy + rest)[:room]}
        return [row for row in rows if row.name in kept]

    def _row(self, row: _Server) -> list[Any]:
        from rich.text import Text

        from wan22dsl.escapes import one_line

        done = Text(_done(row))
        name, card = Text(one_line(row.name)), Text(one_line(row.card), style="dim")
        if not row.job:
            said = row.state if row.state != "ready" else "idle"
            reason = Text(one_line(row.reason), style="yellow")
            return [name, card, done, Text(said, style="dim"), reason]
        job = f"{row.job}  {self._labels.get(row.job, '')}"
        return [name, card, done, Text(one_line(job)), Text(one_line(self._doing(row)))]

    def _doing(self, row: _Server) -> str:
        progress = row.progress
        took = duration((monotonic() - row.began_s) * self._rate)
        if progress is None or not progress.at:
            return f"begins, {took}" if progress is None or not progress.note else progress.note
        parts = [f"{progress.at}: {progress.doing}"]
        if progress.steps:
            parts.append(f"{progress.step}/{progress.steps}")
        parts.append(took)
        return ", ".join(parts)


def _done(row: _Server) -> str:
    return f"{row.done}, {row.failed} failed" if row.failed else str(row.done)
