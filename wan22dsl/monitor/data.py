"""What the page shows, as the shapes of `/data.json`: bounded, and with every state in words."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Literal

from wan22dsl.fleet.overview import is_blocked
from wan22dsl.report.results import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wan22dsl.fleet.attempts import Attempt
    from wan22dsl.fleet.models_page import (
        Cause,
        Kind,
        PageBatch,
        PageData,
        PageServer,
        Progress,
        RunningJob,
        State,
        Stretch,
    )
    from wan22dsl.fleet.overview import Overview, ServerView
    from wan22dsl.fleet.reasons import Reason
    from wan22dsl.monitor.watching import Looked, Seen

#: A driver that has written nothing for so long is dead, or its disk is full.
SILENT_S = 180.0

#: Rows of the queue, of reasons and of jobs that a reason names.
_MOST_QUEUE, _MOST_CAUSES, _MOST_NAMED = 20, 20, 8

#: All timelines have so many stretches together; of more, neighbours are joined.
_MOST_STRETCHES = 3000


def data(looked: Looked, *, why_not_asked: str = "", dashboard: str = "") -> PageData:
    """What the page shows now."""
    from wan22dsl.fleet.models_page import PageData

    fleet = looked.fleet
    slow = [server.slow.text for server in fleet.servers if server.slow] if fleet else []
    note = "" if fleet is not None else why_not_asked or "The servers have not answered yet."
    return PageData(
        fleet_page=1,
        at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        batch=_batch(looked.seen) if looked.seen is not None else None,
        fleet=fleet,
        fleet_note=looked.problem or note,
        slow=tuple(slow),
        dashboard=dashboard,
    )


def _batch(seen: Seen) -> PageBatch:
    from wan22dsl.fleet.models_page import JobCounts, PageBatch

    found = seen.overview
    state = state_of(seen)
    expected_end, expected_by = _expected(seen, state)
    return PageBatch(
        id=found.plan.id,
        name=found.plan.name,
        simulated=found.plan.simulated,
        state=state,
        sentence=sentence(seen, state),
        jobs=JobCounts(**found.counts._asdict()),
        began=found.at(0).isoformat(timespec="seconds") if found.drives else None,
        driven_s=found.driven_s,
        span_s=_span_s(found, state),
        silent_s=round(seen.silent_s, 1),
        rate_per_h=found.rate_per_h,
        expected_end=expected_end,
        expected_by=expected_by,
        late=seen.now.late if seen.now is not None and state == "running" else 0,
        running=tuple(_running(seen, state)),
        queue=tuple(_queue(found)),
        servers=tuple(_servers(seen, state)),
        set_aside=tuple(_causes(found.set_aside)),
        failures=tuple(_causes(found.reasons)),
        notes=tuple(_notes(seen)),
    )


def state_of(seen: Seen) -> State:
    """What the batch does."""
    found = seen.overview
    if found.is_complete and found.plan.jobs:
        return "complete"
    if not found.drives:
        return "not begun"
    how = found.drives[-1].how
    if how == "":
        return "silent" if seen.silent_s >= SILENT_S else "running"
    # That all is complete is what the jobs say; "gone" is of a driver before another.
    return how if how == "stopped" or how == "no servers" else "lost"


def sentence(seen: Seen, state: State) -> str:
    """The state for people."""
    found, counts = seen.overview, seen.overview.counts
    total = len(found.plan.jobs)
    done = f"{counts.done:,} of {total:,} jobs are done"
    aside = f", {counts.set_aside:,} set aside" if counts.set_aside else ""
    if state == "complete":
        return f"Complete: {done}{aside}, in {shown.duration(found.driven_s)}."
    if state == "not begun":
        return f"Not begun: {total:,} jobs are planned."
    on_servers, waiting = counts.running + counts.unknown, counts.waiting + counts.blocked
    rest = f"{done}{aside}, {on_servers:,} on servers, {waiting:,} waiting"
    if state == "running":
        return f"Running: {rest}."
    again = "`wan batch --resume` goes on with it."
    if state == "silent":
        silent = shown.duration(seen.silent_s)
        return (
            f"The driver has written nothing for {silent}: {rest}. If its process is gone, {again}"
        )
    words = {"stopped": "Stopped", "no servers": "Ended, as no server was left", "lost": "Ended"}
    return f"{words[state]}: {rest}. {again}"


def _span_s(found: Overview, state: State) -> float:
    return max(found.now_s if state in ("running", "silent") else found.last_s, 1.0)


def _expected(seen: Seen, state: State) -> tuple[str | None, Literal["driver", "rate", ""]]:
    """When all will be done, and what that rests on."""
    if state != "running":
        return None, ""
    if seen.now is not None and seen.now.expected_end:
        return seen.now.expected_end, "driver"
    left_s = seen.overview.left_s
    if left_s is None:
        return None, ""
    end = datetime.now(timezone.utc) + timedelta(seconds=left_s)
    return end.isoformat(timespec="seconds"), "rate"


def _running(seen: Seen, state: State) -> Iterator[RunningJob]:
    from wan22dsl.fleet.models_page import RunningJob

    found = seen.overview
    told = {each.server: each for each in seen.now.running} if seen.now is not None else {}
    for server in found.servers:
        attempt = server.running
        if attempt is None:
            continue
        progress = told.get(server.name)
        is_of_it = progress is not None and progress.job == attempt.job and state == "running"
        at, part = _at(progress) if is_of_it and progress is not None else ("", None)
        yield RunningJob(
            job=attempt.job,
            label=found.jobs[attempt.job].job.label,
            server=server.name,
            attempt=attempt.number,
            running_s=max(0.0, found.now_s - attempt.began_s),
            expected_s=attempt.expected_s,
            at=at,
            part=part,
        )


def _at(progress: Progress) -> tuple[str, float | None]:
    """`high: step 3 of 4`."""
    words = (
        f"{progress.at}: {progress.doing}"
        if progress.at and progress.doing
        else progress.at or progress.doing
    )
    if not progress.steps:
        return words, None
    step = f"step {progress.step} of {progress.steps}"
    return f"{words}, {step}" if words else step, min(1.0, progress.step / progress.steps)


def _queue(found: Overview) -> Iterator[str]:
    """The jobs that could start, those of a higher priority first."""
    waiting = [
        state.job
        for state in found.jobs.values()
        if state.state == "waiting" and not is_blocked(state.job, found.jobs)
    ]
    waiting.sort(key=lambda job: -job.priority)
    for job in waiting[:_MOST_QUEUE]:
        yield f"{job.id} {job.label}".strip()


def _servers(seen: Seen, state: State) -> Iterator[PageServer]:
    from wan22dsl.fleet.models_page import PageServer

    found = seen.overview
    span_s = _span_s(found, state)
    timelines = [list(_timeline(server, span_s)) for server in found.servers]
    many = sum(map(len, timelines))
    if many > _MOST_STRETCHES:
        gap_s = span_s / 100
        timelines = [_joined(each, gap_s) for each in timelines]
    for server, timeline in zip(found.servers, timelines):
        yield PageServer(
            name=server.name,
            card=server.card,
            state=server.state if state == "running" else "",
            reason=server.reason if state == "running" else "",
            done=len(server.done),
            failures=len(server.failures),
            loads=server.loads,
            busy_s=server.busy_s,
            against_equals=seen.pace.against_equals.get(server.name),
            timeline=tuple(timeline),
        )


def _timeline(server: ServerView, span_s: float) -> Iterator[Stretch]:
    from wan22dsl.fleet.models_page import Stretch

    for spell in server.spells:
        if spell.state != "ready":
            kind: Kind = "away" if spell.state == "away" else "not free"
            yield Stretch(from_s=spell.from_s, to_s=min(spell.to_s, span_s), kind=kind)
    for attempt in server.attempts:
        yield Stretch(from_s=attempt.began_s, to_s=_end_s(attempt, span_s), kind=_kind(attempt))


def _end_s(attempt: Attempt, span_s: float) -> float:
    if attempt.ended_s is not None:
        return attempt.ended_s
    if attempt.how == "running":
        return span_s
    return min(span_s, attempt.began_s + (attempt.expected_s or 1.0))


def _kind(attempt: Attempt) -> Kind:
    words: dict[str, Kind] = {
        "success": "done",
        "running": "running",
        "unknown": "not known",
        "stopped": "taken back",
        "lost": "lost",
    }
    return words.get(attempt.how, "failed")


def _joined(stretches: Sequence[Stretch], gap_s: float) -> list[Stretch]:
    found: list[Stretch] = []
    for each in stretches:
        last = found[-1] if found else None
        if last is not None and last.kind == each.kind and each.from_s - last.to_s <= gap_s:
            found[-1] = last.model_copy(update={"to_s": max(last.to_s, each.to_s)})
        else:
            found.append(each)
    return found


def _causes(reasons: Iterable[Reason]) -> Iterator[Cause]:
    from wan22dsl.fleet.models_page import Cause

    for reason in list(reasons)[:_MOST_CAUSES]:
        yield Cause(
            how=reason.how,
            text=reason.text[:600],
            times=reason.times,
            jobs=reason.jobs[:_MOST_NAMED],
            servers=reason.servers[:_MOST_NAMED],
        )


def _notes(seen: Seen) -> Iterator[str]:
    yield from seen.overview.notes[:_MOST_CAUSES]
    if seen.unread:
        yield (
            f"{seen.unread:,} records of runs are still to be read: loads of models are those of the "
            "others."
        )
