"""Where a batch is: a folder with `batch.json`, the plan, and `batch.jsonl`, a line for each thing that
happened (`run.lines`). Records and outputs of its runs are in the same folder.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import CommandError
from wan22dsl.fleet.jobs import Jobs
from wan22dsl.run import lines as line_files
from wan22dsl.run import store as records
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wan22dsl.fleet.jobs import AnyLine, JobState
    from wan22dsl.fleet.models import Placed, Plan
    from wan22dsl.run.models.record import RunRecord

PLAN, LINES = "batch.json", "batch.jsonl"

_LAYOUT = line_files.Layout("batch", PLAN, LINES, "another `wan batch` is working on this folder")

#: What the id of a record may be: it becomes the name of a file.
_ID = re.compile(r"[^/\\:\0]{1,200}")


class Stored(NamedTuple):
    """A batch as it was read. `problems` says what of it cannot be read or contradicts itself.

    `jobs` has the state of each, from the lines alone.
    """

    folder: Path
    plan: Plan
    lines: tuple[AnyLine, ...]
    jobs: Mapping[str, JobState]
    problems: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every job has ended."""
        return all(state.is_over for state in self.jobs.values())

    @property
    def unsettled(self) -> tuple[tuple[JobState, Placed], ...]:
        """The attempts whose prompts may still be on their servers, with their jobs."""
        return tuple((state, each) for state in self.jobs.values() for each in state.unsettled)

    def record(self, id: str) -> RunRecord | None:
        """The record of an attempt; None where there is none that can be read."""
        try:
            return records.load(record_file(self.folder, id))
        except CommandError:
            return None


class Store:
    """The folder of a batch that is being driven, by `create` or `resume`. No other process can have it."""

    def __init__(
        self, folder: Path, plan: Plan, lines: line_files.Lines[AnyLine], problems: list[str]
    ) -> None:
        self.folder = folder
        self.plan = plan
        self._lines = lines
        self._jobs = Jobs(plan, lines.found)
        self._problems = problems
        self._lock = Lock()

    @property
    def stored(self) -> Stored:
        """What is known so far. It copies all lines: `jobs` is quicker."""
        with self._lock:
            problems = (*self._problems, *self._jobs.problems)
            return Stored(
                self.folder,
                self.plan,
                tuple(self._lines.found),
                dict(self._jobs.states),
                problems,
            )

    @property
    def jobs(self) -> Mapping[str, JobState]:
        """The state of each job now."""
        return self._jobs.states

    @property
    def drivers(self) -> tuple[str, ...]:
        """The drivers that it has had, the last one last. All but the last are gone: one at a time has it."""
        with self._lock:
            return tuple(line.driver for line in self._lines.found if line.line == "driver")

    def unsettled(self, server: str) -> tuple[tuple[JobState, Placed], ...]:
        """The attempts whose prompts may still be on a server, with their jobs."""
        with self._lock:
            return self._jobs.unsettled(server)

    def add(self, line: AnyLine) -> None:
        """Appends a line; it is on the disk when this comes back. Raises CommandError.

        Before the end of an attempt, the names of its record and outputs are on the disk too.
        """
        with self._lock:
            reason = wrong_in(line, self._jobs.states)
            if reason:
                raise ValueError(reason)
            if line.line == "ended":
                disk.settle(str(self.folder))
            self._lines.add(line)
            self._jobs.take(line)


@contextmanager
def create(folder: Path, plan: Plan) -> Iterator[Store]:
    """A new batch in a folder that has none. Raises CommandError."""
    with line_files.create(folder, _LAYOUT, plan, lambda: _lines_of(folder, plan)[0]) as lines:
        yield Store(folder, plan, lines, [])


@contextmanager
def resume(folder: Path) -> Iterator[Store]:
    """A batch that was begun. Raises CommandError."""
    plan = load_plan(folder)
    problems: list[str] = []

    def read() -> list[AnyLine]:
        lines, found = _lines_of(folder, plan)
        problems.extend(found)
        return lines

    with line_files.resume(folder, _LAYOUT, read) as lines:
        records.prepare(folder)
        yield Store(folder, plan, lines, problems)


def load(folder: Path, *, with_records: bool = True) -> Stored:
    """A batch as it is now, also while it is driven. Raises CommandError where there is none.

    Without `with_records` nobody looks whether the records of successes can be read.
    """
    plan = load_plan(folder)
    lines, problems = _lines_of(folder, plan)
    jobs = Jobs(plan, lines)
    if with_records:
        problems += _lost(folder, jobs.states)
    problems += jobs.problems
    return Stored(folder, plan, tuple(lines), jobs.states, tuple(problems))


def load_plan(folder: Path) -> Plan:
    """`batch.json` of a folder. Raises CommandError."""
    from wan22dsl.fleet.models import VERSION, Plan

    plan = line_files.plan_of(folder, _LAYOUT, Plan, VERSION)
    if reason := _contradiction(plan):
        raise CommandError(f"{(folder / PLAN).as_posix()}: is damaged: {reason}")
    return plan


def record_file(folder: Path, id: str) -> Path:
    """The file of a record. Raises CommandError for an id that is none."""
    if not _ID.fullmatch(id):
        raise CommandError(f"`{id[:80]}` is not the id of a record")
    return folder / f"run-{id}.json"


def _contradiction(plan: Plan) -> str:
    """What of a plan cannot be; empty where it can."""
    ids: set[str] = set()
    for job in plan.jobs:
        if job.id in ids:
            return f"two jobs are `{job.id[:80]}`"
        ids.add(job.id)
        if job.source >= len(plan.sources):
            return f"job `{job.id[:80]}` is of source {job.source}, which is not there"
    for job in plan.jobs:
        missing = next((id for id in job.after if id not in ids), None)
        if missing is not None:
            return f"job `{job.id[:80]}` needs `{missing[:80]}`, which is not there"
    return ""


def wrong_in(line: AnyLine, jobs: Mapping[str, JobState]) -> str:
    """Why a line is not of this batch; empty where it is."""
    if line.line == "driver" or line.line == "server" or line.line == "batch ended":
        return ""
    if line.job not in jobs:
        return f"the plan has no job `{line.job[:80]}`"
    if line.line != "set aside" and line.record and not _ID.fullmatch(line.record):
        return f"`{line.record[:80]}` is not the id of a record"
    return ""


def _lines_of(folder: Path, plan: Plan) -> tuple[list[AnyLine], list[str]]:
    """The lines of a batch, and what is wrong with those that cannot be read."""
    from wan22dsl.fleet.models import Line

    jobs = Jobs(plan).states

    def wrong(line: AnyLine) -> str:
        return wrong_in(line, jobs)

    return line_files.lines_of(folder, _LAYOUT, Line, wrong)


def _lost(folder: Path, jobs: Mapping[str, JobState]) -> list[str]:
    """Why the records of jobs that are done cannot be read."""
    found = []
    for state in jobs.values():
        if state.success is None:
            continue
        if state.success.record is None:
            found.append(f"job `{state.job.id}`: has no record")
            continue
        try:
            records.load(record_file(folder, state.success.record))
        except CommandError as error:
            found.append(f"job `{state.job.id}`: its record cannot be read: {error}")
    return found
