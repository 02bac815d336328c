"""The gate as JUnit XML: each cell is a test case.

A regression is a `failure`, a cell that is not comparable an `error`, one without baseline is `skipped`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report import junit
from wan22dsl.report.benches import words

if TYPE_CHECKING:
    from wan22dsl.bench.gate import Gate, GatedCell

_KINDS = {"REGRESSION": "failure", "NOT_COMPARABLE": "error", "NO_BASELINE": "skipped"}

#: The case of what belongs to no cell.
_WHOLE = "(the whole bench)"


def render(gate: Gate) -> str:
    """The report as XML."""
    suite = f"wan bench {gate.bench.name}"
    cases = [_case(suite, cell, gate.bench.file) for cell in gate.cells]
    if gate.problems:
        text = "\n".join(gate.problems)
        inner = junit.outcome("error", gate.problems[0], "NOT_COMPARABLE", text)
        cases.insert(0, junit.case(suite, _WHOLE, inner))
    return junit.document(suite, cases)


def _case(suite: str, cell: GatedCell, file: str) -> str:
    text = "\n".join([*words.lines(cell), *(f"help: {help}" for help in cell.help)])
    total = next((change.now for change in cell.changes if change.figure == "total_s"), 0)
    kind = _KINDS.get(cell.state)
    if kind is not None:
        message = "; ".join([*cell.reasons[:1], *(part.line for part in cell.parts[:1])])
        inner = junit.outcome(kind, message, cell.state, text)
    else:
        shown = "\n".join(filter(None, [words.measured(cell), text]))
        inner = f"<system-out>{junit.content(shown)}</system-out>" if shown else ""
    return junit.case(suite, cell.id, inner, file=file, seconds=round(total, 4))
