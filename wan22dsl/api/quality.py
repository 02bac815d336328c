"""Measurements of videos: what is broken, what is suspicious, and figures to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.quality.expected import DecodeTiles, ExpectedVideo
from wan22dsl.quality.measure import measure

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.quality.models import Quality

__all__ = ["DecodeTiles", "ExpectedVideo", "measure_quality"]

_NOTHING = ExpectedVideo()


def measure_quality(
    video: str | Path,
    *,
    image: str | Path | None = None,
    reference: str | Path | None = None,
    expected: ExpectedVideo = _NOTHING,
    tiles: DecodeTiles | None = None,
    simulated: bool = False,
) -> Quality:
    """Measures a video, an animated picture, or a folder of pictures; frames are read one by one.

        quality = measure_quality("clip.mp4", image="start.png", expected=ExpectedVideo(frames=81))
        print([finding.message for finding in quality.broken])

    `reference` is a video of the same seed and prompt, made with other software. Raises UnreadableFile, and
    CommandError where a library of the extra `quality` is missing.
    """
    return measure(
        video,
        image=image,
        reference=reference,
        expected=expected,
        tiles=tiles,
        simulated=simulated,
    )
