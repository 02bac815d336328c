"""What a job hands on to another: the last frame of its video, the video itself, or a latent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wan22dsl.run.models.record import RunRecord

_VIDEOS = (".mp4", ".webm", ".mkv", ".mov", ".gif", ".webp")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def handed(folder: Path, record: RunRecord, take: str, write: Callable[[str, bytes], Path]) -> Path:
    """The file that a run hands on; it is in the folder of the batch, where `write` puts one that is made.

    Raises CommandError, UnreadableFile where the run has nothing of that kind.
    """
    files = [_here(folder, output.path) for output in record.outputs]
    if take == "latent":
        return _last(
            files, (".latent",), record, "saves no latent: end its flow with `save_latent`"
        )
    if take == "video":
        return _last(files, _VIDEOS, record, "has no video")
    videos = [file for file in files if file.suffix.lower() in _VIDEOS and file.suffix != ".webp"]
    if not videos:
        return _last(files, _PICTURES, record, "has no video and no picture")
    from wan22dsl.formats.last_frame import png_of

    name = f"{videos[-1].stem}-last.png"
    made = folder / name
    return made if made.exists() else write(name, png_of(videos[-1]))


def _here(folder: Path, path: str) -> Path:
    """An output, in the folder of the batch wherever that is now."""
    return folder / path.replace("\\", "/").rpartition("/")[2]


def _last(files: Sequence[Path], kinds: Sequence[str], record: RunRecord, why: str) -> Path:
    found = [file for file in files if file.suffix.lower() in kinds]
    if not found:
        raise CommandError(f"the run {record.id} {why}")
    return found[-1]
