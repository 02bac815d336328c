"""What all sessions of a bench share: its folder, its time, who watches, and what its cells are made of."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wan22dsl.api.bench_options import BenchOptions, BenchWatcher
    from wan22dsl.api.bench_plan import Subject
    from wan22dsl.api.benches import FoundBench
    from wan22dsl.bench.models import RunEnded, Session
    from wan22dsl.bench.plan import Step, Time
    from wan22dsl.bench.store import AnyLine, Store
    from wan22dsl.run.execute import Done
    from wan22dsl.run.models.record import RunRecord
    from wan22dsl.source import Source


class BudgetSpent(Exception):
    """The next run does not fit into the time that was given."""


class Context:
    """A bench that is being measured. `restart_s` is what a start of ComfyUI is expected to take."""

    def __init__(
        self,
        store: Store,
        watcher: BenchWatcher,
        options: BenchOptions,
        found: FoundBench,
        source: Source,
        subjects: Mapping[str, Subject],
        restart_s: float,
    ) -> None:
        self.store, self.watcher, self.options = store, watcher, options
        self.found, self.source, self.subjects = found, source, subjects
        self.sessions = len(store.plan.sessions)
        self.undone: Sequence[Step] = ()
        self._restart_s = restart_s
        self._began_s = monotonic()
        self._simulated_s = 0.0
        self._record: tuple[Done, RunRecord] | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether nothing has happened in this bench so far."""
        return not self.store.stored.lines

    def add(self, line: AnyLine) -> None:
        """Something has happened: it is on the disk when this comes back. Raises CommandError."""
        self.store.add(line)
        self.watcher.line(line)

    @property
    def restart_s(self) -> float:
        """What a start takes, by those so far."""
        from wan22dsl.bench import plan as order

        return order.restart_s_of(self.store.stored.lines, self._restart_s)

    @property
    def spent_s(self) -> float:
        """The time since the command began; of a simulation, that of its card."""
        if self.store.plan.simulated:
            return self._simulated_s
        return monotonic() - self._began_s

    def spend(self, line: RunEnded) -> None:
        """A run is over."""
        if line.figures is not None:
            self._simulated_s += line.figures.total_s

    def require_time(self, step: Step, *, starts: bool = False) -> None:
        """Raises BudgetSpent where a run would not end in time. One that nothing is known of may begin."""
        budget_s = self.options.budget_s
        if budget_s is None:
            return
        start_s = self.restart_s if starts else 0.0
        if self.spent_s + start_s + (self.expected_s(step) or 0.0) > budget_s:
            raise BudgetSpent

    def expected_s(self, step: Step) -> float | None:
        """How long a run will take: by those of its cell so far, or by the plan."""
        from wan22dsl.bench import plan as order

        is_cold = step.clears or step.role == "cold"
        return order.expected_s(step.cell, self.store.stored.lines, is_cold=is_cold)

    def time_of(self, steps: Sequence[Step]) -> Time:
        """How long these runs take, by what has been measured, else by the plan."""
        from wan22dsl.bench import plan as order

        return order.time_of(order.by_lines(steps, self.store.stored.lines), self.restart_s)

    def log_of(self, session: Session) -> Path:
        """Where what ComfyUI writes in a session is kept: not over that of an earlier start."""
        number = 1
        while True:
            more = f"-{number}" if number > 1 else ""
            file = self.store.folder / f"comfyui-{session.number}{more}.log"
            if not file.exists():
                return file
            number += 1

    def record_of(self, done: Done) -> RunRecord:
        """The record of a run, in the shape in which it is written."""
        from wan22dsl.run.record import model_of

        if self._record is None or self._record[0] is not done:
            self._record = done, model_of(done.record)
        return self._record[1]
