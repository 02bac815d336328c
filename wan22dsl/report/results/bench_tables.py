"""The tables of a bench: its cells with their figures, cold runs, and where differences come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import shown
from wan22dsl.report.results.contents import Column, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.bench.between_cells import Comparison
    from wan22dsl.bench.cells import Spread
    from wan22dsl.bench.outcome import CellOutcome
    from wan22dsl.report.results.bench import Bench
    from wan22dsl.report.results.contents import Block, Tone

WORD_TONES: dict[str, Tone] = {
    "faster": "good",
    "slower": "bad",
    "same": "",
    "unclear": "warn",
    "not comparable": "warn",
    "no baseline": "warn",
}

#: Of a difference so many parts are listed, and none that is smaller.
_MOST_PARTS = 4
_LEAST_PART_S = 0.05


def results(bench: Bench) -> Iterator[Block]:
    """What was measured of each cell, warm and cold, and what made the differences."""
    yield _cells(bench)
    if any(cell.cold for cell in bench.outcome.cells):
        yield _cold(bench)
    parts = _parts(bench)
    if parts is not None:
        yield parts


def _cells(bench: Bench) -> Table:
    passes = bench.passes()
    columns = (
        Column("cell"),
        Column("total, s", is_number=True, about="mean of the medians of the sessions."),
        Column("against baseline", is_number=True, about="of the total; below it in seconds."),
        Column("word"),
        Column(
            "runs",
            is_number=True,
            about="that count, by session; below them the fastest and the slowest.",
        ),
        *(Column(f"{shown.name(name, 30)}: a step, s", is_number=True) for name in passes),
        Column("peak, GiB", is_number=True),
    )
    rows = tuple(
        (
            _name(bench, cell),
            shown.seconds(_value(cell.figures, "total_s")),
            _difference(bench.comparison(cell.cell)),
            _word(bench, cell),
            _runs(cell.figures.get("total_s")),
            *(shown.seconds(_value(cell.figures, f"{name}.step_s"), 2) for name in passes),
            shown.gib(_value(cell.figures, "peak_bytes")),
        )
        for cell in bench.outcome.cells
    )
    caption = "Warm runs of each cell; the baseline is marked"
    return Table(f"{bench.id}-cells-table", caption, columns, rows)


def _value(figures: Mapping[str, Spread], key: str) -> float | None:
    spread = figures.get(key)
    return spread.value if spread is not None else None


def _name(bench: Bench, cell: CellOutcome) -> Value:
    return Value(bench.label(cell.cell), note="baseline" if cell.cell.is_baseline else "")


def _difference(comparison: Comparison | None) -> Value:
    if comparison is None or comparison.ratio is None:
        return shown.NO_VALUE
    percent = (comparison.ratio - 1.0) * 100
    note = "" if comparison.difference is None else shown.signed_seconds(comparison.difference)
    return Value(shown.percent(percent), percent, note=note)


def _word(bench: Bench, cell: CellOutcome) -> Value:
    if cell.state == "not measured":
        causes = list(dict.fromkeys(reason.cause for reason in cell.reasons))
        return Value("not measured", tone="bad", note=shown.listed(list(map(str, causes))))
    if cell.cell.is_baseline:
        return Value("baseline", tone="muted")
    comparison = bench.comparison(cell.cell)
    if comparison is None:
        return Value("no baseline", tone="warn")
    note = shown.sentence(comparison.note)
    if cell.state == "partly":
        note = note or "some runs do not count"
    return Value(comparison.word, tone=WORD_TONES[comparison.word], note=note)


def _runs(spread: Spread | None) -> Value:
    if spread is None:
        return Value("0", 0.0)
    values = [value for session in spread.sessions for value in session]
    span = f"{min(values):.1f}–{max(values):.1f} s" if len(values) > 1 else ""
    counts = " + ".join(str(len(session)) for session in spread.sessions)
    return Value(counts, float(len(values)), note=span)


def _cold(bench: Bench) -> Table:
    columns = (
        Column("cell"),
        Column("total, s", is_number=True),
        Column("load, s", is_number=True),
        Column("more than warm, s", is_number=True),
        Column("runs", is_number=True),
    )
    rows = []
    for cell in bench.outcome.cells:
        cold, warm = _value(cell.cold, "total_s"), _value(cell.figures, "total_s")
        if cold is None:
            continue
        more = cold - warm if warm is not None else None
        rows.append(
            (
                Value(bench.label(cell.cell)),
                shown.seconds(cold),
                shown.seconds(_value(cell.cold, "load_s")),
                shown.seconds(more),
                _runs(cell.cold["total_s"]),
            )
        )
    notes = ("A cold run has nothing loaded. Cold runs are never mixed with warm ones.",)
    return Table(f"{bench.id}-cold-table", "Cold runs", columns, tuple(rows), notes)


def _parts(bench: Bench) -> Table | None:
    columns = (
        Column("cell"),
        Column("part"),
        Column("difference, s", is_number=True),
        Column("baseline, s", is_number=True),
        Column("cell, s", is_number=True),
        Column("a step, s", is_number=True, about="of the baseline and of the cell."),
    )
    rows = []
    for comparison in bench.outcome.comparisons:
        if comparison.word not in ("faster", "slower", "unclear"):
            continue
        parts = [part for part in comparison.parts if abs(part.difference) >= _LEAST_PART_S]
        for part in parts[:_MOST_PARTS]:
            steps = shown.NO_VALUE
            if part.step_s is not None and part.baseline_step_s is not None:
                steps = Value(f"{part.baseline_step_s:.2f} → {part.step_s:.2f}", part.step_s)
            rows.append(
                (
                    Value(bench.label(comparison.cell)),
                    Value(shown.name(f"{part.name}: {part.what}" if part.what else part.name, 60)),
                    Value(shown.signed(part.difference), part.difference),
                    shown.seconds(part.baseline_value),
                    shown.seconds(part.value),
                    steps,
                )
            )
    if not rows:
        return None
    caption = "Where the differences come from, the largest part first"
    return Table(f"{bench.id}-parts-table", caption, columns, tuple(rows))
