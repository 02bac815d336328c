"""What the lines of a batch say of its jobs: which are done, and which may still be on a server.

An attempt is over when a line says how it ended. "lost" and "stopped" alone are no end: the server may still
have the prompt, or finish it later. Such an attempt is unsettled until a later line says what became of it,
or that its server has nothing of it (`is_settled`). The first success of a job counts, or that it was set
aside, whichever is written first; nothing after it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.fleet.models import (
        BatchEnded,
        DriverStarted,
        Job,
        JobEnded,
        Placed,
        Plan,
        ServerChanged,
        SetAside,
    )

    AnyLine = DriverStarted | Placed | JobEnded | SetAside | ServerChanged | BatchEnded

How = Literal["waiting", "placed", "done", "set aside"]


class JobState(NamedTuple):
    """A job as the lines have it. `attempts` counts all, also those of earlier drivers.

    `placed` is the attempt that has no end: it is on its server, or nobody knows. `lost` are attempts that
    were given up without an answer of their server, which may still have them. `ended` are the others.
    `success` is the end that counts.
    """

    job: Job
    state: How = "waiting"
    attempts: int = 0
    placed: Placed | None = None
    lost: tuple[Placed, ...] = ()
    ended: tuple[JobEnded, ...] = ()
    success: JobEnded | None = None
    reason: str = ""
    records: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether it is not tried any more."""
        return self.state in ("done", "set aside")

    @property
    def unsettled(self) -> tuple[Placed, ...]:
        """All attempts whose prompts may still be on their servers."""
        return self.lost if self.placed is None else (*self.lost, self.placed)

    @property
    def failures(self) -> tuple[JobEnded, ...]:
        """The attempts that failed, on whichever server; not those that were taken back by us."""
        return tuple(end for end in self.ended if end.how not in ("success", "stopped"))


class Jobs:
    """The states of all jobs, kept up line by line."""

    def __init__(self, plan: Plan, lines: Iterable[AnyLine] = ()) -> None:
        self._states = {job.id: JobState(job) for job in plan.jobs}
        self.problems: list[str] = []
        for line in lines:
            self.take(line)

    @property
    def states(self) -> Mapping[str, JobState]:
        """Every job by its id, in the order of the plan."""
        return self._states

    def take(self, line: AnyLine) -> None:
        """Takes a line in. What contradicts an earlier line does not count, and is a problem."""
        if line.line == "placed":
            self._placed(line)
        elif line.line == "ended":
            self._ended(line)
        elif line.line == "set aside":
            self._set_aside(line)

    def unsettled(self, server: str) -> tuple[tuple[JobState, Placed], ...]:
        """The attempts whose prompts may still be on a server, with their jobs, the oldest first."""
        return tuple(
            (state, placed)
            for state in self._states.values()
            for placed in state.unsettled
            if placed.server == server
        )

    def _placed(self, line: Placed) -> None:
        old = self._states[line.job]
        if old.is_over:
            self.problems.append(
                f"job `{line.job}`: attempt {line.attempt} began after the job had ended"
            )
        # An attempt that never got its end is owed a look, too.
        lost = tuple(each for each in old.unsettled if each.attempt != line.attempt)
        self._states[line.job] = old._replace(
            state=old.state if old.is_over else "placed",
            attempts=max(old.attempts, line.attempt),
            placed=line,
            lost=lost,
            records=(*old.records, line.record),
        )

    def _ended(self, line: JobEnded) -> None:
        old = self._states[line.job]
        mine = next((each for each in old.unsettled if each.attempt == line.attempt), None)
        placed = None if old.placed is mine else old.placed
        lost = tuple(each for each in old.lost if each is not mine)
        is_settled = line.is_settled or line.how not in ("lost", "stopped")
        if not is_settled and line.record is not None:
            lost = (*lost, mine or _placed_before(line, line.record))
        found = old._replace(
            placed=placed,
            lost=lost,
            attempts=max(old.attempts, line.attempt),
            # A later word on an attempt takes the place of the earlier one.
            ended=(*(end for end in old.ended if end.attempt != line.attempt), line),
        )
        if line.record is not None and line.record not in found.records:
            found = found._replace(records=(*found.records, line.record))
        if old.is_over:
            if line.how == "success":
                self.problems.append(
                    f"job `{line.job}`: attempt {line.attempt} succeeded after the job had ended; it does "
                    "not count"
                )
        elif line.how == "success":
            found = found._replace(state="done", success=line)
        else:
            found = found._replace(state="waiting" if placed is None else "placed")
        self._states[line.job] = found

    def _set_aside(self, line: SetAside) -> None:
        old = self._states[line.job]
        if old.is_over:
            self.problems.append(f"job `{line.job}`: was set aside after it had ended")
            return
        self._states[line.job] = old._replace(state="set aside", reason=line.reason)


def _placed_before(line: JobEnded, record: str) -> Placed:
    """That an attempt was placed, where only its end can be read."""
    from wan22dsl.fleet.models import Placed

    return Placed(at=line.at, job=line.job, attempt=line.attempt, server=line.server, record=record)
