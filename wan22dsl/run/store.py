"""Where records lie: beside the outputs, one file each, `run-ID.json`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from wan22dsl.errors import CommandError
from wan22dsl.run.record import VERSION, dump

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.run.record import Record

#: The folder for outputs and records, where none is named.
FOLDER = "wan_output"


def new_id(started: str, name: str) -> str:
    """An id that sorts by time and can be a file name: `20260131T120000-portrait-3f2a`."""
    from wan22dsl.run.download import plain

    stamp = started.replace("-", "").replace(":", "").partition(".")[0]
    return f"{stamp}-{plain(name)}-{uuid4().hex[:4]}"


def save(record: Record, folder: Path) -> Path:
    """Writes a record, all at once. Raises CommandError."""
    file = folder / f"run-{record.id}.json"
    draft = folder / f".run-{record.id}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_bytes(dump(record).encode("utf-8"))
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(f"{file.as_posix()}: {error.strerror or error}") from error
    return file


def load(file: Path) -> dict[str, Any]:
    """A record. Raises CommandError where it is none."""
    try:
        found = json.loads(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file.as_posix()}: {error.strerror or error}") from error
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("record"), int):
        raise CommandError(f"{file.as_posix()}: is not the record of a run")
    if found["record"] > VERSION:
        raise CommandError(f"{file.as_posix()}: was made by a later version of wan22dsl")
    return found


def each(folder: Path) -> list[dict[str, Any]]:
    """All records of a folder, the oldest first. What is no record is left out."""
    found = []
    for file in sorted(folder.glob("run-*.json")):
        try:
            found.append(load(file))
        except CommandError:
            continue
    return sorted(found, key=lambda one: (str(one.get("started")), str(one.get("id"))))


def find(folder: Path, word: str) -> dict[str, Any]:
    """The record that is meant: an id or part of it, `last`, or a file. Raises CommandError."""
    from pathlib import Path as AnyPath

    if word.endswith(".json"):
        return load(AnyPath(word))
    records = each(folder)
    if word == "last" and records:
        return records[-1]
    meant = [one for one in records if word in str(one["id"])] if word != "last" else []
    exact = [one for one in meant if one["id"] == word]
    if len(exact or meant) == 1:
        return (exact or meant)[0]
    where = folder.as_posix()
    if not meant:
        raise CommandError(f"there is no run `{word}` in {where}; `wan runs list` names all")
    names = ", ".join(str(one["id"]) for one in meant[:5])
    raise CommandError(f"several runs in {where} are meant by `{word}`: {names}")
