"""The report of a batch: what became of its jobs, why some have failed, and what its servers did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.report.results import (
    batch_charts,
    batch_tables,
    batch_words,
    environment,
    sheets,
    shown,
)
from wan22dsl.report.results.bench_method import file_of
from wan22dsl.report.results.contents import Item, Items, Prose, Result, Section, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.machine.snapshot import Snapshot
    from wan22dsl.report.results.batch import Batch
    from wan22dsl.report.results.contents import Block

#: So many machines are compared with the first, and so many files are shown as they were run.
_MOST_MACHINES, _MOST_SOURCES = 6, 4

#: Of so many jobs the data of the page has each.
_MOST_DATA = 5_000


def result(batch: Batch) -> Result:
    """The report of a batch."""
    id, plan = batch.id, batch.seen.plan
    sections = [
        Section(f"{id}-failed", "What failed, and why", tuple(_failed(batch))),
        Section(f"{id}-servers", "Servers", tuple(_servers(batch))),
        Section(f"{id}-time", "Over time", tuple(batch_charts.charts(batch))),
        Section(f"{id}-loads", "Loading models", _loads(batch)),
        Section(f"{id}-pictures", "Pictures", sheets.of_batch(batch)),
        Section(f"{id}-environment", "Differences between servers", tuple(_environment(batch))),
        Section(f"{id}-jobs-section", "Jobs", (batch_tables.jobs(batch),)),
        Section(f"{id}-how", "How it was run", tuple(_how(batch))),
    ]
    return Result(
        id,
        f"{shown.name(plan.name)}: a batch of {batch_words.jobs(len(plan.jobs))}",
        tuple(batch_words.facts(batch)),
        batch_words.verdict(batch.seen),
        batch_words.tone(batch.seen),
        _simulated(batch),
        tuple(section for section in sections if section.blocks),
        _data(batch),
    )


def _simulated(batch: Batch) -> str:
    if not batch.is_simulated:
        return ""
    return (
        "Simulated: no model was run. Seconds of runs are estimates for the cards. Times of day are those of "
        "the simulation, which may be faster."
    )


def _failed(batch: Batch) -> Iterator[Block]:
    seen = batch.seen
    if seen.set_aside:
        yield batch_tables.reasons(batch, seen.set_aside, "aside", "Jobs that were set aside")
    if seen.reasons:
        caption = "Attempts that failed, also of jobs that succeeded elsewhere"
        yield batch_tables.reasons(batch, seen.reasons, "reasons", caption)
    notes = [Item(shown.sentence(note), "note", "warn") for note in seen.notes[:20]]
    if len(seen.notes) > 20:
        notes.append(Item(f"{len(seen.notes) - 20} further notes are not shown.", "note", "warn"))
    if seen.counts.unknown:
        unknown = batch_words.jobs(seen.counts.unknown)
        text = (
            f"{unknown} may still be on a server: `wan batch --resume` asks there before anything is sent "
            "again."
        )
        notes.append(Item(text, "not known", "warn"))
    if notes:
        yield Items(tuple(notes))
    if not (seen.set_aside or seen.reasons or notes):
        yield Prose("No attempt failed.", "muted")


def _servers(batch: Batch) -> Iterator[Block]:
    yield batch_tables.servers(batch)
    kinds = batch_tables.kinds(batch)
    if kinds is not None:
        yield kinds


def _loads(batch: Batch) -> tuple[Block, ...]:
    if not batch.seen.attempts:
        return ()
    return (Prose(" ".join(batch_tables.warmth(batch))),)


def _environment(batch: Batch) -> Iterator[Block]:
    """The machine of the first server, and how the others differ from it."""
    first: dict[str, str] = {}
    known = 0
    for server in batch.seen.servers:
        found = [
            each.facts.snapshot for each in server.attempts if each.facts and each.facts.snapshot
        ]
        known += bool(found)
        for digest in found:
            first.setdefault(digest, f"server {server.name}")
    machines: list[tuple[str, Snapshot]] = []
    for digest, name in list(first.items())[: _MOST_MACHINES + 1]:
        snapshot = environment.find(batch.stored.folder, digest)
        if snapshot is not None:
            machines.append((name, snapshot))
    if not machines:
        if batch.seen.attempts:
            yield Prose("No snapshot of a machine was kept that can be read.", "muted")
        return
    yield Prose(
        f"{shown.count(known, 'server')} had {shown.count(len(first), 'machine state')} in all, by the "
        "snapshots of their runs."
    )
    if len(machines) > 1:
        yield from environment.differences(batch.id, machines)
    if len(first) > len(machines):
        yield Prose(f"Only {len(machines)} of {len(first)} are compared.", "muted")
    name, snapshot = machines[0]
    yield from environment.of_snapshot(batch.id, f"The machine of {shown.name(name)}", snapshot)


def _how(batch: Batch) -> Iterator[Block]:
    plan, options = batch.seen.plan, batch.seen.plan.options
    words = [
        "staged" if options.staged else "",
        "with nothing loaded before each run" if options.cold else "",
        "without retries on the same server" if not options.retry else "",
        "with the quality of each video measured" if options.quality else "",
    ]
    how = shown.listed([word for word in words if word])
    most = options.most_attempts
    yield Prose(
        "Each job is one run on one server"
        + (f", {how}" if how else "")
        + f". A job that fails on {most} different servers is set aside, and the others go on."
        + " Each server gets one job at a time: where it is expected to end first, loading models included."
    )
    yield batch_tables.drives(batch)
    for source in plan.sources[:_MOST_SOURCES]:
        yield Source(f"{file_of(source.file)}, as it was run", shown.text(source.text))
    if len(plan.sources) > _MOST_SOURCES:
        yield Prose(
            f"{len(plan.sources) - _MOST_SOURCES} further files are in `batch.json`.", "muted"
        )


def _data(batch: Batch) -> dict[str, Any]:
    """What was made of the lines; `batch.json` and `batch.jsonl` have the whole."""
    seen = batch.seen
    found: dict[str, Any] = {
        "batch": seen.plan.id,
        "counts": seen.counts._asdict(),
        "driven_s": round(seen.driven_s, 3),
        "warmth": seen.warmth._asdict(),
        "servers": [
            {
                "name": server.name,
                "card": server.card,
                "done": len(server.done),
                "failures": len(server.failures),
                "busy_s": round(server.busy_s, 3),
                "loads": server.loads,
                "against_equals": batch.pace.against_equals.get(server.name),
            }
            for server in seen.servers
        ],
        "reasons": [reason._asdict() for reason in seen.reasons],
        "set_aside": [reason._asdict() for reason in seen.set_aside],
    }
    if len(seen.jobs) <= _MOST_DATA:
        found["jobs"] = [
            {"id": id, "state": state.state, "attempts": state.attempts, "records": state.records}
            for id, state in seen.jobs.items()
        ]
    return found
