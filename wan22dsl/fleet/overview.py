"""A batch as people look at it: its jobs, its servers in time, what failed and why, and when it will end.

Everything follows from the plan, the lines and the records, at a moment that is given. Times are seconds from
the first line, by the clock of the drivers. A clock that goes back stands still here, and `notes` say so.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from wan22dsl.fleet import reasons, spells
from wan22dsl.fleet.attempts import attempts_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wan22dsl.fleet.attempts import Attempt
    from wan22dsl.fleet.facts import Facts
    from wan22dsl.fleet.jobs import AnyLine, JobState
    from wan22dsl.fleet.models import Job, Plan, ServerOfBatch
    from wan22dsl.fleet.reasons import Reason
    from wan22dsl.fleet.spells import Drive, Spell
    from wan22dsl.fleet.store import Stored

#: The rate of now is that of so many seconds, or of all the time that was driven where that is less.
RATE_S = 1800.0

#: A rate of fewer ends is chance.
_LEAST_ENDS = 3


class ServerView(NamedTuple):
    """A server: its attempts in order, what was known of it over time, and what is known now.

    `busy_s` is the time with an attempt, of `driven_s`, in which a driver was there.
    """

    server: ServerOfBatch
    attempts: tuple[Attempt, ...]
    spells: tuple[Spell, ...]
    busy_s: float
    driven_s: float
    card: str

    @property
    def name(self) -> str:
        """Its name in the fleet."""
        return self.server.name

    @property
    def state(self) -> str:
        """What was last known of it; empty where nothing was."""
        return self.spells[-1].state if self.spells else ""

    @property
    def reason(self) -> str:
        """Why it is so; empty where nobody said."""
        return self.spells[-1].reason if self.spells else ""

    @property
    def running(self) -> Attempt | None:
        """The attempt that it has now."""
        found = [each for each in self.attempts if each.how == "running"]
        return found[-1] if found else None

    @property
    def done(self) -> tuple[Attempt, ...]:
        """The attempts that succeeded."""
        return tuple(each for each in self.attempts if each.how == "success")

    @property
    def failures(self) -> tuple[Attempt, ...]:
        """The attempts that failed."""
        return tuple(each for each in self.attempts if each.is_failure)

    @property
    def loads(self) -> int | None:
        """How many models were read; None where that is not known of any run."""
        return _sum(each.loads for each in self.attempts)

    @property
    def busy_share(self) -> float | None:
        """The part of the time in which it worked; None where no time has passed."""
        return min(1.0, self.busy_s / self.driven_s) if self.driven_s > 0 else None


class Counts(NamedTuple):
    """How many jobs are where. `blocked` wait for other jobs, `unknown` may still be on a server that
    no driver watches any more.
    """

    waiting: int
    blocked: int
    running: int
    unknown: int
    done: int
    set_aside: int

    @property
    def left(self) -> int:
        """The jobs that have no end yet."""
        return self.waiting + self.blocked + self.running + self.unknown


class Warmth(NamedTuple):
    """How often the models were loaded as was thought. Runs of which that is not known are `unknown`."""

    warm_right: int = 0
    warm_wrong: int = 0
    cold_right: int = 0
    cold_wrong: int = 0
    unknown: int = 0
    loads: int = 0

    @property
    def known(self) -> int:
        """The runs of which it is known."""
        return self.warm_right + self.warm_wrong + self.cold_right + self.cold_wrong


class Overview(NamedTuple):
    """A batch at a moment, `now_s`. `driven_s` is the time in which a driver was there.

    `last_s` is when anything was last written. `ends` has the second of each success, in order.
    `rate_per_h` is that of now, None where too little has ended; `left_s` is what is left by that rate.
    """

    plan: Plan
    began: datetime
    now_s: float
    last_s: float
    driven_s: float
    drives: tuple[Drive, ...]
    jobs: Mapping[str, JobState]
    attempts: Mapping[str, tuple[Attempt, ...]]
    counts: Counts
    servers: tuple[ServerView, ...]
    reasons: tuple[Reason, ...]
    set_aside: tuple[Reason, ...]
    warmth: Warmth
    ends: tuple[float, ...]
    rate_per_h: float | None
    left_s: float | None
    notes: tuple[str, ...]

    @property
    def has_driver(self) -> bool:
        """Whether the last driver has not said that it ends. It may still be dead."""
        return bool(self.drives) and self.drives[-1].how == ""

    @property
    def is_complete(self) -> bool:
        """Whether every job has an end."""
        return self.counts.left == 0

    @property
    def ended_s(self) -> float:
        """When the last job ended; the moment itself while there are jobs left."""
        return self.last_s if self.is_complete or not self.has_driver else self.now_s

    def at(self, seconds: float) -> datetime:
        """The time of day, in UTC."""
        return datetime.fromtimestamp(self.began.timestamp() + seconds, timezone.utc)


def overview(
    stored: Stored, now: datetime | None = None, facts: Mapping[str, Facts] | None = None
) -> Overview:
    """A batch at a moment; without one, when its last line was written. `facts` are by records' ids."""
    plan = stored.plan
    clock = _Clock(plan, stored.lines)
    last_s = clock.last_s
    now_s = last_s if now is None else max(last_s, now.timestamp() - clock.zero)
    drives = tuple(spells.drives(stored.lines, clock.at, now_s))
    attempts = attempts_of(
        stored.lines, clock.at, bool(drives) and drives[-1].how == "", facts or {}
    )
    by_job: dict[str, list[Attempt]] = {}
    by_server: dict[str, list[Attempt]] = {}
    for each in attempts:
        by_job.setdefault(each.job, []).append(each)
        by_server.setdefault(each.server, []).append(each)
    servers = tuple(_servers(stored, clock.at, drives, by_server, now_s))
    ends = tuple(sorted(_ends(stored.jobs, attempts)))
    counts = _counts(stored.jobs, by_job)
    rate = _rate_per_h(ends, drives, now_s)
    left_s = counts.left / rate * 3600.0 if rate and counts.left else None
    known = [server.server.name for server in servers]
    return Overview(
        plan,
        datetime.fromtimestamp(clock.zero, timezone.utc),
        now_s,
        last_s,
        sum(drive.to_s - drive.from_s for drive in drives),
        drives,
        stored.jobs,
        {job: tuple(found) for job, found in by_job.items()},
        counts,
        servers,
        reasons.of_attempts(attempts, known),
        reasons.of_set_aside(stored.jobs.values(), known),
        _warmth(attempts),
        ends,
        rate,
        left_s,
        (*stored.problems, *clock.notes),
    )


