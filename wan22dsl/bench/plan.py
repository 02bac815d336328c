"""What is run, in which order: sessions, rounds, warm-ups, seeds, minutes, and what is left after a break.

A restart of ComfyUI is what differs most between two measurements of the same thing, so cells that only
differ in values share a session, and what is close is measured in two of them. The second round runs in
reverse order: what gets slower with time then does so for both (ABBA).
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from wan22dsl.bench.models import Cause, Cell, Design, Plan, Reason, Role, RunEnded, Session
    from wan22dsl.bench.store import AnyLine

#: What may be otherwise the next time: a resumed bench measures it again.
PASSING: frozenset[Cause] = frozenset(
    {"stopped", "throttled", "shared card", "incomplete", "stuck", "server died", "not started"}
)

#: What the next run of the cell would come to as well, or what leaves no server to run it on.
_ENDS_CELL: frozenset[Cause] = frozenset(
    {
        *("does not compile", "not as set", "out of memory", "fell back", "cached", "stuck"),
        *("server died", "failed", "not counted"),
    }
)

#: Where the seeds of each role begin: measured runs have those of the pipeline and the ones behind it.
_SEEDS: dict[Role, int] = {"measured": 0, "warmup": 1_000_000, "cold": 2_000_000}


def design(*, repeat: int = 3, cold: int = 0, seed_shift: int = 0, quality: bool = False) -> Design:
    """How is measured where nothing else is asked for; docs/benches.md has what such a design can see."""
    from wan22dsl.bench.models import Design

    return Design(
        repeat=repeat,
        warmups=1,
        compile_warmups=3,
        cold=cold,
        suspicious_percent=3.0,
        threshold_percent=5.0,
        threshold_s=0.5,
        seed_shift=seed_shift,
        quality=quality,
    )


class Step(NamedTuple):
    """A run to be made. `number` counts within session, cell and role, from 1.

    `seed_shift` is the same in each cell for the same number, so that their videos can be compared. `clears`:
    the server forgets what it has loaded and cached first, or it would give the results of a cell before
    with the same seed.
    """

    session: Session
    cell: Cell
    role: Role
    number: int
    seed_shift: int
    clears: bool


def sessions(cells: Iterable[Cell]) -> tuple[Session, ...]:
    """The first round: a session for each place and profile, in the order of the cells, baselines first."""
    from wan22dsl.bench.models import Session

    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        if cell.problem is None:
            groups.setdefault((cell.place, cell.profile), []).append(cell)
    # `sorted` keeps the order of what is equal.
    ordered = sorted(groups.items(), key=lambda item: not any(cell.is_baseline for cell in item[1]))
    return tuple(
        Session(
            number=number,
            round=1,
            place=place,
            profile=profile,
            cells=tuple(cell.id for cell in sorted(within, key=lambda cell: not cell.is_baseline)),
        )
        for number, ((place, profile), within) in enumerate(ordered, 1)
    )


def second_round(plan: Plan, close: Collection[str]) -> tuple[Session, ...]:
    """The second round of these cells (ids): sessions in reverse order, and the cells in them."""
    found: list[Session] = []
    last = max((session.number for session in plan.sessions), default=0)
    first_round = [session for session in plan.sessions if session.round == 1]
    for session in reversed(first_round):
        within = tuple(id for id in reversed(session.cells) if id in close)
        if within:
            number = last + len(found) + 1
            found.append(session.model_copy(update={"number": number, "round": 2, "cells": within}))
    return tuple(found)


def ends_cell(reasons: Iterable[Reason]) -> bool:
    """Whether no further run of the cell is worth while in this session."""
    return any(reason.cause in _ENDS_CELL for reason in reasons)


def steps_of(plan: Plan, session: Session) -> Iterator[Step]:
    """All runs of a session, in order."""
    cells = {cell.id: cell for cell in plan.cells}
    for id in session.cells:
        if id in cells:
            yield from _steps(plan.design, session, cells[id], {"cold": (), "measured": ()})


def left(
    plan: Plan,
    todo: Iterable[Session],
    lines: Sequence[AnyLine],
    again: Collection[Cause] = PASSING,
) -> Iterator[Step]:
    """What is left of these sessions after a break, in order. Only whole lines count.

    A session goes on with a new start of ComfyUI, so each cell is warmed up again. Runs that did not count
    for a cause in `again` are repeated; a cell that cannot be measured is not.
    """
    cells = {cell.id: cell for cell in plan.cells}
    runs: dict[tuple[int, str], list[RunEnded]] = {}
    for line in lines:
        if line.line == "run":
            runs.setdefault((line.session, line.cell), []).append(line)
    for session in todo:
        for id in session.cells:
            if id not in cells:
                continue
            done = _done(runs.get((session.number, id), ()), again)
            if done is not None:
                yield from _steps(plan.design, session, cells[id], done)


def _done(
    runs: Iterable[RunEnded], again: Collection[Cause]
) -> Mapping[Role, Collection[int]] | None:
    """The numbers of the runs of a cell that are done, by role; None where the cell is over."""
    done: dict[Role, set[int]] = {"cold": set(), "measured": set()}
    is_over = False
    for line in runs:
        causes = {reason.cause for reason in line.reasons}
        is_over = bool(causes & (_ENDS_CELL - {*again}))
        if line.role in done and not causes & {*again}:
            done[line.role].add(line.number)
    return None if is_over else done


def _steps(
    design: Design, session: Session, cell: Cell, done: Mapping[Role, Collection[int]]
) -> Iterator[Step]:
    """Cold runs, warm-ups, and measured runs; no warm-up where nothing is measured."""
    cold = [n for n in range(1, design.cold + 1) if n not in done["cold"]]
    measured = [n for n in range(1, design.repeat + 1) if n not in done["measured"]]
    if session.round == 1:
        for number in cold:
            yield _step(design, session, cell, "cold", number, clears=True)
    if not measured:
        return
    count = design.compile_warmups if cell.compiles else design.warmups
    for number in range(1, count + 1):
        yield _step(design, session, cell, "warmup", number, clears=number == 1)
    for number in measured:
        yield _step(
            design, session, cell, "measured", number, clears=not count and number == measured[0]
        )


def _step(
    design: Design, session: Session, cell: Cell, role: Role, number: int, *, clears: bool
) -> Step:
    per_round = {"measured": design.repeat, "warmup": 1000, "cold": 1000}[role]
    shift = design.seed_shift + _SEEDS[role] + (session.round - 1) * per_round + number - 1
    return Step(session, cell, role, number, shift, clears)


class Time(NamedTuple):
    """How long runs take. `seconds` is the part that is known; `unknown` are the cells without an estimate.

    `without_loading` are cells whose time to load is not known: they take longer.
    """

    seconds: float
    runs: int
    starts: int
    unknown: tuple[str, ...]
    without_loading: tuple[str, ...]


def time_of(steps: Iterable[Step], restart_s: float) -> Time:
    """How long these runs take, with so many seconds for each start of ComfyUI."""
    seconds, runs = 0.0, 0
    numbers: set[int] = set()
    unknown: dict[str, None] = {}
    without_loading: dict[str, None] = {}
    for step in steps:
        runs += 1
        if step.session.number not in numbers:
            numbers.add(step.session.number)
            seconds += restart_s
        cell = step.cell
        own = cell.estimate_s
        if step.clears:
            if cell.cold_estimate_s is None and own is not None:
                without_loading[cell.id] = None
            own = own if cell.cold_estimate_s is None else cell.cold_estimate_s
        if own is None:
            unknown[cell.id] = None
        else:
            seconds += own
    return Time(seconds, runs, len(numbers), tuple(unknown), tuple(without_loading))


def expected_s(cell: Cell, lines: Iterable[AnyLine], *, is_cold: bool) -> float | None:
    """How long a run will take: by those of its cell so far, else by the plan."""
    took = [
        line.figures.total_s
        for line in lines
        if line.line == "run"
        and line.cell == cell.id
        and line.figures is not None
        and not line.reasons
        and (line.role == "measured") != is_cold
    ]
    if took:
        return median(took)
    return cell.cold_estimate_s if is_cold and cell.cold_estimate_s else cell.estimate_s


def by_lines(steps: Iterable[Step], lines: Sequence[AnyLine]) -> list[Step]:
    """The same runs, whose cells have the times that were measured so far."""
    known: dict[str, Cell] = {}
    found = []
    for step in steps:
        cell = step.cell
        if cell.id not in known:
            known[cell.id] = cell.model_copy(
                update={
                    "estimate_s": expected_s(cell, lines, is_cold=False),
                    "cold_estimate_s": expected_s(cell, lines, is_cold=True),
                }
            )
        found.append(step._replace(cell=known[cell.id]))
    return found


def restart_s_of(lines: Iterable[AnyLine], otherwise: float) -> float:
    """What a start took so far: the median; `otherwise` before the first one."""
    took = [line.ready_s for line in lines if line.line == "session" and line.ready_s is not None]
    return median(took) if took else otherwise


class Budget(NamedTuple):
    """What of a plan fits into a time, with the cells that do not.

    `is_sure` is false where the time of some cells is not known: then the clock has to be watched as well.
    """

    sessions: tuple[Session, ...]
    left_out: tuple[str, ...]
    is_sure: bool


def within(plan: Plan, todo: Sequence[Session], budget_s: float, restart_s: float) -> Budget:
    """The first cells of sessions that fit into a time, each with all its runs. Baselines always stay."""
    cells = {cell.id: cell for cell in plan.cells}
    spent_s = 0.0
    is_sure = True
    left_out: list[str] = []
    kept: list[Session] = []
    waiting: dict[int, list[str]] = {}
    order = [(session, id) for session in todo for id in session.cells if id in cells]
    # Baselines first: without them nothing can be compared.
    for session, id in sorted(order, key=lambda item: not cells[item[1]].is_baseline):
        alone = session.model_copy(update={"cells": (id,)})
        took = time_of(steps_of(plan, alone), 0.0 if session.number in waiting else restart_s)
        is_sure = is_sure and not took.unknown
        if spent_s + took.seconds > budget_s and not cells[id].is_baseline:
            left_out.append(id)
            continue
        spent_s += took.seconds
        waiting.setdefault(session.number, []).append(id)
    for session in todo:
        ids = tuple(id for id in session.cells if id in waiting.get(session.number, ()))
        if ids:
            kept.append(session.model_copy(update={"cells": ids}))
    return Budget(tuple(kept), tuple(left_out), is_sure)
