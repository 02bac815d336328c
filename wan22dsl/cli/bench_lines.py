"""A bench in lines of text: its plan, and what happens in it where no table can be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wan22dsl.bench.models import Cell, Plan, RunEnded, Session, SessionStarted
    from wan22dsl.bench.plan import Time

#: So many cells of a session are listed.
_MOST_CELLS = 40


def plan(found: Plan, time: Time, notes: Mapping[int, str]) -> Iterator[str]:
    """The plan: sessions with their cells, what cannot be measured and why, how long it takes."""
    design = found.design
    simulated = ", simulated" if found.simulated else ""
    count = len(found.cells)
    yield (
        f"bench {found.name} of {found.pipeline} ({found.file}): {_count(count, 'cell')}, "
        f"{_count(len(found.sessions), 'session')}{simulated}"
    )
    workloads = [*dict.fromkeys(cell.workload for cell in found.cells if cell.workload)]
    if workloads:
        yield f"makes {'; '.join(workloads[:4])}{' …' if len(workloads) > 4 else ''}"
    warmups = design.warmups
    each = [f"{_count(design.repeat, 'measured run')}"]
    each.insert(0, f"{_count(warmups, 'warm-up')}" if warmups else "no warm-up")
    if design.cold:
        each.insert(0, _count(design.cold, "cold run"))
    yield f"for each cell: {', '.join(each)}"
    cells = {cell.id: cell for cell in found.cells}
    for session in found.sessions:
        yield ""
        yield f"{session.number}. {where(session)}"
        shown = [cells[id] for id in session.cells[:_MOST_CELLS]]
        width = max(len(_within(cell)) for cell in shown)
        for cell in shown:
            mark = "baseline" if cell.is_baseline else ""
            compiles = f"  {design.compile_warmups} warm-ups: it compiles" if cell.compiles else ""
            yield f"   {mark:<8}  {_within(cell):<{width}}  {_a_run(cell)}{compiles}".rstrip()
        if len(session.cells) > _MOST_CELLS:
            yield f"   and {len(session.cells) - _MOST_CELLS} more"
        if session.number in notes:
            yield f"   will not start: {notes[session.number]}"
    unknown = dict.fromkeys(each for cell in found.cells for each in cell.not_simulated)
    if unknown:
        yield ""
        yield f"the simulation does not know what these change, and leaves them out: {', '.join(unknown)}"
    wrong = [cell for cell in found.cells if cell.problem is not None]
    if wrong:
        yield ""
        yield "cannot be measured:"
        yield from _problems(wrong)
    yield ""
    yield from how_long(time, simulated=found.simulated)


def _problems(cells: Sequence[Cell]) -> Iterator[str]:
    """Cells that cannot be measured, and why: each reason once."""
    by_reason: dict[str, list[str]] = {}
    for cell in cells:
        if cell.problem is not None:
            said = f"{cell.problem.cause}: {cell.problem.text}"
            by_reason.setdefault(said, []).append(cell.id)
    for said, ids in by_reason.items():
        more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
        yield f"   {'; '.join(ids[:3])}{more}"
        yield f"      {said}"


def how_long(time: Time, *, simulated: bool) -> Iterator[str]:
    """How long runs take, and what of it is not known."""
    whole = f"{_count(time.runs, 'run')} and {_count(time.starts, 'start')}"
    unit = " of card time" if simulated else ""
    if not time.runs:
        yield "nothing is left to measure"
    elif not time.unknown:
        yield f"takes about {duration(time.seconds)}{unit}: {whole}"
    else:
        known = f", the others about {duration(time.seconds)}{unit}" if time.seconds else ""
        names = "; ".join(time.unknown[:3]) + (" …" if len(time.unknown) > 3 else "")
        yield f"takes: not known, as nothing like it was measured here yet: {names}{known}"
        yield f"that is {whole}"
    if time.runs:
        yield "cells that seem to differ from their baseline are measured a second time, in reverse order"


def where(session: Session) -> str:
    """A session in a line: its place, its profile, its round."""
    profile = f", profile {session.profile}" if session.profile else ""
    return f"{session.place}{profile}{', second round' if session.round == 2 else ''}"


def _within(cell: Cell) -> str:
    """A cell within its session: its values."""
    return ", ".join(f"{value.name} {value.value}" for value in cell.values) or "as it is"


def _a_run(cell: Cell) -> str:
    return "" if cell.estimate_s is None else f"about {duration(cell.estimate_s)} a run"


def duration(seconds: float) -> str:
    """`43 s`, `2.6 min`, `3 h 20 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    if seconds < 5400:
        return f"{seconds / 60:.1f} min" if seconds < 600 else f"{seconds / 60:.0f} min"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def started(line: SessionStarted) -> Iterator[str]:
    """A session that has begun, or will not."""
    if line.reason is not None:
        yield f"  {line.reason.cause}: {line.reason.text}"
    else:
        took = f" after {line.ready_s:.1f} s" if line.ready_s else ""
        facts = [
            f"ComfyUI {line.comfyui}" if line.comfyui else "",
            f"torch {line.pytorch}" if line.pytorch else "",
            line.card,
        ]
        yield f"  ready{took}: {', '.join(filter(None, facts))}"
        if line.flags:
            yield f"  flags: {' '.join(line.flags)}"
    for finding in line.findings:
        yield f"  note: {finding}"


def ended(line: RunEnded, repeat: int) -> Iterator[str]:
    """A run that has ended."""
    name = {"warmup": "warm-up", "cold": "cold run", "measured": "run"}[line.role]
    of = f" of {repeat}" if line.role == "measured" else ""
    total = f"{line.figures.total_s:.1f} s" if line.figures is not None else "no times"
    yield f"  {line.cell}: {name} {line.number}{of}  {total}"
    for reason in line.reasons:
        yield f"    {reason.cause}: {reason.text}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
