"""Outputs that are here already: named by a record, or fetched just before the process was killed."""

from __future__ import annotations

import glob
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.run import download, store

if TYPE_CHECKING:
    from wan22dsl.run.models.record import Output


def is_here(output: Output, folder: Path) -> bool:
    """Whether an output is where the record says, or in this folder, with the size that it had."""
    return place_of(output, folder) is not None


def place_of(output: Output, folder: Path) -> Path | None:
    """Where an output is: as the record says, or in this folder, with the size that it had."""
    places = (Path(output.path), folder / Path(output.path).name)
    for place in places:
        if place.is_file() and place.stat().st_size == output.size_bytes:
            return place
    return None


def once(got: download.Fetched, folder: Path, stem: str) -> download.Fetched:
    """A file that came; the same one of before, where the run was killed just after it had fetched it.

    That is a file of this name with these bytes that no record names.
    """
    alike = [
        file
        for file in sorted(folder.glob(f"{glob.escape(download.plain(stem))}-*{got.path.suffix}"))
        if file != got.path
        and file.stat().st_size == got.size_bytes
        and _digest(file) == got.sha256
    ]
    if not alike:
        return got
    named = {
        Path(output.path).name
        for run_record in store.each(folder).records
        for output in run_record.outputs
    }
    for file in alike:
        if file.name not in named:
            got.path.unlink()
            return got._replace(path=file)
    return got


def _digest(file: Path) -> str:
    found = sha256()
    with disk.opened(str(file)) as content:
        while chunk := content.read(1024 * 1024):
            found.update(chunk)
    return found.hexdigest()
