"""The pictures of two benches: whether a change of software has changed what a cell makes.

Runs of the same prompt, with the same seeds, make the same video unless something else has changed. So one
video of each cell is kept with a baseline, and compared with that of the same prompt in a later bench.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.bench.measured import Video, Videos
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wan22dsl.bench.measured import Measured, MeasuredCell
    from wan22dsl.quality.models import AgainstReference
    from wan22dsl.run.models.record import Output, RunRecord

Word = Literal["same", "nearly the same", "changed", "not compared"]

#: No one sees a difference below these: 40 dB is usually called visually lossless, and a delta E (1976) of
#: 2.3 is just noticed side by side (Mahy, Van Eycken, Oosterlinck 1994); half of it is on the safe side.
_NEARLY_DB, _NEARLY_SSIM, _NEARLY_DELTA_E = 40.0, 0.98, 1.15
#: And no single frame is further off than this.
_NEARLY_LOWEST_DB = 30.0

#: What limits are named by, with what is worse.
LIMITS: Mapping[str, Literal["less", "more"]] = {"psnr": "less", "ssim": "less", "delta_e": "more"}

SIMULATED = "a simulation makes drawings"
_RECIPE = "the prompt is another one, so the video may be too"
_SEED = "no run has the seeds and the input files of the baseline's"
_HOW = {
    _SEED: "measure with the values and the input files that the baseline had",
}


class Picture(NamedTuple):
    """The picture of a cell, now and before. `why` says why it was not compared, `how` what to do.

    `problem`: sizes or numbers of frames differ. `beyond` are the limits that it exceeds, in words; `files`
    the two videos, the earlier one first.
    """

    found: AgainstReference | None = None
    why: str = ""
    how: str = ""
    problem: str = ""
    beyond: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether it is worth a line: it differs, however little."""
        return self.word in ("changed", "nearly the same")

    @property
    def word(self) -> Word:
        """What can be said of it."""
        found = self.found
        if found is None:
            return "not compared"
        if found.same:
            return "same"
        if self.problem or (found.psnr_db is None and not found.frames):
            return "changed"
        is_near = (
            (found.psnr_db is None or found.psnr_db >= _NEARLY_DB)
            and (found.lowest_psnr_db is None or found.lowest_psnr_db >= _NEARLY_LOWEST_DB)
            and (found.ssim is None or found.ssim >= _NEARLY_SSIM)
            and (found.delta_e is None or found.delta_e <= _NEARLY_DELTA_E)
        )
        return "nearly the same" if is_near else "changed"

    @property
    def line(self) -> str:
        """`the picture changed: PSNR 24.1 dB (lowest 22 at frame 3), SSIM 0.81, colour shifted by ΔE 6`."""
        from wan22dsl.quality import words

        if self.found is None:
            return f"picture not compared: {self.why}"
        if self.word == "same":
            return "the picture is the same in every frame"
        said = "changed" if self.word == "changed" else "is nearly the same"
        return f"the picture {said}: {self.problem or words.difference(self.found)}"


# --- which videos there are ---


def videos_of(bench: Measured, cell: MeasuredCell) -> Videos:
    """The videos of a cell of a bench or of a baseline."""
    if bench.simulated:
        return Videos(why=SIMULATED)
    if bench.stored is None:
        return cell.videos or Videos(
            why="the baseline keeps no video of it",
            how="accept a bench without --without-videos",
        )
    whys: dict[str, None] = {}
    found: list[Video] = []
    for record in _records(bench, cell):
        video, why = _video_of(record, bench.stored.folder)
        if video is not None:
            found.append(video)
        else:
            whys[why] = None
    if found:
        return Videos(tuple(found))
    return Videos(why="; ".join(whys) or "no run of it has a record that can be read")


def _records(bench: Measured, cell: MeasuredCell) -> Iterator[RunRecord]:
    """The records of the measured runs that count, the first ones first."""
    stored = bench.stored
    assert stored is not None
    for run in stored.runs:
        if run.cell == cell.id and run.role == "measured" and not run.reasons:
            record = stored.record(run)
            if record is not None:
                yield record


