"""The videos that are kept with a baseline, one for each cell, in a folder next to its file."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.bench import pictures
from wan22dsl.bench.measured import Video, Videos
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.run.download import plain
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.bench.measured import Measured
    from wan22dsl.bench.models_gate import AcceptedVideo, Baseline

#: A video of 81 frames has 1 to 20 MB.
_MOST_BYTES = 256 * 1024**2


class Kept(NamedTuple):
    """The videos of a new baseline by cell, and why other cells have none."""

    videos: Mapping[str, Video]
    lacking: Mapping[str, str]


class Written(NamedTuple):
    """What is in the folder now."""

    folder: Path
    videos: int
    size_bytes: int


def folder_of(baseline: str) -> Path:
    """Where the videos of a baseline are: `bench-baseline-videos` for `bench-baseline.json`."""
    file = Path(baseline)
    return file.with_name(f"{file.stem}-videos")


def of_baseline(accepted: AcceptedVideo | None, baseline: str) -> Videos | None:
    """The video of a cell of a baseline; none of one that is in no file."""
    if accepted is None or not baseline:
        return None
    video = Video(
        folder_of(baseline) / accepted.file,
        accepted.sha256,
        accepted.size_bytes,
        accepted.prompt_sha256,
        accepted.seed_shift,
    )
    return Videos((video,))


def choose(benches: Sequence[Measured], cells: Iterable[str]) -> Kept:
    """For each cell the video of its first measured run that has one."""
    videos: dict[str, Video] = {}
    lacking: dict[str, str] = {}
    wanted = set(cells)
    for bench in benches:
        for cell in bench.cells:
            if cell.id not in wanted or cell.id in videos or bench.stored is None:
                continue
            found = pictures.videos_of(bench, cell)
            fitting = [video for video in found.found if video.size_bytes <= _MOST_BYTES]
            if fitting:
                videos[cell.id] = fitting[0]
                lacking.pop(cell.id, None)
            elif not bench.simulated:
                most = f"it is larger than {disk.size_in_words(_MOST_BYTES)}"
                lacking[cell.id] = found.why or most
    return Kept(videos, lacking)


def name_of(cell: str, video: Video) -> str:
    """The name of a video in the folder: of the cell, and of the content, so that others stay untouched."""
    return f"{plain(cell)[:60]}-{video.sha256[:8]}{video.file.suffix.lower()}"


def write(path: str, kept: Kept) -> Written:
    """Copies the videos into the folder of a baseline. Raises CommandError."""
    folder = folder_of(path)
    size_bytes = 0
    for cell, video in kept.videos.items():
        try:
            data = disk.read(str(video.file), video.file.as_posix(), _MOST_BYTES)
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"{folder.as_posix()}: {disk.reason(error)}") from error
        disk.write(str(folder / name_of(cell, video)), data)
        size_bytes += len(data)
    return Written(folder, len(kept.videos), size_bytes)


def remove(path: str, old: Baseline | None, new: Baseline) -> None:
    """Removes the videos that the old baseline names and the new one does not; no other file."""
    if old is None:
        return
    folder = folder_of(path)
    names = {cell.video.file for cell in new.cells.values() if cell.video is not None}
    for cell in old.cells.values():
        if cell.video is not None and cell.video.file not in names:
            with suppress(OSError):
                (folder / cell.video.file).unlink(missing_ok=True)
