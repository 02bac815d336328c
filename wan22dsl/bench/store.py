"""Where a bench is: a folder with `bench.json`, the plan, and `bench.jsonl`, a line for each thing that
happened.

Lines are only ever appended, and each is on the disk before the next thing is done: a kill loses the run in
progress and nothing else. What it leaves of a line is dropped when read, and cut before the next one.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.run import store as records
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from pydantic import ValidationError

    from wan22dsl.bench.models import BenchEnded, Plan, RunEnded, SessionEnded, SessionStarted
    from wan22dsl.run.models.record import RunRecord

    AnyLine = SessionStarted | RunEnded | SessionEnded | BenchEnded

PLAN, LINES = "bench.json", "bench.jsonl"

#: No plan and no file of lines is larger: 10,000 runs have 20 MB.
_MOST_BYTES = 256 * 1024**2

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

    def __init__(self, folder: Path, plan: Plan, file: BinaryIO, lines: list[AnyLine]) -> None:
        self.folder = folder
        self.plan = plan
        self._file = file
        self._lines = lines

    @property
    def stored(self) -> Stored:
        """What is known so far. Records are taken to be there."""
        return Stored(self.folder, self.plan, tuple(self._lines))

    def add(self, line: AnyLine) -> None:
        """Appends a line; it is on the disk when this comes back. Raises CommandError."""
        text = json.dumps(line.as_json(), ensure_ascii=False, separators=(",", ":"))
        data = text.encode("utf-8", "backslashreplace") + b"\n"
        at = self._file.seek(0, os.SEEK_END)
        try:
            _write(self._file, data)
            os.fsync(self._file.fileno())
        except OSError as error:
            self._cut(at)
            raise _failed(self.folder / LINES, error) from error
        self._lines.append(line)

    def _cut(self, at: int) -> None:
        try:
            self._file.truncate(at)
        except OSError:
            return  # what is left of the line is cut before the next one, or dropped when read


@contextmanager
def create(folder: Path, plan: Plan) -> Iterator[Store]:
    """A new bench in a folder that has none. Raises CommandError."""
    records.prepare(folder)
    with _taken(folder) as file:
        if (folder / PLAN).exists() or file.seek(0, os.SEEK_END):
            raise CommandError(
                f"{folder.as_posix()}: has a bench already; resume it with --resume, or name another folder "
                "with --out"
            )
        text = json.dumps(plan.as_json(), indent=2, ensure_ascii=False) + "\n"
        records.put(folder, PLAN, text.encode("utf-8", "backslashreplace"))
        yield Store(folder, plan, file, [])


@contextmanager
def resume(folder: Path) -> Iterator[Store]:
    """A bench that was begun. Raises CommandError."""
    plan = load_plan(folder)
    with _taken(folder) as file:
        lines, _ = _lines_of(folder, plan)
        size = file.seek(0, os.SEEK_END)
        whole = _whole_bytes(file, size)
        if whole < size:
            try:
                file.truncate(whole)
            except OSError as error:
                raise _failed(folder / LINES, error) from error
        yield Store(folder, plan, file, lines)


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
    from pydantic import ValidationError

    from wan22dsl.bench.models import VERSION, Plan

    file = folder / PLAN
    shown = file.as_posix()
    if not file.exists():
        raise CommandError(f"{folder.as_posix()}: has no bench (no {PLAN})")
    try:
        text = disk.read(str(file), shown, _MOST_BYTES)
    except UnreadableFile as error:
        raise CommandError(str(error)) from error
    found = _json(text)
    version = found.get("bench") if isinstance(found, dict) else None
    if type(version) is not int:
        raise CommandError(f"{shown}: is damaged, or not the plan of a bench")
    if version != VERSION:
        raise CommandError(
            f"{shown}: was made by another version of wan22dsl ({str(found.get('wan22dsl'))[:40]}, schema "
            f"version {version}); read it with that version"
        )
    try:
        return Plan.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise CommandError(f"{shown}: is damaged: {_first(error)}") from None


def _lines_of(folder: Path, plan: Plan) -> tuple[list[AnyLine], list[str]]:
    """The lines of a bench, and what is wrong with those that cannot be read."""
    from pydantic import TypeAdapter, ValidationError

    from wan22dsl.bench.models import Line

    file = folder / LINES
    shown = file.as_posix()
    if not file.exists():
        return [], []
    try:
        data = disk.read(str(file), shown, _MOST_BYTES)
    except UnreadableFile as error:
        raise CommandError(str(error)) from error
    shape: TypeAdapter[AnyLine] = TypeAdapter(Line)
    cells = {cell.id for cell in plan.cells}
    lines: list[AnyLine] = []
    problems = []
    for number, text in enumerate(data.split(b"\n")[:-1], 1):
        if not text.strip():
            continue
        try:
            line = shape.validate_json(text, strict=True)
        except ValidationError as error:
            problems.append(f"{shown}: line {number} is damaged and left out: {_first(error)}")
            continue
        if line.line == "run" and line.cell not in cells:
            problems.append(
                f"{shown}: line {number} is left out: the plan has no cell `{line.cell[:80]}`"
            )
            continue
        lines.append(line)
    return lines, problems


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


@contextmanager
def _taken(folder: Path) -> Iterator[BinaryIO]:
    """The file of lines, for this process alone. Raises CommandError."""
    file = folder / LINES
    with ExitStack() as stack:
        try:
            taken = stack.enter_context(disk.draft(str(file)))
        except disk.InUse:
            raise CommandError(
                f"{folder.as_posix()}: another `wan bench` is measuring into this folder; wait until it "
                "ends, or name another folder with --out"
            ) from None
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise _failed(file, error) from error
        yield taken


def _whole_bytes(file: BinaryIO, size: int) -> int:
    """How many bytes of a file are whole lines."""
    at = size
    while at:
        begin = max(at - 65536, 0)
        file.seek(begin)
        found = file.read(at - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        at = begin
    return 0


def _write(file: BinaryIO, data: bytes) -> None:
    """All bytes: an unbuffered file may take some of them only."""
    while data:
        data = data[file.write(data) :]


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, with its place."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(item) for item in first["loc"]) or "the whole"
    return f"`{where}`: {first['msg'][:200]}"


def _failed(file: Path, error: OSError) -> CommandError:
    return CommandError(f"{file.as_posix()}: {disk.reason(error)}")
