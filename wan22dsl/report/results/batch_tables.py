"""The tables of a batch: reasons, servers, times, jobs. Each is bounded, and says what it leaves out."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from wan22dsl.fleet.pace import label_of, net_s
from wan22dsl.report.results import shown
from wan22dsl.report.results.contents import Column, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.fleet.jobs import JobState
    from wan22dsl.fleet.overview import ServerView
    from wan22dsl.fleet.reasons import Reason
    from wan22dsl.report.results.batch import Batch
    from wan22dsl.report.results.contents import Tone

#: More rows are not read, and make a page slow: a batch has thousands of jobs.
_MOST_REASONS, MOST_SERVERS, _MOST_KINDS, _MOST_JOBS = 20, 80, 40, 100

#: Jobs that a reason names.
_MOST_NAMED = 6

_TONES: dict[str, Tone] = {"set aside": "bad", "done": "", "waiting": "muted", "placed": ""}


def reasons(batch: Batch, of: Sequence[Reason], id: str, caption: str) -> Table:
    """Why jobs were set aside, or attempts failed."""
    is_aside = id.endswith("aside")
    columns = (
        Column("reason"),
        Column("jobs" if is_aside else "attempts", is_number=True),
        Column("which jobs"),
        Column("on which servers"),
    )
    rows = []
    for reason in of[:_MOST_REASONS]:
        note = "" if is_aside else f"{reason.how}, of {shown.count(len(reason.jobs), 'job')}"
        rows.append(
            (
                Value(shown.sentence(reason.text, 400), tone="bad", note=note),
                Value(f"{reason.times:,}", float(reason.times)),
                Value(shown.listed([shown.name(job, 40) for job in reason.jobs], _MOST_NAMED)),
                Value(shown.listed([shown.name(each, 40) for each in reason.servers], _MOST_NAMED)),
            )
        )
    notes = [
        "Reasons that differ only in numbers and in names of servers are one row: the first is shown."
    ]
    if len(of) > len(rows):
        notes.append(f"{len(of) - len(rows)} further reasons are not shown.")
    return Table(f"{batch.id}-{id}", caption, columns, tuple(rows), tuple(notes))


def servers(batch: Batch) -> Table:
    """What each server did. Of many, those that failed or worked least come first."""
    columns = (
        Column("server"),
        Column("card"),
        Column("jobs", is_number=True, about="that it has done."),
        Column("failures", is_number=True),
        Column("busy", is_number=True, about="its share of the time in which a driver was there."),
        Column("median, s", is_number=True, about="of a run, without loading models."),
        Column(
            "against equals",
            is_number=True,
            about="its medians against those of the other servers with this card, for the same recipes.",
        ),
        Column("models read", is_number=True),
    )
    found = shown_servers(batch)
    rows = tuple(_server(batch, server) for server in found)
    rest = len(batch.seen.servers) - len(found)
    note = (
        f"Shown are {len(found)} of {len(batch.seen.servers)} servers: those with the most failures, then "
        "those that worked the least."
    )
    caption = "The servers"
    return Table(f"{batch.id}-servers-table", caption, columns, rows, (note,) if rest else ())


def shown_servers(batch: Batch) -> list[ServerView]:
    """The servers that tables and charts have room for, in the order of the plan."""
    all_ = list(batch.seen.servers)
    if len(all_) <= MOST_SERVERS:
        return all_
    chosen = sorted(all_, key=lambda each: (-len(each.failures), each.busy_share or 0.0, each.name))
    names = {server.name for server in chosen[:MOST_SERVERS]}
    return [server for server in all_ if server.name in names]


def _server(batch: Batch, server: ServerView) -> tuple[Value, ...]:
    took = [seconds for each in server.done if (seconds := net_s(each)) is not None]
    share, ratio = server.busy_share, batch.pace.against_equals.get(server.name)
    away = [spell for spell in server.spells if spell.state != "ready"]
    words = [
        f"{spell.state} for {shown.duration(spell.to_s - spell.from_s)}"
        + (f": {shown.sentence(spell.reason, 80)}" if spell.reason else "")
        for spell in away[-2:]
    ]
    if len(away) > 2:
        words.insert(0, f"{len(away) - 2} interruptions before")
    failures = len(server.failures)
    return (
        Value(shown.name(server.name, 64), note="; ".join(words)),
        Value(shown.name(server.card) or "not known"),
        Value(f"{len(server.done):,}", float(len(server.done))),
        Value(f"{failures:,}", float(failures), tone="bad" if failures else ""),
        shown.NO_VALUE if share is None else Value(f"{share * 100:.0f} %", share),
        shown.seconds(median(took)) if took else shown.NO_VALUE,
        shown.NO_VALUE
        if ratio is None
        else Value(shown.percent((ratio - 1) * 100, 0), ratio, "bad" if ratio >= SLOW else ""),
        shown.NO_VALUE if server.loads is None else Value(f"{server.loads:,}", float(server.loads)),
    )


#: A server that is slower than its equals by so much is marked.
SLOW = 1.1


def kinds(batch: Batch) -> Table | None:
    """The times of jobs by what they make, and by card."""
    if not batch.pace.kinds:
        return None
    columns = (
        Column("what is made"),
        Column("card"),
        Column("runs", is_number=True),
        Column("median, s", is_number=True),
        Column("fastest server, s", is_number=True),
        Column("slowest server, s", is_number=True),
    )
    rows = []
    for kind in batch.pace.kinds[:_MOST_KINDS]:
        medians = kind.medians_s
        fastest = min(medians, key=lambda name: medians[name], default=None)
        slowest = max(medians, key=lambda name: medians[name], default=None)
        rows.append(
            (
                Value(shown.name(kind.label, 80)),
                Value(shown.name(kind.card) or "not known"),
                Value(f"{kind.runs:,}", float(kind.runs)),
                shown.seconds(kind.median_s),
                *(
                    shown.NO_VALUE
                    if name is None
                    else Value(f"{medians[name]:.1f}", medians[name], note=shown.name(name, 40))
                    for name in (fastest, slowest)
                ),
            )
        )
    notes = ["Medians without loading models. A server counts with at least three runs of a kind."]
    if len(batch.pace.kinds) > len(rows):
        notes.append(f"{len(batch.pace.kinds) - len(rows)} further kinds are not shown.")
    caption = "Seconds of a run, by what is made and by card"
    return Table(f"{batch.id}-kinds", caption, columns, tuple(rows), tuple(notes))


def jobs(batch: Batch) -> Table:
    """Jobs: those that were set aside, those that are left, then those with the most attempts."""
    columns = (
        Column("job"),
        Column("what is made"),
        Column("state"),
        Column("attempts", is_number=True),
        Column("server"),
        Column("seconds", is_number=True),
    )
    order = {"set aside": 0, "placed": 1, "waiting": 2, "done": 3}
    states = sorted(
        batch.seen.jobs.values(), key=lambda state: (order[state.state], -state.attempts)
    )
    rows = tuple(_job(batch, state) for state in states[:_MOST_JOBS])
    notes = []
    if len(states) > len(rows):
        notes.append(
            f"{len(rows)} of {len(states):,} jobs: first those that were set aside or are left, then those "
            "with the most attempts. `batch.jsonl` has all."
        )
    caption = "Jobs"
    return Table(f"{batch.id}-jobs", caption, columns, rows, tuple(notes), is_folded=True)


def _job(batch: Batch, state: JobState) -> tuple[Value, ...]:
    success = batch.success(state.job.id)
    word = {"placed": "on a server"}.get(state.state, state.state)
    adopted = "found again after a loss" if success is not None and success.adopted else ""
    servers = list(
        dict.fromkeys(
            shown.name(each.server, 40) for each in batch.seen.attempts.get(state.job.id, ())
        )
    )
    return (
        Value(batch.label(state.job.id)),
        Value(shown.name(label_of(state.job), 60)),
        Value(word, tone=_TONES[state.state], note=shown.sentence(state.reason, 200) or adopted),
        Value(str(state.attempts), float(state.attempts)),
        Value(shown.listed(servers, 4) or shown.NOTHING),
        shown.seconds(success.seconds if success is not None else None),
    )


def drives(batch: Batch) -> Table:
    """The drivers, in order."""
    columns = (
        Column("driver"),
        Column("from, UTC"),
        Column("to, UTC"),
        Column("how it ended"),
        Column("wan22dsl"),
    )
    words = {"": "has not said that it ends", "gone": "was lost: nothing says how"}
    rows = tuple(
        (
            Value(str(number), float(number)),
            Value(batch.time(drive.from_s)),
            Value(batch.time(drive.to_s)),
            Value(words.get(drive.how, drive.how), tone="warn" if drive.how in words else ""),
            Value(shown.name(drive.wan22dsl)),
        )
        for number, drive in enumerate(batch.seen.drives, 1)
    )
    return Table(f"{batch.id}-drivers", "The processes that drove it", columns, rows)


def warmth(batch: Batch) -> Iterator[str]:
    """How often models were read, and how often that was expected."""
    found = batch.seen.warmth
    if not found.known:
        yield "How often models were read is not known: no record of a run says it."
        return
    runs = found.known
    yield f"{found.loads:,} models were read in {runs:,} runs that succeeded, and in attempts that failed."
    warm, cold = found.warm_right + found.warm_wrong, found.cold_right + found.cold_wrong
    if warm:
        yield (
            f"{warm:,} jobs were placed where their models were thought to be loaded: "
            f"{found.warm_right:,} of them had to read none."
        )
    if cold:
        yield f"{cold:,} were placed where models had to be read: {found.cold_right:,} of them did."
    if found.unknown:
        yield f"Of {found.unknown:,} runs it is not known."
