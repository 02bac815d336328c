"""What is compared across benches: the figures of each cell with their cohort."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from wan22dsl import digest
from wan22dsl.bench import cohort as cohorts
from wan22dsl.bench.units import unit_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from wan22dsl.bench.cells import CellOutcome, Spread
    from wan22dsl.bench.cohort import Cohort, Value
    from wan22dsl.bench.models import Plan, RunEnded
    from wan22dsl.bench.store import Stored
    from wan22dsl.machine.snapshot import Snapshot
    from wan22dsl.run.models.record import RunRecord

Key = tuple[str, tuple[tuple[str, str], ...]]


class Why(NamedTuple):
    """Why a cell has no figures: a cause (`bench.models.Cause`) and a sentence."""

    cause: str
    text: str


class Video(NamedTuple):
    """A video of a run, with the digest of its prompt, in which the seeds are."""

    file: Path
    sha256: str
    size_bytes: int
    prompt_sha256: str
    seed_shift: int


class Videos(NamedTuple):
    """The videos of a cell, in the order of its runs; where there are none, why, and what to do."""

    found: tuple[Video, ...] = ()
    why: str = ""
    how: str = ""


class MeasuredCell(NamedTuple):
    """A cell. `figures` has the medians of its sessions for each figure; none where nothing counts.

    `videos`: those that a baseline keeps. Those of a bench are found where they are needed.
    """

    id: str
    place: str
    profile: str
    values: tuple[tuple[str, str], ...]
    cohort: Cohort
    figures: Mapping[str, tuple[float, ...]]
    why: tuple[Why, ...] = ()
    videos: Videos | None = None

    @property
    def key(self) -> Key:
        """What it is, wherever it was measured."""
        return self.profile, tuple(sorted(self.values))

    def value(self, figure: str) -> float | None:
        """A figure: the mean of the medians of its sessions."""
        medians = self.figures.get(figure)
        return sum(medians) / len(medians) if medians else None


class Measured(NamedTuple):
    """A bench, or a baseline; `shown` is its path, `file` the source of its pipeline.

    `unfinished` says why not all of it was measured. `stored` is the bench with its runs; a baseline has
    none.
    """

    shown: str
    id: str
    name: str
    pipeline: str
    made: str
    simulated: bool
    cells: tuple[MeasuredCell, ...]
    unfinished: str = ""
    problems: tuple[str, ...] = ()
    machines: Mapping[tuple[str, str], Snapshot] = {}
    file: str = ""
    stored: Stored | None = None


class Pair(NamedTuple):
    """A cell before and now. `problem` says why it is unknown which belongs to which."""

    before: MeasuredCell | None
    now: MeasuredCell | None
    problem: str = ""

    @property
    def id(self) -> str:
        """The name of the cell, as it is now."""
        cell = self.now or self.before
        assert cell is not None
        return cell.id


def pairs(before: Measured, now: Measured) -> Iterator[Pair]:
    """The cells of two benches that are the same by profile and values, and by place where there are several.

    First those of `now`, in their order; then those that are no longer there.
    """
    old, new = _by_key(before.cells), _by_key(now.cells)
    taken: set[int] = set()
    for cell in now.cells:
        theirs, own = old.get(cell.key, []), new[cell.key]
        problem = ""
        if len(theirs) > 1 or len(own) > 1:
            theirs = [each for each in theirs if each.place == cell.place]
            if len(theirs) > 1 or sum(each.place == cell.place for each in own) > 1:
                problem = "several cells have this place, this profile and these values"
                theirs = old.get(cell.key, [])
        found = theirs[0] if theirs else None
        taken.update(id(each) for each in theirs)
        yield Pair(found, cell, problem)
    yield from (Pair(cell, None) for cell in before.cells if id(cell) not in taken)


def _by_key(cells: Sequence[MeasuredCell]) -> dict[Key, list[MeasuredCell]]:
    found: dict[Key, list[MeasuredCell]] = {}
    for cell in cells:
        found.setdefault(cell.key, []).append(cell)
    return found


def head_of(plan: Plan) -> dict[str, Mapping[str, Value]]:
    """What all cells of a bench share."""
    design = plan.design
    return {
        "simulated": {"simulated": plan.simulated},
        "bench": {"bench": plan.name, "pipeline": plan.pipeline},
        "design": {"warm-ups": design.warmups, "warm-ups with compile": design.compile_warmups},
    }


def of_bench(stored: Stored, outcomes: Sequence[CellOutcome]) -> Measured:
    """What a bench came to."""
    from wan22dsl.run import snapshots

    plan = stored.plan
    starts: dict[tuple[str, str], list[cohorts.Start]] = {}
    machines = {}
    read: dict[str, Snapshot | None] = {}
    runs: dict[int, list[RunEnded]] = {}
    for run in stored.runs:
        if run.record is not None:
            runs.setdefault(run.session, []).append(run)
    for line in stored.sessions:
        if line.reason is not None:
            continue
        record = _record_of(stored, runs.get(line.number, ()))
        key = line.snapshot or (record.snapshot if record is not None else None) or ""
        if key and key not in read:
            read[key] = snapshots.find(stored.folder, key)
        found = read.get(key)
        start = cohorts.Start(line, found, record.server if record is not None else None)
        starts.setdefault((line.place, line.profile), []).append(start)
        if found is not None:
            machines[line.place, line.profile] = found
    head = head_of(plan)
    of_machine = {
        key: cohorts.of_sessions(own, simulated=plan.simulated, wan22dsl=plan.wan22dsl)
        for key, own in starts.items()
    }
    nowhere = cohorts.of_sessions((), simulated=plan.simulated, wan22dsl=plan.wan22dsl)
    cells = tuple(
        MeasuredCell(
            outcome.cell.id,
            _named(outcome.cell.place),
            outcome.cell.profile,
            tuple((value.name, value.value) for value in outcome.cell.values),
            cohorts.of_cell(
                outcome.cell,
                of_machine.get((outcome.cell.place, outcome.cell.profile), nowhere),
                head,
            ),
            {
                name: spread.medians
                for name, spread in outcome.figures.items()
                if _counts(name, spread)
            },
            tuple(Why(reason.cause, reason.text) for reason in outcome.reasons)
            if outcome.state != "measured"
            else (),
        )
        for outcome in outcomes
    )
    shown = stored.folder.as_posix()
    return Measured(
        shown,
        plan.id,
        plan.name,
        plan.pipeline,
        plan.made,
        plan.simulated,
        cells,
        _unfinished(stored),
        stored.problems,
        machines,
        plan.file,
        stored,
    )


def _record_of(stored: Stored, runs: Sequence[RunEnded]) -> RunRecord | None:
    """A record of a session: that of one of its first runs, if it can be read."""
    found = (stored.record(run) for run in runs[:3])
    return next((record for record in found if record is not None), None)


def _named(place: str) -> str:
    """A place as a baseline may have it: the address of a server, which may be private, as its digest."""
    return f"server {digest.of(place)[:8]}" if "://" in place else place


def _counts(figure: str, spread: Spread) -> bool:
    """Whether a figure has values, and they can be: no time and no size is negative."""
    least = 0.0 if unit_of(figure) else -inf
    return bool(spread.medians) and min(spread.medians) >= least


def _unfinished(stored: Stored) -> str:
    """Why not all that was planned was measured; empty where it was."""
    ends = [line for line in stored.lines if line.line == "end"]
    if not ends or stored.lines[-1].line != "end":
        return "the bench did not come to its end; `wan bench FILE --resume` goes on"
    if ends[-1].how == "budget":
        return "its time was spent before all was measured; `wan bench FILE --resume` goes on"
    return (
        "the bench was stopped; `wan bench FILE --resume` goes on"
        if ends[-1].how == "stopped"
        else ""
    )
