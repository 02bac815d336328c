"""Where a bench is: a folder with `bench.json`, the plan, and `bench.jsonl`, a line for each thing that
happened (`run.lines`).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.run import lines as line_files
from wan22dsl.run import store as records
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wan22dsl.bench.models import BenchEnded, Plan, RunEnded, SessionEnded, SessionStarted
    from wan22dsl.run.models.record import RunRecord

    AnyLine = SessionStarted | RunEnded | SessionEnded | BenchEnded

PLAN, LINES = "bench.json", "bench.jsonl"

_LAYOUT = line_files.Layout(
    "bench", PLAN, LINES, "another `wan bench` is measuring into this folder"
)

#: What the id of a record may be: it becomes the name of a file.
_ID = re.compile(r"[^/\\:\0]{1,200}")


class Stored(NamedTuple):
    """A bench as it was read. `problems` says what of it cannot be read, `lost` why records cannot, by id."""

    folder: Path
    plan: Plan
    lines: tuple[AnyLine, ...] = ()
    problems: tuple[str, ...] = ()
    lost: Mapping[str, str] = {}

    @property
    def runs(self) -> tuple[RunEnded, ...]:
        """All runs, in the order in which they ended."""
        return tuple(line for line in self.lines if line.line == "run")

    @property
    def sessions(self) -> tuple[SessionStarted, ...]:
        """All starts of sessions; one that was resumed has several."""
        return tuple(line for line in self.lines if line.line == "session")

    def record(self, run: RunEnded) -> RunRecord | None:
        """The record of a run; None where there is none that can be read."""
        if run.record is None or run.record in self.lost:
            return None
        try:
            return records.load(_file_of(self.folder, run.record))
        except CommandError:
            return None


class Store:
    """The folder of a bench that is being measured, by `create` or `resume`. No other process can have it."""

    def __init__(self, folder: Path, plan: Plan, lines: line_files.Lines[AnyLine]) -> None:
        self.folder = folder
        self.plan = plan
        self._lines = lines

    @property
    def stored(self) -> Stored:
        """What is known so far. Records are taken to be there."""
        return Stored(self.folder, self.plan, tuple(self._lines.found))

    def add(self, line: AnyLine) -> None:
        """Appends a line; it is on the disk when this comes back. Raises CommandError."""
        self._lines.add(line)


@contextmanager
def create(folder: Path, plan: Plan) -> Iterator[Store]:
    """A new bench in a folder that has none. Raises CommandError."""
    with line_files.create(folder, _LAYOUT, plan, lambda: _lines_of(folder, plan)[0]) as lines:
        yield Store(folder, plan, lines)


@contextmanager
def resume(folder: Path) -> Iterator[Store]:
    """A bench that was begun. Raises CommandError."""
    plan = load_plan(folder)
    with line_files.resume(folder, _LAYOUT, lambda: _lines_of(folder, plan)[0]) as lines:
        yield Store(folder, plan, lines)


def load(folder: Path, *, with_records: bool = True) -> Stored:
    """A bench as it is now, also while it is measured. Raises CommandError where there is none.

    Without `with_records` nobody looks whether the records can be read.
    """
    plan = load_plan(folder)
    lines, problems = _lines_of(folder, plan)
    lost = _lost(folder, lines) if with_records else {}
    problems += [f"run {id} does not count: {why}" for id, why in lost.items()]
    return Stored(folder, plan, tuple(lines), tuple(problems), lost)


def load_plan(folder: Path) -> Plan:
    """`bench.json` of a folder. Raises CommandError."""
    from wan22dsl.bench.models import VERSION, Plan

    return line_files.plan_of(folder, _LAYOUT, Plan, VERSION)


def _lines_of(folder: Path, plan: Plan) -> tuple[list[AnyLine], list[str]]:
    """The lines of a bench, and what is wrong with those that cannot be read."""
    from wan22dsl.bench.models import Line

    cells = {cell.id for cell in plan.cells}

    def wrong(line: AnyLine) -> str:
        if line.line == "run" and line.cell not in cells:
            return f"the plan has no cell `{line.cell[:80]}`"
        return ""

    return line_files.lines_of(folder, _LAYOUT, Line, wrong)


def _lost(folder: Path, lines: list[AnyLine]) -> dict[str, str]:
    """Why the records of runs that would count cannot be read, by id."""
    found = {}
    for line in lines:
        if line.line != "run" or line.record is None or line.reasons:
            continue
        try:
            records.load(_file_of(folder, line.record))
        except CommandError as error:
            found[line.record] = str(error)
    return found


def _file_of(folder: Path, id: str) -> Path:
    if not _ID.fullmatch(id):
        raise CommandError(f"`{id[:80]}` is not the id of a record")
    return folder / f"run-{id}.json"
