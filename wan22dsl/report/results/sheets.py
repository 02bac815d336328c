"""Contact sheets: the first, the middle and the last frame of videos, side by side for all cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import frames, shown
from wan22dsl.report.results.contents import Item, Items, Prose, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wan22dsl.report.results.batch import Batch
    from wan22dsl.report.results.bench import Bench
    from wan22dsl.report.results.contents import Block, Picture
    from wan22dsl.run.models.record import RunRecord

#: More of them make a page of megabytes.
_MOST_VIDEOS = 16

#: Of a batch.
_MOST_JOBS = 12


def of_run(record: RunRecord, folder: Path) -> tuple[Block, ...]:
    """The pictures of a run."""
    return tuple(_blocks([(shown.name(record.source.pipeline), record)], folder, ""))


def of_bench(bench: Bench) -> tuple[Block, ...]:
    """The pictures of the first measured run of each cell: of one seed, where their seeds are alike."""
    runs = ((bench.label(cell.cell), bench.first_run(cell)) for cell in bench.outcome.cells)
    named = [(label, run) for label, run in runs if run is not None]
    shifts = {record.seed_shift for _, record in named}
    note = (
        "All are of the same seed."
        if len(shifts) == 1
        else "They are of different seeds: compare how good they are, not what they show."
    )
    return tuple(_blocks(named, bench.stored.folder, note if len(named) > 1 else ""))


def of_batch(batch: Batch) -> tuple[Block, ...]:
    """Pictures of some jobs, from the first to the last in equal steps."""
    done = [job for job, state in batch.seen.jobs.items() if state.success is not None]
    last = len(done) - 1
    places = sorted({round(last * number / (_MOST_JOBS - 1)) for number in range(_MOST_JOBS)})
    chosen = [done[place] for place in places] if done else []
    named = []
    for job in chosen:
        success = batch.seen.jobs[job].success
        record = batch.stored.record(success.record) if success and success.record else None
        if record is not None:
            named.append((batch.label(job), record))
    few = len(done) > len(chosen)
    note = f"Shown are {len(chosen)} of {len(done):,} jobs, in equal steps." if few else ""
    return tuple(_blocks(named, batch.stored.folder, note))


def _blocks(named: Sequence[tuple[str, RunRecord]], folder: Path, note: str) -> Iterator[Block]:
    real = [(label, record) for label, record in named if not record.simulated]
    if named and not real:
        yield Prose("A simulation makes no pictures of the prompt: none are shown.", "muted")
        return
    columns: list[str] = []
    videos: list[tuple[Picture, ...]] = []
    missing = []
    for label, record in real[:_MOST_VIDEOS]:
        found = _of_record(label, record, folder)
        if found is None:
            continue
        if found.pictures:
            columns.append(label)
            videos.append(found.pictures)
        else:
            missing.append(Item(shown.sentence(found.problem), label))
    if videos:
        rows = tuple(zip(frames.TITLES, zip(*videos)))
        yield Sheet("First, middle and last frame", tuple(columns), rows)
        if note:
            yield Prose(note, "muted")
    if len(real) > _MOST_VIDEOS:
        yield Prose(f"Only the first {_MOST_VIDEOS} of {len(real)} cells are shown.", "muted")
    if missing:
        yield Prose("Not shown:", "muted")
        yield Items(tuple(missing))


def _of_record(label: str, record: RunRecord, folder: Path) -> frames.Shown | None:
    """The pictures of its last video, which is beside the record; None where it has none.

    A record names paths of the computer that it was made on. Only files next to it are read.
    """
    names = [output.path.replace("\\", "/").rpartition("/")[2] for output in record.outputs]
    videos = [name for name in names if frames.is_video(name)]
    if not videos:
        return None
    return frames.of_video(folder / videos[-1], label)
