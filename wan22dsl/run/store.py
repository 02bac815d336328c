"""Where records are: beside the outputs, one file each, `run-ID.json`. What is read is validated."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from datetime import datetime, timezone
from stat import S_ISREG
from time import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.run.record import VERSION, dump, model_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import ValidationError

    from wan22dsl.run.models.record import RunRecord
    from wan22dsl.run.record import Record

#: The folder for outputs and records, where none is named.
FOLDER = "wan_output"

#: What files are called until they are whole: `.clip.4711.part.mp4`, `.run-ID.4711.part`, and a probe.
_DRAFT = re.compile(r"\.(.+\.\d+\.part(\.[a-z0-9]+)?|[0-9a-f]{32}\.part)")

#: A draft that was not written to for so long is nobody's any more.
_DRAFT_LIVES_S = 300.0

#: No record is larger; what is, is not read.
_MOST_BYTES = 256 * 1024**2


class Found(NamedTuple):
    """The records of a folder, the oldest first, and what is wrong with each file that is none."""

    records: tuple[RunRecord, ...]
    problems: tuple[str, ...]


def now() -> str:
    """The time of day in UTC, in ISO 8601 with milliseconds."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def new_id(started: str, name: str) -> str:
    """An id that sorts by time and can be a file name: `20260131T120000-portrait-3f2a91c4`."""
    from wan22dsl.run.download import plain

    stamp = started.replace("-", "").replace(":", "").partition(".")[0]
    return f"{stamp}-{plain(name)}-{uuid4().hex[:8]}"


def fetch_command(id: str, folder: Path) -> str:
    """The command that gets the outputs of a run later."""
    out = "" if folder.as_posix() == FOLDER else f" --out {folder.as_posix()}"
    return f"wan runs fetch {id}{out}"


def prepare(folder: Path) -> None:
    """Makes a folder, sees that it can be written to, removes old drafts. Raises CommandError."""
    probe = folder / f".{uuid4().hex}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            probe.touch()
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise _failed(folder, error) from error
    remove_drafts(folder)


def remove_drafts(folder: Path) -> None:
    """Removes the drafts of files and records that processes which were killed have left.

    Whether a process lives cannot be told across containers and network drives, so it is by age: a draft that
    is still written to gets bytes every minute (`limits.LEAST_BYTES_PER_S`).
    """
    oldest_s = time() - _DRAFT_LIVES_S
    with suppress(OSError):
        for file in folder.glob(".*.part*"):
            with suppress(OSError):
                about = file.lstat()
                is_old = S_ISREG(about.st_mode) and about.st_mtime < oldest_s
                if is_old and _DRAFT.fullmatch(file.name):
                    file.unlink()


def save(record: Record, folder: Path) -> Path:
    """Writes a record, all at once. Raises CommandError."""
    return write(model_of(record), folder)


def write(model: RunRecord, folder: Path) -> Path:
    """The same of a record that was read. What has its name is replaced. Raises CommandError."""
    return put(folder, f"run-{model.id}.json", dump(model))


def put(folder: Path, name: str, data: bytes) -> Path:
    """Writes a file of a folder for records, all at once. Raises CommandError."""
    file = folder / name
    draft = folder / f".{file.stem}.{uuid4().int}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise _failed(file, error) from error
    return file


def load(file: Path) -> RunRecord:
    """A record. Raises CommandError, which names the file, where it is none that can be read."""
    from pydantic import ValidationError

    from wan22dsl.run.models.record import RunRecord

    shown = file.as_posix()
    try:
        text = disk.read(str(file), shown, _MOST_BYTES)
    except UnreadableFile as error:
        raise CommandError(str(error)) from error
    _look_at_version(shown, text)
    try:
        return RunRecord.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise CommandError(f"{shown}: is damaged: {_first(error)}") from None


def _look_at_version(shown: str, text: bytes) -> None:
    """Raises CommandError for what is no record, and for one of another version."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise CommandError(f"{shown}: is damaged: it is not JSON{where}") from None
    version = found.get("record") if isinstance(found, dict) else None
    if type(version) is not int:
        raise CommandError(f"{shown}: is not the record of a run")
    if version > VERSION:
        raise CommandError(
            f"{shown}: was made by a later version of wan22dsl ({_made_by(found)}, schema "
            f"version {version}); update wan22dsl to read it"
        )
    if version < VERSION:
        raise CommandError(
            f"{shown}: has schema version {version}, which this version does not know"
        )


def _made_by(found: dict[str, Any]) -> str:
    return str(found.get("wan22dsl", "unknown"))[:40]


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, with its place in the record."""
    first = error.errors(include_url=False)[0]
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    where = ".".join(str(item) for item in first["loc"]) or "the whole"
    return f"`{where}`: {first['msg'][:200]}{more}"


def each(folder: Path) -> Found:
    """All records of a folder; one that cannot be read keeps nobody from reading the others."""
    records, problems = [], []
    for file in sorted(folder.glob("run-*.json")):
        try:
            records.append(load(file))
        except CommandError as error:
            problems.append(str(error))
    records.sort(key=lambda run_record: (run_record.started, run_record.id))
    return Found(tuple(records), tuple(problems))


def find(folder: Path, word: str) -> RunRecord:
    """The record that is meant: an id or part of it, `last`, or a file. Raises CommandError."""
    from pathlib import Path as AnyPath

    if word.endswith(".json"):
        return load(AnyPath(word))
    records, problems = each(folder)
    if word == "last" and records:
        return records[-1]
    meant = (
        [run_record for run_record in records if word in run_record.id] if word != "last" else []
    )
    exact = [run_record for run_record in meant if run_record.id == word]
    if len(exact or meant) == 1:
        return (exact or meant)[0]
    where = folder.as_posix()
    if not meant:
        raise CommandError(f"no run `{word}` in {where}; `wan runs list` lists all", *problems)
    names = ", ".join(run_record.id for run_record in meant[:5])
    raise CommandError(f"`{word}` matches several runs in {where}: {names}")


def _failed(place: Path, error: OSError) -> CommandError:
    return CommandError(f"{place.as_posix()}: {error.strerror or error}")
