"""A bench with its outcome, and what several of its sections ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import shown
from wan22dsl.run.comparing import card_name
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.bench.models import Cell, Plan
    from wan22dsl.bench.outcome import CellOutcome, Comparison, Outcome
    from wan22dsl.bench.store import Stored
    from wan22dsl.run.models.record import RunRecord


class Bench(NamedTuple):
    """A bench; `id` begins the ids of all that is shown of it."""

    id: str
    stored: Stored
    outcome: Outcome

    @property
    def plan(self) -> Plan:
        """What was to be measured."""
        return self.outcome.plan

    def label(self, cell: Cell) -> str:
        """A cell as charts and tables name it."""
        return shown.name(cell.id, 70)

    def cards(self) -> list[str]:
        """The cards that it was measured on, as people call them."""
        names = [card_name(session.card) for session in self.stored.sessions if session.card]
        return list(dict.fromkeys(map(shown.name, names)))

    def comparison(self, cell: Cell) -> Comparison | None:
        """How a cell compares with its baseline; None for the baseline."""
        return next((each for each in self.outcome.comparisons if each.cell.id == cell.id), None)

    def first_run(self, cell: CellOutcome) -> RunRecord | None:
        """The first measured run that has outputs, whether it counts or not; None where there is none."""
        runs = (self.stored.record(run) for run in cell.runs if run.role == "measured")
        return next((each for each in runs if each is not None and each.outputs), None)

    def usual_run(self, cell: CellOutcome) -> RunRecord | None:
        """The run that counts whose total is nearest to that of its cell; None where there is none."""
        spread = cell.figures.get("total_s")
        if spread is None:
            return None
        runs = [
            run for run in cell.runs if run.role == "measured" and not run.reasons and run.figures
        ]
        runs.sort(key=lambda run: abs((run.figures.total_s if run.figures else 0.0) - spread.value))
        records = (self.stored.record(run) for run in runs)
        return next((record for record in records if record is not None), None)

    def passes(self) -> list[str]:
        """The names of all passes with figures, in the order of the cells."""
        found = [
            name.removesuffix(".step_s")
            for cell in self.outcome.cells
            for name in cell.figures
            if name.endswith(".step_s")
        ]
        return list(dict.fromkeys(found))
