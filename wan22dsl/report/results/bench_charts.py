"""The charts of a bench: totals with every run, differences, where the time goes, and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import shown, targets
from wan22dsl.report.results.bench_tables import WORD_TONES
from wan22dsl.report.results.contents import (
    Chart,
    Column,
    Differences,
    DifferencesRow,
    Part,
    Point,
    Points,
    PointsRow,
    Stacked,
    Table,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.bench.between_cells import Comparison
    from wan22dsl.bench.cells import Spread
    from wan22dsl.bench.outcome import CellOutcome
    from wan22dsl.report.results.bench import Bench
    from wan22dsl.report.results.contents import Band

_MARKS = "Each mark is a run: circles of the first round, diamonds of the second."
_GREY = "The grey bar is the baseline."


def charts(bench: Bench) -> Iterator[Chart]:
    """All charts that there are figures for."""
    found = (_totals(bench), _differences(bench), _where(bench), _memory(bench))
    return (chart for chart in found if chart is not None)


def _totals(bench: Bench) -> Chart | None:
    rows = _points(bench, "total_s")
    if not any(row.points for row in rows):
        return None
    bands = _bands(bench)
    best = min((row for row in rows if row.value is not None), key=lambda row: row.value or 0.0)
    description = (
        f"A bar for each of {len(rows)} cells, to its total in seconds, and a mark for each run. The "
        f"shortest is {best.label} with {best.value:.1f} seconds."
    )
    notes = [f"{_MARKS} {_GREY}" if any(row.is_baseline for row in rows) else _MARKS]
    if bands:
        notes.append("The coloured stretches are those of the target.")
    id = f"{bench.id}-total"
    table = _runs_table(f"{id}-table", "Total of each run, in seconds", rows, 1)
    return Chart(
        id, "Total time, every warm run", description, Points("seconds", rows, bands),
        table, bench.plan.simulated, tuple(notes),
    )  # fmt: skip


def _points(bench: Bench, key: str, scale: float = 1.0) -> tuple[PointsRow, ...]:
    found = []
    for cell in bench.outcome.cells:
        spread = cell.figures.get(key)
        label, is_baseline = bench.label(cell.cell), cell.cell.is_baseline
        if spread is None:
            found.append(PointsRow(label, None, (), _why_not(cell), is_baseline))
            continue
        points = tuple(
            Point(value / scale, round)
            for round, session in zip(_rounds(spread), spread.sessions)
            for value in session
        )
        found.append(PointsRow(label, spread.value / scale, points, "", is_baseline))
    return tuple(found)


def _rounds(spread: Spread) -> tuple[int, ...]:
    """The round of each session."""
    return spread.rounds or tuple(range(1, len(spread.sessions) + 1))


def _why_not(cell: CellOutcome) -> str:
    return cell.reasons[0].cause if cell.reasons else "not measured"


def _bands(bench: Bench) -> tuple[Band, ...]:
    """The target for the whole run, where all cells that were measured have the same one."""
    stated = []
    for cell in bench.outcome.cells:
        record = bench.usual_run(cell)
        if record is None:
            continue
        whole = [
            rating.target for rating in record.ratings if rating.what.startswith("the whole run")
        ]
        stated.append(whole[0] if whole else "")
    return targets.bands(stated)


def _runs_table(id: str, caption: str, rows: tuple[PointsRow, ...], digits: int) -> Table:
    columns = (Column("cell"), Column("of the cell", is_number=True), Column("each run"))
    cells = []
    for row in rows:
        rounds: dict[int, list[str]] = {}
        for point in row.points:
            rounds.setdefault(point.round, []).append(f"{point.value:.{digits}f}")
        each = "; ".join(", ".join(values) for values in rounds.values()) or row.note
        cells.append((Value(row.label), shown.seconds(row.value, digits), Value(each)))
    notes = ("A semicolon separates the rounds.",)
    return Table(id, caption, columns, tuple(cells), notes)


def _differences(bench: Bench) -> Chart | None:
    rows, cells, smallest = [], [], []
    for comparison in bench.outcome.comparisons:
        if comparison.ratio is None or comparison.word in ("not comparable", "no baseline"):
            continue
        percent = (comparison.ratio - 1.0) * 100
        label = bench.label(comparison.cell)
        rows.append(
            DifferencesRow(
                label, percent, _by_round(bench, comparison), WORD_TONES[comparison.word]
            )
        )
        limit = shown.NO_VALUE
        if comparison.smallest_percent is not None:
            smallest.append(comparison.smallest_percent)
            limit = Value(f"{comparison.smallest_percent:.1f} %", comparison.smallest_percent)
        cells.append(
            (Value(label), Value(shown.percent(percent), percent), Value(comparison.word), limit)
        )
    if not rows:
        return None
    band = max(smallest, default=None)
    columns = (
        Column("cell"),
        Column("difference", is_number=True),
        Column("word"),
        Column("smallest that can be seen", is_number=True),
    )
    id = f"{bench.id}-difference"
    table = Table(f"{id}-table", "Difference of the total from the baseline", columns, tuple(cells))
    notes = []
    if band is not None:
        notes.append(
            f"Within the grey band, ± {band:.1f} %, this bench cannot tell a difference from noise."
        )
    if any(row.points for row in rows):
        notes.append("Rings are single rounds.")
    listed = ", ".join(f"{row.label} {shown.percent(row.value)}" for row in rows)
    description = f"Difference of the total from the baseline: {listed}."
    return Chart(
        id, "Difference from the baseline: left is faster", description,
        Differences("percent of the baseline's total", tuple(rows), band), table, bench.plan.simulated,
        tuple(notes),
    )  # fmt: skip


def _by_round(bench: Bench, comparison: Comparison) -> tuple[float, ...]:
    """The difference in each round that both have, in percent; nothing if they have one only."""
    medians = []
    for cell in (comparison.cell, comparison.baseline):
        found = [
            each for each in bench.outcome.cells if cell is not None and each.cell.id == cell.id
        ]
        spread = found[0].figures.get(comparison.figure) if found else None
        medians.append(dict(zip(_rounds(spread), spread.medians)) if spread is not None else {})
    own, baseline = medians
    shared = [round for round in own if baseline.get(round)]
    if len(shared) < 2:
        return ()
    return tuple((own[round] / baseline[round] - 1.0) * 100 for round in shared)


def _where(bench: Bench) -> Chart | None:
    rows = []
    for cell in bench.outcome.cells:
        parts = _stack(cell)
        if parts:
            rows.append((bench.label(cell.cell), parts))
    if not rows:
        return None
    names = list(dict.fromkeys(part.name for _, parts in rows for part in parts))
    columns = (Column("cell"), *(Column(f"{name}, s", is_number=True) for name in names))
    cells = []
    for label, parts in rows:
        values = {part.name: part.value for part in parts}
        cells.append((Value(label), *(shown.seconds(values.get(name)) for name in names)))
    id = f"{bench.id}-parts"
    description = f"A bar for each of {len(rows)} cells, made of {', '.join(names)}."
    notes = (
        "Each part is the mean of the medians of its sessions, so that parts may not add up to the total.",
    )
    table = Table(f"{id}-figures", "Seconds of each part", columns, tuple(cells))
    return Chart(
        id, "Where the time goes", description, Stacked("seconds", tuple(rows)), table,
        bench.plan.simulated, notes,
    )  # fmt: skip


def _stack(cell: CellOutcome) -> tuple[Part, ...]:
    """For each pass what comes before its sampling, then that; decoding, and what follows the passes."""
    values = {name: spread.value for name, spread in cell.figures.items()}
    passes = [name.removesuffix(".sampling_s") for name in values if name.endswith(".sampling_s")]
    found = []
    for hue, name in enumerate(passes):
        label = shown.name(name, 30)
        found.append(Part(f"{label}: load", values.get(f"{name}.load_s", 0.0), hue, is_pale=True))
        found.append(Part(f"{label}: sampling", values[f"{name}.sampling_s"], hue))
    hue = max(2, len(passes))
    found.append(Part("decode", values.get("decode_s", 0.0), hue))
    found.append(Part("after the passes", values.get("post_s", 0.0), hue + 1))
    found.append(Part("other", values.get("other_s", 0.0), 5))
    return tuple(part for part in found if part.value >= 0.05)


def _memory(bench: Bench) -> Chart | None:
    rows = _points(bench, "peak_bytes", 1024.0**3)
    known = [row for row in rows if row.value is not None]
    if not known:
        return None
    totals = set()
    for cell in bench.outcome.cells:
        record = bench.usual_run(cell)
        usage = record.memory.usage if record is not None else None
        if usage is not None and usage.total_bytes:
            totals.add(usage.total_bytes)
    limit = None
    if len(totals) == 1:
        gib = shown.in_gib(totals.pop())
        limit = (gib, f"card {gib:.1f}")
    most = max(known, key=lambda row: row.value or 0.0)
    description = (
        f"Peak memory of each cell in GiB; the most is {most.label} with {most.value:.1f} GiB."
    )
    id = f"{bench.id}-memory"
    table = _runs_table(f"{id}-table", "Peak memory of each run, in GiB", rows, 1)
    notes = ("The dashed line is all the memory of the card.",) if limit else ()
    return Chart(
        id, "Peak memory", description, Points("GiB", rows, (), limit), table, bench.plan.simulated, notes
    )  # fmt: skip
