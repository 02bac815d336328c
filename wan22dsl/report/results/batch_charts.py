"""The charts of a batch: what each server did over time, and how many jobs were done when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import shown
from wan22dsl.report.results.batch_tables import shown_servers
from wan22dsl.report.results.contents import Chart, Column, Growth, Lanes, Stretch, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.fleet.attempts import Attempt
    from wan22dsl.fleet.overview import ServerView
    from wan22dsl.report.results.batch import Batch
    from wan22dsl.report.results.contents import StretchKind

#: A chart of more stretches joins neighbours that are alike: single ones would be thinner than a pixel.
_MOST_STRETCHES = 1600

#: Rows of the table of throughput.
_BINS = 24

_KINDS: dict[str, StretchKind] = {
    "success": "done",
    "running": "running",
    "unknown": "not known",
    "stopped": "taken back",
    "lost": "lost",
}


def charts(batch: Batch) -> Iterator[Chart]:
    """All charts that there is something to show in."""
    if batch.seen.attempts:
        yield _timeline(batch)
    if batch.seen.ends:
        yield _growth(batch)


def _timeline(batch: Batch) -> Chart:
    servers = shown_servers(batch)
    end_s = max(batch.seen.ended_s, 1.0)
    unit, scale = shown.unit_of_time(end_s)
    stretches = [each for server in servers for each in _stretches(server)]
    is_joined = len(stretches) > _MOST_STRETCHES
    if is_joined:
        stretches = _joined(stretches, end_s / 300)
    scaled = tuple(
        each._replace(start=each.start / scale, end=each.end / scale) for each in stretches
    )
    drawing = Lanes(
        unit, tuple(shown.name(server.name, 40) for server in servers), scaled, end_s / scale
    )
    counts = batch.seen.counts
    description = (
        f"A lane for each of {shown.count(len(servers), 'server')}, over {shown.duration(end_s)}. "
        f"{counts.done:,} jobs were done. The table has what each server did."
    )
    notes = []
    if is_joined:
        notes.append(
            "Jobs that follow each other are joined where they would be thinner than a pixel."
        )
    if len(servers) < len(batch.seen.servers):
        notes.append(f"Shown are the same {len(servers)} servers as in the table above.")
    gaps = [drive for drive in batch.seen.drives if drive.how == "gone"]
    if gaps:
        notes.append(
            f"{shown.count(len(gaps), 'driver')} was lost on the way: runs of that time may have no end."
        )
    return Chart(
        f"{batch.id}-timeline",
        "What each server did",
        description,
        drawing,
        _lanes_table(batch, servers),
        batch.is_simulated,
        tuple(notes),
    )


def _stretches(server: ServerView) -> Iterator[Stretch]:
    """What is known of a server, below; above it, its attempts."""
    lane = shown.name(server.name, 40)
    for spell in server.spells:
        if spell.state != "ready" and spell.to_s > spell.from_s:
            kind: StretchKind = "away" if spell.state == "away" else "not free"
            yield Stretch(lane, spell.from_s, spell.to_s, kind)
    for each in server.attempts:
        end_s = _end_s(each, server)
        if end_s > each.began_s:
            yield Stretch(lane, each.began_s, end_s, _KINDS.get(each.how, "failed"))


def _end_s(attempt: Attempt, server: ServerView) -> float:
    """Where the bar of an attempt ends. One whose end nobody knows gets a short one."""
    if attempt.ended_s is not None:
        return attempt.ended_s
    after = [each.began_s for each in server.attempts if each.began_s > attempt.began_s]
    last_s = max([spell.to_s for spell in server.spells], default=attempt.began_s)
    if attempt.how == "running":
        return max(last_s, attempt.began_s)
    expected_s = attempt.expected_s if attempt.expected_s is not None else last_s - attempt.began_s
    return min([attempt.began_s + expected_s, last_s, *after])


def _joined(stretches: list[Stretch], gap: float) -> list[Stretch]:
    """Neighbours of a lane that are alike, as one."""
    found: list[Stretch] = []
    for each in stretches:
        last = found[-1] if found else None
        is_next = (
            last is not None
            and (last.lane, last.kind) == (each.lane, each.kind)
            and each.start - last.end <= gap
        )
        if last is not None and is_next:
            found[-1] = last._replace(end=max(each.end, last.end))
        else:
            found.append(each)
    return found


def _lanes_table(batch: Batch, servers: list[ServerView]) -> Table:
    columns = (
        Column("server"),
        Column("first job, UTC"),
        Column("last end, UTC"),
        *(
            Column(each, is_number=True)
            for each in ("done", "failed", "working, min", "not there, min")
        ),
    )
    rows = []
    for server in servers:
        own = server.attempts
        ends = [each.ended_s for each in own if each.ended_s is not None]
        gone_s = sum(spell.to_s - spell.from_s for spell in server.spells if spell.state == "away")
        rows.append(
            (
                Value(shown.name(server.name, 40)),
                Value(batch.time(own[0].began_s)) if own else shown.NO_VALUE,
                Value(batch.time(max(ends))) if ends else shown.NO_VALUE,
                Value(f"{len(server.done):,}", float(len(server.done))),
                Value(f"{len(server.failures):,}", float(len(server.failures))),
                Value(f"{server.busy_s / 60:.1f}", server.busy_s),
                Value(f"{gone_s / 60:.1f}", gone_s),
            )
        )
    return Table(f"{batch.id}-timeline-table", "Each server over time", columns, tuple(rows))


def _growth(batch: Batch) -> Chart:
    seen = batch.seen
    end_s = max(seen.ended_s, 1.0)
    unit, scale = shown.unit_of_time(end_s)
    step = max(1, len(seen.ends) // 400)
    points = [(0.0, 0)]
    for number, at_s in enumerate(seen.ends, 1):
        if number % step == 0 or number == len(seen.ends):
            points.append((round(at_s / scale, 4), number))
    points.append((end_s / scale, len(seen.ends)))
    drawing = Growth(unit, "jobs done", tuple(points), len(seen.plan.jobs))
    half = seen.ends[(len(seen.ends) - 1) // 2]
    description = (
        f"The number of jobs that were done, from 0 to {len(seen.ends):,}, over {shown.duration(end_s)}. "
        f"Half of these were done after {shown.duration(half)}."
    )
    return Chart(
        f"{batch.id}-throughput",
        "Jobs done over time",
        description,
        drawing,
        _bins(batch, end_s),
        batch.is_simulated,
        ("The dashed line is all jobs of the batch.",),
    )


def _bins(batch: Batch, end_s: float) -> Table:
    columns = (
        Column("from, UTC"),
        Column("to, UTC"),
        Column("jobs done", is_number=True),
        Column("failed attempts", is_number=True),
        Column("jobs per hour", is_number=True),
    )
    width_s = end_s / _BINS
    failed = [
        each.ended_s
        for server in batch.seen.servers
        for each in server.failures
        if each.ended_s is not None
    ]
    rows = []
    for number in range(_BINS):
        from_s, to_s = number * width_s, (number + 1) * width_s
        is_last = number == _BINS - 1
        done = sum(from_s <= at_s < to_s or (is_last and at_s == to_s) for at_s in batch.seen.ends)
        wrong = sum(from_s <= at_s < to_s or (is_last and at_s == to_s) for at_s in failed)
        rate = done / width_s * 3600
        rows.append(
            (
                Value(batch.time(from_s)),
                Value(batch.time(to_s)),
                Value(f"{done:,}", float(done)),
                Value(f"{wrong:,}", float(wrong)),
                Value(f"{rate:,.1f}", rate),
            )
        )
    return Table(f"{batch.id}-throughput-table", "Jobs done over time", columns, tuple(rows))
