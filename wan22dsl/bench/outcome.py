"""What can be said of a bench: its cells, how they compare, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.bench.cells import CellOutcome, Spread
from wan22dsl.bench.comparison import Comparison, Part
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.bench.models import Cell, Plan

__all__ = ["CellOutcome", "Comparison", "Outcome", "Part", "Recommendation", "Spread"]


class Recommendation(NamedTuple):
    """A cell that is worth using in place of another one. `text` is a sentence with its numbers."""

    text: str
    cell: Cell
    instead_of: Cell
    saved_s: float
    saved_percent: float
    more_bytes: float | None


class Outcome(NamedTuple):
    """A bench as far as it was measured.

    `comparisons` has one of `total_s` for each cell but the baseline, in the order of the plan. `verdict` is
    one sentence; `not_measured` one for each cell without numbers; `notes` what else is to be known of the
    whole, such as drift, a damaged line or a missing session.
    """

    plan: Plan
    cells: tuple[CellOutcome, ...]
    comparisons: tuple[Comparison, ...]
    verdict: str
    not_measured: tuple[str, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    notes: tuple[str, ...] = ()
