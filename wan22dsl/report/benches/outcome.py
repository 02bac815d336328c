"""The result of a bench, for people: the verdict, a table of its cells, and what could not be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.bench import units
from wan22dsl.report.lines import Piece, line
from wan22dsl.run.table import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.bench.between_cells import Comparison
    from wan22dsl.bench.cells import CellOutcome
    from wan22dsl.bench.history import Series, Step
    from wan22dsl.bench.outcome import Outcome
    from wan22dsl.report.lines import Line

#: So many cells are in a table; of more, the number.
_MOST_CELLS = 200

#: With fewer benches noise cannot be told from a step.
_LEAST_POINTS = 5

#: So many benches of a series are shown.
_MOST_POINTS = 60


def lines(found: Outcome) -> Iterator[Line]:
    """A whole bench."""
    plan = found.plan
    simulated = ", simulated" if plan.simulated else ""
    yield line(f"bench {plan.name} of {plan.pipeline} ({plan.file}){simulated}")
    yield line(Piece(found.verdict, "message"))
    yield ()
    yield from (line(text) for text in _table(found))
    without = {cell.cell.id for cell in found.cells if not cell.figures}  # `not_measured` says why
    comparisons = [item for item in found.comparisons if item.note and item.cell.id not in without]
    yield from (line(f"note: {item.cell.id}: {item.note}") for item in comparisons)
    yield from (line(Piece("not measured: ", "warning"), text) for text in found.not_measured)
    yield from (line(Piece("note: ", "note"), text) for text in found.notes)
    yield from (line(Piece("help: ", "help"), item.text) for item in found.recommendations)


def _table(found: Outcome) -> list[str]:
    words = {item.cell.id: item for item in found.comparisons}
    steps = _steps(found.cells)
    rows = [["cell", "total", *steps, "peak", "sessions", "against the baseline"]]
    for cell in found.cells[:_MOST_CELLS]:
        total = cell.figures.get("total_s")
        rows.append(
            [
                cell.cell.id,
                _value(cell, "total_s"),
                *(_value(cell, step) for step in steps),
                _value(cell, "peak_bytes"),
                str(len(total.medians)) if total else "-",
                _word(cell, words.get(cell.cell.id)),
            ]
        )
    more = len(found.cells) - _MOST_CELLS
    return aligned(rows) + ([f"and {more} more cells"] if more > 0 else [])


def _steps(cells: Sequence[CellOutcome]) -> list[str]:
    """The figures of the passes' steps, in their order; of more than four passes there is no room."""
    found = dict.fromkeys(
        name for cell in cells for name in cell.figures if name.endswith(".step_s")
    )
    return list(found)[:4]


def _value(cell: CellOutcome, figure: str) -> str:
    spread = cell.figures.get(figure)
    return units.shown(figure, spread.value) if spread is not None else "-"


def _word(cell: CellOutcome, item: Comparison | None) -> str:
    if cell.cell.is_baseline:
        return "baseline"
    if item is None:
        return "-"
    percent = "" if item.ratio is None else f" {100 * (item.ratio - 1):+.1f} %"
    return f"{item.word}{percent}"


def histories(found: Sequence[Series], figure: str) -> Iterator[Line]:
    """Cells over time: every bench, and where there are steps."""
    for series in found:
        yield line(Piece(series.id, "message"), f"  {figure}")
        for fact in series.broken:
            yield line(f"  not comparable with the benches before: {fact.line}")
        firsts = {step.first.bench.id: step for step in series.steps}
        points = series.points[-_MOST_POINTS:]
        if len(points) < len(series.points):
            yield line(f"  {len(series.points) - len(points)} older benches are not shown")
        for point in points:
            step = firsts.get(point.bench.id)
            if step is not None:
                yield from _step(step)
            value = units.shown(figure, point.value)
            yield line(f"  {point.bench.made[:16]:<16}  {value:>10}  {point.bench.shown}")
        if not series.steps and len(series.points) < _LEAST_POINTS:
            yield line(f"  too few benches to see a step: {_LEAST_POINTS} or more show one")
        elif not series.steps:
            yield line("  no step: nothing got lastingly faster or slower")
        yield ()


def _step(step: Step) -> Iterator[Line]:
    word, role = ("slower", "error") if step.percent > 0 else ("faster", "good")
    when = "; ".join(fact.line for fact in step.changed[:4])
    more = len(step.changed) - 4
    since = f" when {when}" if when else "; nothing that is known changed then"
    since += f" and {more} more differences" if more > 0 else ""
    yield line("  ", Piece(f"{word} by {abs(step.percent):.1f} %", role), since)
    yield from (line(f"    {part.line}") for part in step.parts[:3])
