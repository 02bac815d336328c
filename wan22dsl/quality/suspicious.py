"""What may be wrong: each with its frames, and only what was found to separate good from bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wan22dsl.quality import limits
from wan22dsl.quality.figures import blending, flicker
from wan22dsl.quality.findings import finding, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.quality.expected import DecodeTiles
    from wan22dsl.quality.gathering import Gathered
    from wan22dsl.quality.models import AgainstImage, Figures, Finding
    from wan22dsl.quality.repeats import Repeats
    from wan22dsl.quality.shots import Shots


def picture(found: Gathered, shots: Shots, repeats: Repeats, values: Figures) -> Iterator[Finding]:
    """What can be seen."""
    yield from _cuts(found, shots)
    yield from _leaps(found, shots)
    yield from _single_repeats(found, repeats)
    yield from _blended(found, shots)
    yield from _blocks(values)
    yield from _noise(values)
    yield from _flicker(found, shots)


def first_frame(against: AgainstImage) -> Iterator[Finding]:
    """A first frame that is not the input image."""
    if against.likeness < limits.OTHER_PICTURE:
        yield finding(
            "other-first-frame",
            f"Frame 0 does not show the input image {against.image}.",
            "The first frame of an image-to-video clip is nearly the input image. Another one comes from the "
            "wrong image, from a wrong crop, or from a conditioning that lost the image.",
            "Check the image of the pipeline, how it is scaled, and the model: i2v, not t2v.",
            frames=[0],
            times_s=[0.0],
            value=against.likeness,
            limit=limits.OTHER_PICTURE,
        )


def seams_of(found: Gathered, tiles: DecodeTiles, width_px: int, height_px: int) -> float | None:
    """The largest robust z of a border of tiles among the mean gradients of columns and rows.

    Of each frame that is looked at; then the median over time, so that an edge that moves on does not count.
    """
    highest: list[float] = []
    for name, length in (("columns", width_px), ("rows", height_px)):
        at = [border - 1 for border in tiles.borders(length)]
        rows = [getattr(sample, name) for sample in found.samples]
        if not at or not rows:
            continue
        values = np.array(rows)
        middle = np.median(values, axis=1, keepdims=True)
        spread = 1.4826 * np.median(np.abs(values - middle), axis=1, keepdims=True)
        z = np.median((values - middle) / np.maximum(spread, 0.02), axis=0)
        highest += [float(z[max(border - 1, 0) : border + 2].max()) for border in at]
    return max(highest) if highest else None


def seams(value: float | None) -> Iterator[Finding]:
    """Borders of tiles that stand out."""
    if value is not None and value > limits.SEAMS:
        yield finding(
            "tile-seams",
            "Borders of the decode's tiles can be seen.",
            "Each tile is decoded by itself; with too little overlap they differ in brightness.",
            "Decode without tiles, or with larger tiles and more overlap.",
            value=value,
            limit=limits.SEAMS,
        )


def uneven(found: Gathered) -> Iterator[Finding]:
    """Frames that are shown for different times."""
    times = [time for time in found.times_s if time is not None]
    steps = np.diff(times)
    if len(steps) < 3 or len(times) < found.frames:
        return
    usual = float(np.quantile(steps, 0.5, method="lower"))
    odd = [
        at
        for at, step in enumerate(steps)
        if not usual / limits.UNEVEN < step < usual * limits.UNEVEN
    ]
    if odd:
        low, high = float(steps.min()), float(steps.max())
        yield finding(
            "uneven-times",
            f"Frames are shown for {low * 1000:.0f} to {high * 1000:.0f} ms: {in_words(odd)}.",
            "Wan makes frames at one rate; uneven times look like judder.",
            "Save with a fixed rate, and check what wrote the file.",
            frames=odd,
            times_s=found.times_s,
        )


def _cuts(found: Gathered, shots: Shots) -> Iterator[Finding]:
    if shots.cuts:
        yield finding(
            "cut",
            f"The scene changes at {in_words(shots.cuts)}.",
            "Wan makes one shot at a time. A cut comes from joined clips, or from a model that changed the "
            "scene; figures are measured within shots.",
            "If you joined clips there, this is fine. Else try another seed, or fewer frames.",
            frames=shots.cuts,
            times_s=found.times_s,
        )


def _leaps(found: Gathered, shots: Shots) -> Iterator[Finding]:
    if shots.leaps:
        yield finding(
            "leap",
            f"The scene leaps at {in_words(shots.leaps)}.",
            "Everything is suddenly elsewhere: frames are missing, or clips were joined without overlap.",
            "Check trimming and joining; a clip that goes on begins with the last frame of the one before.",
            frames=shots.leaps,
            times_s=found.times_s,
            value=max(found.difference[number] for number in shots.leaps),
        )


def _single_repeats(found: Gathered, repeats: Repeats) -> Iterator[Finding]:
    """Repeats that are neither long nor in a rhythm."""
    if len(repeats.single) >= max(2, limits.REPEATS_SHARE * found.frames):
        yield finding(
            "repeated-frames",
            f"{len(repeats.single)} frames repeat the one before: {in_words(repeats.single)}.",
            "In a still moment this is normal. Within motion it is a stutter.",
            "Look at these frames; check the rate at which the video is saved.",
            frames=repeats.single,
            times_s=found.times_s,
        )


def _blended(found: Gathered, shots: Shots) -> Iterator[Finding]:
    blended = blending(found, shots) if found.has_flow else None
    if blended is None or blended.original <= limits.ORIGINAL:
        return
    if blended.inserted < limits.BLENDED and blended.follows < limits.FOLLOWS:
        yield finding(
            "blended-frames",
            f"Inserted frames (x{blended.times}) are averages of their neighbours.",
            "An interpolation that only averages shows things twice where they move.",
            "Interpolate with RIFE or FILM, not with a blend.",
            value=blended.inserted,
            limit=limits.BLENDED,
        )


def _blocks(values: Figures) -> Iterator[Finding]:
    if values.blocks is not None and values.blocks > limits.BLOCKS:
        yield finding(
            "blocks",
            "The pictures have edges on a grid of 8x8 pixels.",
            "Hard compression makes them: of this file, or of the input image or video, which Wan keeps.",
            "Use an input with less compression, and save with a lower crf.",
            value=values.blocks,
            limit=limits.BLOCKS,
        )


def _noise(values: Figures) -> Iterator[Finding]:
    if values.flat_noise is not None and values.flat_noise > limits.NOISE:
        yield finding(
            "noise",
            "Every frame has noise of its own, also where nothing is.",
            "Wan's pictures are clean. Noise is left by too few steps, by a split whose second pass starts "
            "too late, by a LoRA for few steps that is missing, or it is grain that a stage adds.",
            "Check the steps of both passes, their LoRAs, and stages that add grain or sharpen.",
            value=values.flat_noise,
            limit=limits.NOISE,
        )


def _flicker(found: Gathered, shots: Shots) -> Iterator[Finding]:
    values = flicker(found, shots)
    if len(values) < 3:
        return
    median = float(np.median(values))
    if median > limits.FLICKER:
        yield finding(
            "flicker",
            f"The brightness flickers, by {median:.1f} levels from frame to frame.",
            "Light that changes with every frame comes from colour matching frame by frame, from an upscaler "
            "that treats frames alone, or from an unstable model.",
            "Match colours once for the whole clip; try the video without the stages behind the last pass.",
            value=median,
            limit=limits.FLICKER,
        )