def _video_of(record: RunRecord, folder: Path) -> tuple[Video | None, str]:
    """Its last video, which is next to the record; none, and why.

    A record names paths of the computer that it was made on. Only files next to it are read.
    """
    from wan22dsl.run.measured import has_content

    output = _last(record)
    if output is None:
        return None, "it saves no video"
    file = folder / _name(output)
    if not file.is_file():
        return None, f"{file.as_posix()} is not there any more"
    if not has_content(file, output.size_bytes, output.sha256):
        return None, f"{file.as_posix()} was changed since the run"
    return (
        Video(file, output.sha256, output.size_bytes, record.prompt.sha256, record.seed_shift),
        "",
    )


#: Files that are videos; a picture is no video of a run.
ENDINGS = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".webp", ".gif")


def _last(record: RunRecord) -> Output | None:
    videos = [output for output in record.outputs if _name(output).lower().endswith(ENDINGS)]
    return videos[-1] if videos else None


def _name(output: Output) -> str:
    return output.path.replace("\\", "/").rpartition("/")[2]


# --- comparing ---


def compare(
    benches: tuple[Measured, Measured],
    cells: tuple[MeasuredCell, MeasuredCell],
    limits: Mapping[str, float] | None = None,
) -> Picture:
    """The picture of a cell in two benches, the earlier one first."""
    if any(bench.simulated for bench in benches):
        return Picture(why=SIMULATED)
    for bench, cell in zip(benches, cells):
        if not cell.figures:
            return Picture(why=f"not measured {'now' if bench is benches[1] else 'before'}")
    before, now = (videos_of(bench, cell) for bench, cell in zip(benches, cells))
    for videos in (before, now):
        if not videos.found:
            return Picture(why=videos.why, how=videos.how)
    ours = {video.prompt_sha256: video for video in reversed(now.found)}
    pair = next(
        (
            (video, ours[video.prompt_sha256])
            for video in before.found
            if video.prompt_sha256 in ours
        ),
        None,
    )
    if pair is None:
        recipes = [cell.cohort.tables.get("recipe") for cell in cells]
        why = _SEED if recipes[0] == recipes[1] else _RECIPE
        return Picture(why=why, how=_HOW.get(why, ""))
    return _compared(*pair, limits or {})


def _compared(before: Video, now: Video, limits: Mapping[str, float]) -> Picture:
    from wan22dsl.run.measured import has_content

    for video in (before, now):
        if not video.file.is_file():
            return Picture(why=f"{video.file.as_posix()} is not there any more")
    if not has_content(before.file, before.size_bytes, before.sha256):
        return Picture(why=f"{before.file.as_posix()} is not the video that was accepted")
    try:
        from wan22dsl.quality import libraries

        libraries.look()
        from wan22dsl.quality import against

        found = against.videos(now.file, before.file)
    except (UnreadableFile, CommandError) as error:
        return Picture(why=str(error))
    files = before.file.as_posix(), now.file.as_posix()
    made = Picture(found.found, problem=found.problem, files=files)
    return made._replace(beyond=tuple(_beyond(made, limits)))


def _beyond(picture: Picture, limits: Mapping[str, float]) -> Iterator[str]:
    """The limits that a picture exceeds."""
    found = picture.found
    assert found is not None
    if not limits or found.same:
        return
    if picture.problem:
        yield picture.problem
        return
    if "psnr" in limits and found.psnr_db is not None and found.psnr_db < limits["psnr"]:
        yield f"PSNR {found.psnr_db:.1f} dB is below {limits['psnr']:g} dB"
    if "ssim" in limits and found.ssim is not None and found.ssim < limits["ssim"]:
        yield f"SSIM {found.ssim:.3f} is below {limits['ssim']:g}"
    if "delta_e" in limits and found.delta_e is not None and found.delta_e > limits["delta_e"]:
        yield f"the shift of colours, ΔE {found.delta_e:.1f}, is above {limits['delta_e']:g}"
