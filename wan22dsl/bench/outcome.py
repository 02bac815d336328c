"""What can be said of a bench: its cells, how they compare, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.bench import between_cells, cells, verdict
from wan22dsl.bench.between_cells import Comparison, Part
from wan22dsl.bench.cells import CellOutcome, Spread
from wan22dsl.bench.verdict import Recommendation
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wan22dsl.bench.models import Plan
    from wan22dsl.bench.store import Stored

__all__ = [
    "CellOutcome",
    "Comparison",
    "Outcome",
    "Part",
    "Recommendation",
    "Spread",
    "close_cells",
    "outcome_of",
]

#: The baseline drifts where the medians of its sessions differ by more than this.
_DRIFT_PERCENT = 3.0


class Outcome(NamedTuple):
    """A bench as far as it was measured.

    `comparisons` has one of `total_s` for each cell that has a baseline to be compared with, in the order of
    the plan. `verdict` is one sentence; `not_measured` has a sentence for each reason why cells have no
    numbers, or only some; `notes` what else is to be known, such as drift, a damaged line, a missing session.
    """

    plan: Plan
    cells: tuple[CellOutcome, ...]
    comparisons: tuple[Comparison, ...]
    verdict: str
    not_measured: tuple[str, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    notes: tuple[str, ...] = ()

    def compare(self, figure: str) -> tuple[Comparison, ...]:
        """The comparisons of another figure, such as `high.step_s` or `peak_bytes`."""
        return tuple(_comparisons(self.plan, self.cells, figure))

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of all figures that any cell has."""
        return tuple(dict.fromkeys(name for own in self.cells for name in own.figures))


def outcome_of(bench: Stored) -> Outcome:
    """What can be said of a bench as far as it was measured."""
    plan, own = bench.plan, cells.outcomes(bench)
    compared = tuple(_comparisons(plan, own, "total_s"))
    by_id = {each.cell.id: each for each in own}

    def compare(left: CellOutcome, right: CellOutcome, figure: str) -> Comparison:
        return _compare(plan, left, right, figure)

    return Outcome(
        plan,
        own,
        compared,
        verdict.verdict(plan, own, compared),
        tuple(verdict.not_measured(own, is_spent=_is_spent(bench))),
        tuple(verdict.recommendations(plan, by_id, compared, compare)),
        (*bench.problems, *_notes(bench, own)),
    )


def _is_spent(bench: Stored) -> bool:
    """Whether its time was spent before all was measured."""
    last = bench.lines[-1] if bench.lines else None
    return last is not None and last.line == "end" and last.how == "budget"


def close_cells(bench: Stored) -> frozenset[str]:
    """The cells that need a second round, with the baselines that they are compared with; ids."""
    own = cells.outcomes(bench)
    found = set[str]()
    for each in _comparisons(bench.plan, own, "total_s"):
        if each.word == "unclear" and each.baseline is not None:
            found |= {each.cell.id, each.baseline.id}
    return frozenset(found)


def _comparisons(plan: Plan, own: Sequence[CellOutcome], figure: str) -> Iterator[Comparison]:
    by_id: Mapping[str, CellOutcome] = {each.cell.id: each for each in own}
    baselines = [cell for cell in plan.cells if cell.is_baseline]
    for each in own:
        baseline = cells.baseline_of(baselines, each.cell)
        if baseline is not None or not each.cell.is_baseline:
            yield _compare(plan, each, by_id[baseline.id] if baseline else None, figure)


def _compare(plan: Plan, own: CellOutcome, baseline: CellOutcome | None, figure: str) -> Comparison:
    simulated = (plan.simulated, plan.simulated)
    return between_cells.compare(own, baseline, figure, plan.design, simulated=simulated)


def _notes(bench: Stored, own: Sequence[CellOutcome]) -> Iterator[str]:
    """What concerns more than one cell, and what is to be known of the values of one."""
    suffix = " (simulated)" if bench.plan.simulated else ""
    for each in own:
        yield from (f"`{each.cell.id}`{suffix}: {note}" for note in each.notes)
        yield from _drift(each, suffix)
    there = {start.number for start in bench.sessions} | {run.session for run in bench.runs}
    missing = [item.number for item in bench.plan.sessions if item.number not in there]
    if missing:
        numbers = ", ".join(map(str, missing[:10])) + (", …" if missing[10:] else "")
        word = "Session" if len(missing) == 1 else "Sessions"
        yield f"{word} {numbers} of the plan did not run: resume the bench with `--resume`."
    if bench.plan.simulated:
        yield from dict.fromkeys(said for start in bench.sessions for said in start.findings)
        yield "All times are estimates of a simulation: they say nothing about a real card."


def _drift(own: CellOutcome, suffix: str) -> Iterator[str]:
    """A baseline that is not as fast in its last session as in its first one."""
    total = own.figures.get("total_s")
    if not own.cell.is_baseline or total is None or len(total.medians) < 2:
        return
    percent = 100 * (total.medians[-1] / total.medians[0] - 1)
    if abs(percent) > _DRIFT_PERCENT:
        yield (
            f"The baseline `{own.cell.id}`{suffix} drifts: {total.medians[-1]:.1f} s in session "
            f"{total.numbers[-1]}, {percent:+.1f} % from {total.medians[0]:.1f} s in session "
            f"{total.numbers[0]}. The reversed second round makes up for a steady drift."
        )
