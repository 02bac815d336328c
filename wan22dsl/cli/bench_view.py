"""A bench on a terminal, while it runs: a row for each cell, what runs now, and how long it will take."""

from __future__ import annotations

from statistics import median
from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.cli.bench_lines import duration, where

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from wan22dsl.bench.models import Plan, RunEnded, Session
    from wan22dsl.bench.plan import Step, Time
    from wan22dsl.run.events import Event
    from wan22dsl.run.job import Job
    from wan22dsl.run.record import Host

#: Lines that are not for cells: title, heading, what runs, time left, and some room.
_OTHER_LINES = 7

#: Each drawing takes 2.5 ms of CPU (`python -m benchmarks bench_overhead`), beside a run that is measured.
_DRAWS_PER_S = 1


class View:
    """Draws a bench while it is the context."""

    def __init__(self, plan: Plan, console: Console) -> None:
        from rich.live import Live

        self._plan, self._console = plan, console
        self._runs: dict[str, list[RunEnded]] = {cell.id: [] for cell in plan.cells}
        self._session: Session | None = None
        self._of = len(plan.sessions)
        self._step: Step | None = None
        self._board: Any = None
        self._left: Time | None = None
        self._left_at_s = monotonic()
        self._live = Live(
            get_renderable=self._draw,
            console=console,
            refresh_per_second=_DRAWS_PER_S,
            transient=True,
        )

    def __enter__(self) -> View:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def session_begins(self, session: Session, of: int) -> None:
        """ComfyUI is being started."""
        self._session, self._of, self._step, self._board = session, of, None, None

    def run_begins(self, step: Step, job: Job, host: Host, left: Time) -> None:
        """A run begins."""
        from wan22dsl.run.progress import Board

        self._step = step
        self._board = Board(job.plan, host.speed if host.tells_time else 1.0)
        self._left, self._left_at_s = left, monotonic()

    def event(self, event: Event) -> None:
        """Something happens in the run."""
        if self._board is not None:
            self._board.receive(event)

    def run_ends(self, line: RunEnded) -> None:
        """A run has ended."""
        self._runs.setdefault(line.cell, []).append(line)
        self._step = self._board = None

    def _draw(self) -> RenderableType:
        from rich.table import Table
        from rich.text import Text

        from wan22dsl.escapes import one_line

        whole = Table.grid()
        simulated = " (simulated)" if self._plan.simulated else ""
        whole.add_row(Text(one_line(f"bench {self._plan.name}{simulated}"), style="bold"))
        table = Table.grid(padding=(0, 2))
        table.add_column(overflow="ellipsis", no_wrap=True, ratio=1)
        for _ in range(3):
            table.add_column(no_wrap=True, justify="right")
        table.add_row(
            *(Text(head, style="dim") for head in ("cell (* baseline)", "runs", "median", ""))
        )
        for cell in self._shown():
            table.add_row(*self._row(cell))
        whole.add_row(table)
        for text in self._now():
            whole.add_row(Text(one_line(text), overflow="ellipsis", no_wrap=True))
        return whole

    def _shown(self) -> list[Any]:
        """The cells that there is room for: around the one that runs."""
        cells = list(self._plan.cells)
        room = max(1, self._console.size.height - _OTHER_LINES)
        if len(cells) <= room:
            return cells
        ids = [cell.id for cell in cells]
        at = ids.index(self._step.cell.id) if self._step is not None else 0
        first = min(max(0, at - room // 2), len(cells) - room)
        return cells[first : first + room]

    def _row(self, cell: Any) -> list[Any]:
        from rich.text import Text

        from wan22dsl.escapes import one_line

        runs = self._runs[cell.id]
        good = [
            run.figures.total_s
            for run in runs
            if run.role == "measured" and run.figures is not None and not run.reasons
        ]
        wrong = next((run.reasons[0].cause for run in reversed(runs) if run.reasons), "")
        problem = cell.problem.cause if cell.problem is not None else wrong
        is_now = self._step is not None and self._step.cell.id == cell.id
        name = f"{'>' if is_now else ' '} {one_line(cell.id)}{' *' if cell.is_baseline else ''}"
        return [
            Text(name, style="bold" if is_now else "", overflow="ellipsis", no_wrap=True),
            Text(str(len(good)) if good else "-"),
            Text(f"{median(good):.1f} s" if good else "-"),
            Text(problem, style="yellow"),
        ]

    def _now(self) -> list[str]:
        """What runs, in which session, and how much is left."""
        found = []
        if self._session is not None:
            found.append(f"session {self._session.number} of {self._of}: {where(self._session)}")
        found.append(self._doing())
        if self._left is not None:
            gone_s = 0.0 if self._plan.simulated else monotonic() - self._left_at_s
            runs = f"{self._left.runs} runs left"
            if self._left.unknown:
                found.append(runs)
            else:
                found.append(f"about {duration(max(0.0, self._left.seconds - gone_s))}, {runs}")
        return found

    def _doing(self) -> str:
        if self._step is None:
            return "starting ComfyUI" if self._session is not None else ""
        role = {"warmup": "warm-up", "cold": "cold run", "measured": "run"}[self._step.role]
        parts = [f"{role} {self._step.number}"]
        row = self._board.current if self._board is not None else None
        if row is not None:
            parts.append(f"{row.name}: {row.doing}")
            if row.steps:
                parts.append(f"step {row.step} of {row.steps}")
            if row.step_s is not None:
                parts.append(f"{row.step_s:.2f} s/step")
            parts.append(f"{row.elapsed_s(self._board.now_s()):.0f} s")
        elif self._board is not None and self._board.note:
            parts.append(self._board.note)
        return ", ".join(parts)
