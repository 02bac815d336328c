"""What a report is made of: the records and benches that are named on a command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.run import store
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def gather(names: Iterable[str]) -> Gathered:
    """The benches and runs of files and folders. Raises CommandError for a name that has none."""
    benches: dict[Path, None] = {}
    runs: dict[str, Run] = {}
    problems: list[str] = []
    for name in names:
        place = Path(name)
        if not place.is_dir():
            for item in _of_file(place):
                if isinstance(item, Path):
                    benches[item] = None
                else:
                    runs[item.record.id] = item
            continue
        found = _benches_in(place)
        benches |= dict.fromkeys(found)
        if place in found:  # the records of a bench are parts of it
            continue
        read = store.each(place)
        problems += read.problems
        runs |= {record.id: Run(record, place) for record in read.records}
        if not (found or read.records):
            raise CommandError(
                f"{place.as_posix()}: has no bench and no record of a run", *read.problems
            )
    return Gathered(tuple(benches), tuple(runs.values()), tuple(problems))


def _of_file(place: Path) -> Iterator[Path | Run]:
    if place.name in ("bench.json", "bench.jsonl"):
        yield place.parent
    else:
        yield Run(store.load(place), place.parent)


def _benches_in(folder: Path) -> list[Path]:
    """The folder itself where it is a bench, else the benches in it, the oldest first."""
    if (folder / "bench.json").is_file():
        return [folder]
    return sorted(file.parent for file in folder.glob("*/bench.json"))
