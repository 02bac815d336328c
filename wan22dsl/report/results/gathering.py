"""What a report is made of: the records, benches and batches that are named on a command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.run import store
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.run.models.record import RunRecord


class Run(NamedTuple):
    """A record, and the folder that it is in, with its snapshot and its outputs."""

    record: RunRecord
    folder: Path


class Gathered(NamedTuple):
    """What was found, in the order in which it was named, and what was left out, with the reason."""

    benches: tuple[Path, ...]
    runs: tuple[Run, ...]
    problems: tuple[str, ...]
    batches: tuple[Path, ...] = ()


#: What has a plan in its folder, by the noun of the plan: its records are parts of it.
_BENCH, _BATCH = "bench", "batch"


def gather(names: Iterable[str]) -> Gathered:
    """The benches, batches and runs of files and folders. Raises CommandError for a name that has none."""
    planned: dict[str, dict[Path, None]] = {_BENCH: {}, _BATCH: {}}
    runs: dict[str, Run] = {}
    problems: list[str] = []
    for name in names:
        place = Path(name)
        if not place.is_dir():
            noun = _noun_of(place)
            if noun:
                planned[noun][place.parent] = None
            else:
                record = store.load(place)
                runs[record.id] = Run(record, place.parent)
            continue
        found = {noun: _in(place, noun) for noun in planned}
        for noun, folders in found.items():
            planned[noun] |= dict.fromkeys(folders)
        if any(place in folders for folders in found.values()):
            continue
        read = store.each(place)
        problems += read.problems
        runs |= {record.id: Run(record, place) for record in read.records}
        if not (any(found.values()) or read.records):
            raise CommandError(
                f"{place.as_posix()}: has no bench, no batch and no record of a run", *read.problems
            )
    return Gathered(
        tuple(planned[_BENCH]), tuple(runs.values()), tuple(problems), tuple(planned[_BATCH])
    )


def _noun_of(file: Path) -> str:
    """What a file is a part of; empty for a record."""
    nouns = (_BENCH, _BATCH)
    return next((noun for noun in nouns if file.name in (f"{noun}.json", f"{noun}.jsonl")), "")


def _in(folder: Path, noun: str) -> list[Path]:
    """The folder itself where it has such a plan, else those in it, the oldest first."""
    if (folder / f"{noun}.json").is_file():
        return [folder]
    return sorted(file.parent for file in folder.glob(f"*/{noun}.json"))