class _Clock:
    """The times of the lines, as seconds from the first. They never go back."""

    def __init__(self, plan: Plan, lines: Iterable[AnyLine]) -> None:
        self.notes: list[str] = []
        self.at: list[float] = []
        zero: float | None = None
        last_s, back_s = 0.0, 0.0
        for line in lines:
            stamp = _stamp(line.at)
            if stamp is None:
                self.at.append(last_s)
                continue
            if zero is None:
                zero = stamp
            own_s = stamp - zero
            back_s = max(back_s, last_s - own_s)
            last_s = max(last_s, own_s)
            self.at.append(last_s)
        self.zero = zero if zero is not None else _stamp(plan.made) or 0.0
        self.last_s = last_s
        if back_s >= 1.0:
            self.notes.append(
                f"the clock of a driver went back by {back_s:.0f} s: times around that are not exact"
            )


def _stamp(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp()


def _servers(
    stored: Stored,
    at: list[float],
    drives: tuple[Drive, ...],
    attempts: Mapping[str, list[Attempt]],
    now_s: float,
) -> Iterator[ServerView]:
    """The servers of the plan, then those that only lines name."""
    from wan22dsl.fleet.models import ServerOfBatch

    changes = spells.of_servers(stored.lines, at, now_s)
    planned = {server.name: server for server in stored.plan.servers}
    driven_s = sum(drive.to_s - drive.from_s for drive in drives)
    for name in dict.fromkeys((*planned, *attempts, *changes)):
        own = attempts.get(name, [])
        server = planned.get(name) or ServerOfBatch(name=name, address="", card="")
        said = next((each.facts.card for each in own if each.facts and each.facts.card), "")
        busy_s = spells.covered_s(
            [(each.began_s, now_s if each.ended_s is None else each.ended_s)
             for each in own if each.how != "unknown"],
            drives,
        )  # fmt: skip
        yield ServerView(
            server, tuple(own), tuple(changes.get(name, ())), busy_s, driven_s, server.card or said
        )


def _ends(jobs: Mapping[str, JobState], attempts: Iterable[Attempt]) -> Iterator[float]:
    """When each job that is done was done."""
    for each in attempts:
        success = jobs[each.job].success
        is_it = success is not None and success.attempt == each.number
        if is_it and each.how == "success" and each.ended_s is not None:
            yield each.ended_s


def _counts(jobs: Mapping[str, JobState], attempts: Mapping[str, list[Attempt]]) -> Counts:
    many = dict.fromkeys(("waiting", "blocked", "running", "unknown", "done", "set aside"), 0)
    for id, state in jobs.items():
        if state.is_over:
            many[state.state] += 1
        elif state.placed is not None:
            is_running = any(each.how == "running" for each in attempts.get(id, ()))
            many["running" if is_running else "unknown"] += 1
        elif is_blocked(state.job, jobs):
            many["blocked"] += 1
        else:
            many["waiting"] += 1
    return Counts(*many.values())


def is_blocked(job: Job, jobs: Mapping[str, JobState]) -> bool:
    """Whether it needs jobs that are not done."""
    return any(jobs[id].state != "done" for id in job.after if id in jobs)


def _rate_per_h(ends: tuple[float, ...], drives: tuple[Drive, ...], now_s: float) -> float | None:
    """Successes per hour in the last half hour of this driver; None where there were too few."""
    if not drives:
        return None
    from_s = max(drives[-1].from_s, drives[-1].to_s - RATE_S)
    to_s = min(now_s, drives[-1].to_s)
    found = sum(from_s <= end <= to_s for end in ends)
    return found / (to_s - from_s) * 3600.0 if found >= _LEAST_ENDS and to_s > from_s else None


def _warmth(attempts: Iterable[Attempt]) -> Warmth:
    found = Warmth()
    for each in attempts:
        loads = each.loads
        found = found._replace(loads=found.loads + (loads or 0))
        if each.how != "success":
            continue
        thought, is_right = "warm" if each.is_warm else "cold", (loads == 0) == each.is_warm
        name = "unknown" if loads is None else f"{thought}_{'right' if is_right else 'wrong'}"
        found = found._replace(**{name: getattr(found, name) + 1})
    return found


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
