"""A folder with a plan and with a file of lines, one for each thing that happened: of a bench, of a batch.

Lines are only ever appended, and each is on the disk before the next thing is done: a kill loses what was in
progress and nothing else. What it leaves of a line is dropped when read, and cut before the next one.
"""

from __future__ import annotations

import json
import os
from contextlib import ExitStack, contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.run import store as records
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from pydantic import BaseModel, TypeAdapter, ValidationError

    from wan22dsl.shapes import Shape

    P = TypeVar("P", bound=BaseModel)

L = TypeVar("L", bound="Shape")

#: No plan and no file of lines is larger: 10,000 runs have 20 MB.
_MOST_BYTES = 256 * 1024**2


class Layout(NamedTuple):
    """The names of the files, and the words for people.

    `noun` is also the property of the plan that has the version of its shape. `busy` says what another
    process does with the folder: "another `wan bench` is measuring into this folder".
    """

    noun: str
    plan: str
    lines: str
    busy: str


class Lines(Generic[L]):
    """The file of lines, for this process alone. Threads may share it."""

    def __init__(self, place: Path, file: BinaryIO, found: list[L], whole_bytes: int) -> None:
        self.found = found
        self._place, self._file = place, file
        self._whole_bytes = whole_bytes
        self._is_torn = False
        self._lock = Lock()

    def add(self, line: L) -> None:
        """Appends a line; it is on the disk when this comes back. Raises CommandError."""
        text = json.dumps(line.as_json(), ensure_ascii=False, separators=(",", ":"))
        data = text.encode("utf-8", "backslashreplace") + b"\n"
        with self._lock:
            self._look()
            try:
                _write(self._file, data)
                os.fsync(self._file.fileno())
            except BaseException as error:
                self._cut()
                if isinstance(error, OSError):
                    raise _failed(self._place, error) from error
                raise
            self._whole_bytes += len(data)
            self.found.append(line)

    def _look(self) -> None:
        """Sees that the file ends where our last line does.

        A file system without locks lets two processes in; then one of them stops here.
        """
        try:
            if self._is_torn:
                self._file.truncate(self._whole_bytes)
                self._is_torn = False
            end = self._file.seek(0, os.SEEK_END)
        except OSError as error:
            raise _failed(self._place, error) from error
        if end != self._whole_bytes:
            raise CommandError(
                f"{self._place.as_posix()}: was changed by another process; only one may write it"
            )

    def _cut(self) -> None:
        """Takes back what was written of a line; where that fails, the next `add` tries again."""
        self._is_torn = True
        with suppress(OSError):
            self._file.truncate(self._whole_bytes)
            self._is_torn = False


@contextmanager
def create(
    folder: Path, layout: Layout, plan: Shape, read: Callable[[], list[L]]
) -> Iterator[Lines[L]]:
    """The lines of a new plan, in a folder that has none. `read` gives those that are there: none.

    Raises CommandError.
    """
    records.prepare(folder)
    with _taken(folder, layout) as file:
        if (folder / layout.plan).exists() or file.seek(0, os.SEEK_END):
            raise CommandError(
                f"{folder.as_posix()}: has a {layout.noun} already; resume it with --resume, or name another "
                "folder with --out"
            )
        text = json.dumps(plan.as_json(), indent=2, ensure_ascii=False) + "\n"
        records.put(folder, layout.plan, text.encode("utf-8", "backslashreplace"))
        disk.settle(str(folder))
        yield Lines(folder / layout.lines, file, read(), 0)


@contextmanager
def resume(folder: Path, layout: Layout, read: Callable[[], list[L]]) -> Iterator[Lines[L]]:
    """The lines of a plan that was begun; `read` gives those that are there. Raises CommandError."""
    with _taken(folder, layout) as file:
        found = read()
        place = folder / layout.lines
        try:
            size = file.seek(0, os.SEEK_END)
            whole = _whole_bytes(file, size)
            if whole < size:
                file.truncate(whole)
        except OSError as error:
            raise _failed(place, error) from error
        yield Lines(place, file, found, whole)


def plan_of(folder: Path, layout: Layout, shape: type[P], own_version: int) -> P:
    """The plan of a folder, in this version of its shape. Raises CommandError."""
    from pydantic import ValidationError

    file = folder / layout.plan
    shown, noun = file.as_posix(), layout.noun
    if not file.exists():
        raise CommandError(f"{folder.as_posix()}: has no {noun} (no {layout.plan})")
    try:
        text = disk.read(str(file), shown, _MOST_BYTES)
    except UnreadableFile as error:
        raise CommandError(str(error)) from error
    found = _json(text)
    version = found.get(noun) if isinstance(found, dict) else None
    if type(version) is not int:
        raise CommandError(f"{shown}: is damaged, or not the plan of a {noun}")
    if version != own_version:
        raise CommandError(
            f"{shown}: was made by another version of wan22dsl ({str(found.get('wan22dsl'))[:40]}, schema "
            f"version {version}); read it with that version"
        )
    try:
        return shape.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise CommandError(f"{shown}: is damaged: {_first(error)}") from None


def lines_of(
    folder: Path, layout: Layout, shape: Any, wrong: Callable[[L], str]
) -> tuple[list[L], list[str]]:
    """The lines of a folder, and what is wrong with those that are left out.

    `shape` is that of a line, `wrong` why a whole line is not of this plan: empty where it is.
    """
    from pydantic import TypeAdapter

    file = folder / layout.lines
    shown = file.as_posix()
    if not file.exists():
        return [], []
    try:
        data = disk.read(str(file), shown, _MOST_BYTES)
    except UnreadableFile as error:
        raise CommandError(str(error)) from error
    adapter: TypeAdapter[L] = TypeAdapter(shape)
    lines: list[L] = []
    problems = []
    for number, text in enumerate(data.split(b"\n")[:-1], 1):
        line, problem = line_of(adapter, f"{shown}: line {number}", text, wrong)
        if line is not None:
            lines.append(line)
        elif problem:
            problems.append(problem)
    return lines, problems


def line_of(
    adapter: TypeAdapter[L], shown: str, text: bytes, wrong: Callable[[L], str]
) -> tuple[L | None, str]:
    """A line, or what is wrong with it; neither of an empty one."""
    from pydantic import ValidationError

    if not text.strip():
        return None, ""
    try:
        line = adapter.validate_json(text, strict=True)
    except ValidationError as error:
        return None, f"{shown} is damaged and left out: {_first(error)}"
    reason = wrong(line)
    return (None, f"{shown} is left out: {reason}") if reason else (line, "")


@contextmanager
def _taken(folder: Path, layout: Layout) -> Iterator[BinaryIO]:
    """The file of lines, for this process alone. Raises CommandError."""
    file = folder / layout.lines
    with ExitStack() as stack:
        try:
            taken = stack.enter_context(disk.draft(str(file)))
        except disk.InUse:
            raise CommandError(
                f"{folder.as_posix()}: {layout.busy}; wait until it ends, or name another folder with --out"
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
