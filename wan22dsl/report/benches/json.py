"""The gate and comparisons of benches as JSON."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any

from wan22dsl.bench.between_benches import (
    as_data,
    change_as_data,
    facts_as_data,
    part_as_data,
    picture_as_data,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.bench.between_benches import CellComparison
    from wan22dsl.bench.gate import Gate, GatedCell
    from wan22dsl.bench.history import Series
    from wan22dsl.bench.measured import Measured
    from wan22dsl.bench.outcome import Outcome

#: Version of what is written here.
VERSION = 1


def gate(found: Gate) -> str:
    """The verdict, each cell with its figures, and why."""
    from wan22dsl.bench.models_gate import GateReport

    report = GateReport.model_validate(
        {
            "gate": VERSION,
            "state": found.state,
            "bench": _bench(found.bench),
            "baseline": _bench(found.baseline) if found.baseline is not None else None,
            "baseline_file": found.baseline_file,
            "problems": found.problems,
            "cells": [_cell(cell) for cell in found.cells],
        }
    )
    return _text(report.as_json())


def _bench(bench: Measured) -> dict[str, Any]:
    return {
        "path": bench.shown,
        "id": bench.id,
        "name": bench.name,
        "pipeline": bench.pipeline,
        "made": bench.made,
        "simulated": bench.simulated,
        "unfinished": bench.unfinished,
    }


def _cell(cell: GatedCell) -> dict[str, Any]:
    worse = [change.figure for change in cell.worse]
    better = [change.figure for change in cell.better]
    return {
        "cell": cell.id,
        "state": cell.state,
        "figures": [change_as_data(change) for change in cell.changes],
        "worse": worse,
        "better": better,
        "parts": [part_as_data(part) for part in cell.parts],
        "reasons": cell.reasons,
        "help": cell.help,
        "differences": facts_as_data(cell.differences),
        "unknown": facts_as_data(cell.unknown),
        "picture": picture_as_data(cell.picture),
    }


def comparison(
    before: Measured, now: Measured, cells: Sequence[CellComparison], machines: Sequence[str]
) -> str:
    """Two benches beside each other."""
    return _text(
        {
            "comparison": VERSION,
            "before": _bench(before),
            "now": _bench(now),
            "cells": [as_data(cell) for cell in cells],
            "machines": list(machines),
        }
    )


def bench(found: Measured, outcome: Outcome) -> str:
    """The result of a bench."""
    words = {item.cell.id: item for item in outcome.comparisons}
    cells = []
    for cell in found.cells:
        item = words.get(cell.id)
        cells.append(
            {
                "cell": cell.id,
                "figures": {name: cell.value(name) for name in cell.figures},
                "sessions": {name: list(medians) for name, medians in cell.figures.items()},
                "word": item.word if item is not None else None,
                "ratio": item.ratio if item is not None else None,
                "note": item.note if item is not None else "",
                "why": [why._asdict() for why in cell.why],
            }
        )
    return _text(
        {
            "shown": VERSION,
            "bench": _bench(found),
            "verdict": outcome.verdict,
            "cells": cells,
            "not_measured": list(outcome.not_measured),
            "recommendations": [item.text for item in outcome.recommendations],
            "notes": list(outcome.notes),
            "problems": list(found.problems),
        }
    )


def histories(found: Sequence[Series], figure: str) -> str:
    """Cells over time."""
    return _text(
        {
            "history": VERSION,
            "figure": figure,
            "cells": [
                {
                    "cell": series.id,
                    "values": [
                        {"path": point.bench.shown, "made": point.bench.made, "value": point.value}
                        for point in series.points
                    ],
                    "steps": [
                        {
                            "since": step.first.bench.shown,
                            "before": step.before,
                            "now": step.now,
                            "percent": step.percent,
                            "changed": facts_as_data(step.changed),
                            "parts": [part_as_data(part) for part in step.parts],
                        }
                        for step in series.steps
                    ],
                    "not_comparable_with_before": facts_as_data(series.broken),
                }
                for series in found
            ],
        }
    )


def _text(data: dict[str, Any]) -> str:
    return dumps(data, indent=2, ensure_ascii=False) + "\n"
