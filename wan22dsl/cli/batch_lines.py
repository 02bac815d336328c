"""A batch in lines of text: its plan, and what happens in it where no table can be drawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wan22dsl.cli.bench_lines import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.api.batch_options import BatchResult, Preview
    from wan22dsl.api.batch_tasks import Seen
    from wan22dsl.fleet.jobs import AnyLine
    from wan22dsl.fleet.models import JobEnded, Placed, Plan

#: So many servers, jobs and reasons are listed.
_MOST = 40


def plan(found: Plan, preview: Preview, wall: float = 1.0) -> Iterator[str]:
    """The jobs, the servers with what they are expected to do, what cannot run, and when all is done."""
    pipelines = [*dict.fromkeys(job.pipeline for job in found.jobs)]
    files = [source.file for source in found.sources]
    simulated = ", simulated" if found.simulated else ""
    of = _some(pipelines)
    yield f"batch {found.name}: {count(len(found.jobs), 'job')} of {of} ({_some(files)}){simulated}"
    for label, number in preview.labels.items():
        if label:
            yield f"   {count(number, 'job')}: {label}"
    chained = sum(bool(job.after) for job in found.jobs)
    if chained:
        yield f"   {count(chained, 'job')} wait for others"
    yield ""
    yield from _servers(found, preview)
    yield from _impossible(preview.impossible)
    yield ""
    yield from when(found, preview)


def _servers(found: Plan, preview: Preview) -> Iterator[str]:
    usages = {usage.server: usage for usage in preview.usages}
    names = [*preview.servers] or [server.name for server in found.servers]
    yield f"{count(len(names), 'server')}:"
    width = max((len(name) for name in names[:_MOST]), default=0)
    cards = {name: seen.card or "card unknown" for name, seen in preview.servers.items()}
    card_width = max((len(card) for card in list(cards.values())[:_MOST]), default=0)
    for name in names[:_MOST]:
        seen = preview.servers.get(name)
        state = seen.state if seen is not None else "away"
        parts = [f"{name:<{width}}  {cards.get(name, ''):<{card_width}}  {state:<7}"]
        usage = usages.get(name)
        if usage is not None:
            ends = f", done in about {duration(usage.ends_s)}" if usage.ends_s else ""
            loads = "once" if usage.loads == 1 else f"{usage.loads} times"
            parts.append(f"{count(usage.jobs, 'job')}{ends}; loads models {loads}")
        elif seen is not None and seen.reason:
            parts.append(seen.reason)
        yield f"   {'  '.join(parts)}".rstrip()
    if len(names) > _MOST:
        yield f"   and {len(names) - _MOST} more"


def _impossible(impossible: Mapping[str, str]) -> Iterator[str]:
    """Jobs that no server can take, and why: each reason once."""
    if not impossible:
        return
    by_reason: dict[str, list[str]] = {}
    for job, reason in impossible.items():
        by_reason.setdefault(reason, []).append(job)
    yield ""
    yield f"{count(len(impossible), 'job')} cannot run:"
    for reason, jobs in list(by_reason.items())[:_MOST]:
        yield f"   {_some(jobs)}"
        yield f"      {reason}"


def when(found: Plan, preview: Preview) -> Iterator[str]:
    """When all will be done, and which deadlines are missed."""
    unit = " of card time" if found.simulated else ""
    if preview.ends_s is None:
        many = count(preview.unknown, "job")
        why = f"nothing is known of the time of {many}" if preview.unknown else "no server is there"
        yield f"done: not known, as {why}"
    elif preview.ends_s <= 0:
        yield "nothing is left to run"
    elif found.simulated:
        yield f"done in about {duration(preview.ends_s)}{unit}"
    else:
        yield f"done at about {clock(preview.ends_s)}, in {duration(preview.ends_s)}"
    for job, late_s in list(preview.late.items())[:_MOST]:
        yield f"late: {job} by about {duration(late_s)}"
    if len(preview.late) > _MOST:
        yield f"late: {len(preview.late) - _MOST} more jobs"


def clock(seconds: float) -> str:
    """The time of day in so many seconds, with the day where it is not today: `04:10`, `Thu 04:10`."""
    moment = datetime.now()
    then = moment + timedelta(seconds=seconds)
    if then.date() == moment.date():
        return f"{then:%H:%M}"
    return f"{then:%a %H:%M}" if then - moment < timedelta(days=6) else f"{then:%Y-%m-%d %H:%M}"


def happened(line: AnyLine, labels: Mapping[str, str]) -> Iterator[str]:
    """A line of the batch, for people; nothing for those that say little."""
    if line.line == "placed":
        yield _placed(line, labels)
    elif line.line == "ended":
        yield from _ended(line)
    elif line.line == "set aside":
        yield f"  {line.job}: set aside: {line.reason}"
    elif line.line == "server":
        yield f"  {line.server}: {_state(line.state, line.reason)}"


def _placed(line: Placed, labels: Mapping[str, str]) -> str:
    expected = f", about {duration(line.expected_s)}" if line.expected_s is not None else ""
    warm = ", warm" if line.is_warm else ""
    again = f", attempt {line.attempt}" if line.attempt > 1 else ""
    label = labels.get(line.job, "")
    return f"  {line.job} → {line.server}{expected}{warm}{again}{f'  {label}' if label else ''}"


def _ended(line: JobEnded) -> Iterator[str]:
    took = f" in {duration(line.seconds)}" if line.seconds is not None else ""
    if line.how == "success":
        adopted = ", found there after a loss" if line.adopted else ""
        yield f"  {line.job}: done{took} on {line.server}{adopted}"
        return
    yield f"  {line.job}: {line.how} on {line.server}{took}"
    if line.reason:
        yield f"    {line.reason}"


def server(name: str, seen: Seen) -> str:
    """A server in a line."""
    return f"  {name}: {_state(seen.state, seen.reason)}"


def result(found: BatchResult) -> Iterator[str]:
    """What a batch came to."""
    assert found.plan is not None
    whole = len(found.plan.jobs)
    parts = [f"{found.done} of {count(whole, 'job')} done"]
    if found.set_aside:
        parts.append(f"{len(found.set_aside)} set aside")
    if found.left:
        parts.append(f"{found.left} left")
    yield ", ".join(parts)
    by_reason: dict[str, list[str]] = {}
    for job, reason in found.set_aside.items():
        by_reason.setdefault(reason, []).append(job)
    for reason, jobs in list(by_reason.items())[:_MOST]:
        yield f"   set aside: {_some(jobs)}"
        yield f"      {reason}"


def count(number: int, what: str) -> str:
    """`1 job`, `20 jobs`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _some(names: list[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _state(state: str, reason: str) -> str:
    """A state with its reason, which may begin with the same word: "held by batch …"."""
    return reason if reason.startswith(state) else f"{state}: {reason}" if reason else state
