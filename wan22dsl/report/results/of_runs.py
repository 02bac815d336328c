"""The overview of several runs. It lists them; whether one is faster than another takes a bench to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import environment, of_run, shown
from wan22dsl.report.results.contents import Chart, Column, Part, Prose, Stacked, Table, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.report.results.contents import Block
    from wan22dsl.report.results.gathering import Run
    from wan22dsl.run.models.record import RunRecord

#: More bars are not read any more.
_MOST_BARS = 24


def overview(runs: Sequence[Run], most_shown: int) -> list[Block]:
    """The runs in a table, where their time went, and how their machines differ."""
    names = [shown.name(run.record.id) for run in runs]
    found: list[Block] = [
        Prose(
            "Single runs are listed here, not compared: runs of one configuration differ by some percent. "
            "`wan bench` measures whether one configuration is faster than another."
        )
    ]
    if any(run.record.simulated for run in runs):
        found.append(Prose("Runs marked as simulated are estimates, not measurements.", "warn"))
    found.append(_table(names, runs))
    chart = _chart(names[-_MOST_BARS:], runs[-_MOST_BARS:])
    if chart is not None:
        found.append(chart)
    known = [
        (f"run {name}", snapshot)
        for name, run in zip(names, runs)
        if (snapshot := environment.find(run.folder, run.record.snapshot)) is not None
    ]
    found += environment.differences("overview", known)
    if len(runs) > most_shown:
        found.append(Prose(f"Below are the {most_shown} newest runs. Name fewer to see others."))
    return found


def _table(names: Sequence[str], runs: Sequence[Run]) -> Table:
    columns = (
        Column("run"),
        Column("pipeline"),
        Column("card"),
        Column("total, s", is_number=True),
        Column("passes, s", is_number=True),
        Column("peak, GiB", is_number=True),
        Column("result"),
        Column("rating"),
    )
    rows = tuple(_row(name, run.record) for name, run in zip(names, runs))
    return Table("overview-runs", "The runs, oldest first", columns, rows)


def _row(name: str, record: RunRecord) -> tuple[Value, ...]:
    timing, usage = record.timing, record.memory.usage
    total, passes = shown.NO_VALUE, shown.NO_VALUE
    if timing is not None and not timing.all_cached and not record.not_counted:
        total = shown.seconds(timing.total_s)
        if timing.passes:
            passes = Value(" + ".join(f"{each.total_s:.1f}" for each in timing.passes))
    card = environment.card_of(record) or "not known"
    note = "simulated" if record.simulated else ""
    ratings = [rating for rating in record.ratings if rating.what.startswith("the whole run")]
    rated = (
        Value(ratings[0].verdict, tone=of_run.TONES.get(ratings[0].verdict, ""))
        if ratings
        else shown.NO_VALUE
    )
    ended = Value(record.result, tone="" if record.result == "success" else "bad")
    peak = shown.gib(usage.peak_bytes if usage is not None else None)
    return (
        Value(name),
        Value(shown.name(record.source.pipeline)),
        Value(card, note=note),
        total,
        passes,
        peak,
        ended,
        rated,
    )


def _chart(names: Sequence[str], runs: Sequence[Run]) -> Chart | None:
    rows, cells = [], []
    for name, run in zip(names, runs):
        timing = run.record.timing
        if timing is None or timing.all_cached:
            continue
        parts = stacked(run.record)
        rows.append((name, parts))
        cells += [(Value(name), Value(part.name), shown.seconds(part.value)) for part in parts]
    if not rows:
        return None
    columns = (Column("run"), Column("part"), Column("seconds", is_number=True))
    table = Table("overview-parts-table", "Seconds of each part", columns, tuple(cells))
    longest = max(rows, key=lambda row: sum(part.value for part in row[1]))
    description = (
        f"A bar for each of {len(rows)} runs, made of its parts. The longest is {longest[0]}."
    )
    return Chart(
        "overview-parts",
        "Where the time went",
        description,
        Stacked("seconds", tuple(rows)),
        table,
        any(run.record.simulated for run in runs),
    )


def stacked(record: RunRecord) -> tuple[Part, ...]:
    """A run as the parts of a bar: for each pass what comes before its sampling, and that; then the rest."""
    timing = record.timing
    if timing is None:
        return ()
    found: list[Part] = []
    for number, pass_ in enumerate(timing.passes):
        name = shown.name(pass_.name, 30)
        found.append(Part(f"{name}: load", pass_.load_s + pass_.rest_s, number, is_pale=True))
        found.append(Part(f"{name}: sampling", pass_.sampling_s, number))
    hue = max(2, len(timing.passes))
    found.append(Part("decode", sum(pass_.decode_s for pass_ in timing.passes), hue))
    found.append(Part("after the passes", sum(stage.seconds for stage in timing.stages), hue + 1))
    found.append(Part("the server itself", timing.server_s + timing.between_s, 5))
    return tuple(part for part in found if part.value > 0)
