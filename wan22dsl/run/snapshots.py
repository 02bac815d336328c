"""Snapshots next to the records of runs: each once, `snapshot-DIGEST.json`, for all runs that have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.machine.snapshot import Snapshot, load
from wan22dsl.run import store

if TYPE_CHECKING:
    from pathlib import Path

_DIGITS = 16


def file_of(folder: Path, digest: str) -> Path:
    """The file of a snapshot."""
    return folder / f"snapshot-{digest[:_DIGITS]}.json"


def keep(snapshot: Snapshot, folder: Path) -> Path:
    """Writes a snapshot, all at once, unless the folder has it. Raises CommandError.

    One that has the lines of the start takes the place of one without: they are not part of the digest.
    """
    file = file_of(folder, snapshot.digest)
    found = find(folder, snapshot.digest)
    if found is not None and (found.data["started"] or not snapshot.data["started"]):
        return file
    return store.put(folder, file.name, snapshot.dump())


def find(folder: Path, digest: str) -> Snapshot | None:
    """The snapshot with a digest; None where the folder does not have it, or what it has cannot be read."""
    file = file_of(folder, digest)
    if not file.is_file():
        return None
    try:
        found = load(str(file))
    except CommandError:
        return None
    return found if found.digest == digest else None
