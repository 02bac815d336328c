"""What is broken: black, one colour, frozen, doubled, plain noise, damaged, other than expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wan22dsl.quality import limits
from wan22dsl.quality.findings import finding, in_words, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.quality.expected import ExpectedVideo
    from wan22dsl.quality.gathering import Gathered
    from wan22dsl.quality.models import Finding
    from wan22dsl.quality.reading.clip import Clip
    from wan22dsl.quality.repeats import Repeats


def not_as_expected(clip: Clip, found: Gathered, expected: ExpectedVideo) -> Iterator[Finding]:
    """Another number of frames, size or rate than was asked for, and a file that is not whole."""
    facts, damage = clip.facts, clip.damage
    if damage is not None:
        of = f" of {damage.expected}" if damage.expected else ""
        yield finding(
            "damaged",
            f"The file is damaged behind frame {found.frames - 1}{of and f' ({found.frames}{of} frames)'}: "
            f"{damage.reason}.",
            "A run that was stopped, a full disk or a download that broke off leaves such a file.",
            "Fetch the file again (wan runs fetch), or run again.",
        )
    if expected.frames is not None and expected.frames != found.frames and found.is_whole:
        yield finding(
            "wrong-frames",
            f"It has {found.frames} frames, not {expected.frames}.",
            "Wan makes 4n + 1 frames; interpolation, trimming and joining of clips change the number.",
            "Check length, and the stages behind the last pass.",
            value=found.frames,
            limit=expected.frames,
        )
    if expected.size is not None and expected.size != (facts.width_px, facts.height_px):
        width, height = expected.size
        yield finding(
            "wrong-size",
            f"It is {facts.width_px}x{facts.height_px}, not {width}x{height}.",
            "Wan rounds sizes to 16 pixels; scaling, cropping and some codecs change them.",
            "Check size, and the stages behind the last pass.",
        )
    if expected.fps is not None and facts.fps is not None:
        if abs(expected.fps - facts.fps) > limits.SAME_FPS * expected.fps:
            yield finding(
                "wrong-fps",
                f"It has {facts.fps:g} frames a second, not {expected.fps:g}.",
                "The motion is then too fast or too slow: Wan 2.2 14B makes 16 frames a second, and an "
                "interpolation multiplies them.",
                "Check fps of the stage that saves.",
                value=facts.fps,
                limit=expected.fps,
            )


def picture(found: Gathered, repeats: Repeats) -> Iterator[Finding]:
    """What can be seen."""
    black, flat = empty(found)
    yield from _black(found, black)
    yield from _flat(found, flat)
    if found.frames - len(black) - len(flat) < 2:
        return
    noisy = list(_noise(found))
    yield from noisy or _repeats(found, repeats)


def empty(found: Gathered) -> tuple[list[int], list[int]]:
    """Frames that show nothing: black ones, and others of one colour."""
    black, flat = list[int](), list[int]()
    for number in range(found.frames):
        luma, contrast = found.luma[number], found.contrast[number]
        if luma < limits.BLACK_LUMA and contrast < limits.BLACK_CONTRAST:
            black.append(number)
        elif found.flat[number]:
            flat.append(number)
    return black, flat


def _fades(found: Gathered, first: int, last: int) -> bool:
    """Whether black frames at an end of the video come of a fade: the picture next to them is dark too."""
    if first > 0 and last < found.frames - 1:
        return False
    near = found.luma[last + 1] if first == 0 else found.luma[first - 1]
    return near < limits.FADE_LUMA


def _black(found: Gathered, black: list[int]) -> Iterator[Finding]:
    if not black:
        return
    if len(black) == found.frames:
        yield finding(
            "black",
            "The video is black.",
            "NaN in the sampler or the VAE gives black. Known causes: sage attention on a card that it does "
            "not fit, fp16 of a VAE or of a model that needs bf16, and a broken model file.",
            "Run once without --use-sage-attention and --fast; look for `Error running sage attention` and "
            "`invalid value encountered in cast` in the log.",
            frames=black,
            times_s=found.times_s,
        )
        return
    sudden = [
        number
        for first, last in runs(black)
        if not _fades(found, first, last)
        for number in range(first, last + 1)
    ]
    if sudden:
        yield finding(
            "black-frames",
            f"Black frames within the video: {in_words(sudden)}.",
            "Single black frames come from NaN in a part of the decode, or from joining clips.",
            "Decode again without tiles, or with another attention; check how clips are joined.",
            frames=sudden,
            times_s=found.times_s,
        )


def _flat(found: Gathered, flat: list[int]) -> Iterator[Finding]:
    if not flat:
        return
    whole = len(flat) == found.frames
    luma = float(np.mean([found.luma[number] for number in flat]))
    what = "The video has" if whole else f"{in_words(flat).capitalize()} {_have(flat)}"
    yield finding(
        "one-colour" if whole else "one-colour-frames",
        f"{what} one flat colour (luma {luma:.0f}).",
        "A decode of NaN or of an empty latent gives one colour: black, grey, brown or green.",
        "Check that the VAE is the one of the model (Wan 2.1 VAE for 14B, Wan 2.2 VAE for 5B), and run once "
        "without --use-sage-attention and --fast.",
        frames=flat,
        times_s=found.times_s,
        value=luma,
    )


def _have(frames: list[int]) -> str:
    return "has" if len(frames) == 1 else "have"


def _noise(found: Gathered) -> Iterator[Finding]:
    """Pictures without any shape, which no motion connects; or with little, and nothing stays in them."""
    lasting = [value for value in found.lasting if not np.isnan(value)]
    stays = float(np.median(lasting)) if lasting else 1.0
    noisy = [
        sample.frame
        for sample in found.samples
        if sample.contrast > limits.NOISE_CONTRAST
        and (
            (sample.structure < limits.NOISE_STRUCTURE and _is_unexplained(found, sample.frame))
            or (sample.structure < limits.LITTLE_STRUCTURE and stays < limits.LASTING)
        )
    ]
    if noisy and len(noisy) >= limits.NOISE_SHARE * len(found.samples):
        yield finding(
            "plain-noise",
            f"The video is noise: no shapes in {in_words(noisy)} (every fifth frame is looked at).",
            "A split whose second pass does not start where the first ends leaves noise, and so do a LoRA "
            "for few steps that is missing, and sage attention with fp8 above some 150,000 tokens.",
            "Check steps, start and end of both passes (wan lint), the LoRAs of both experts, and run once "
            "without sage attention.",
            frames=noisy,
            times_s=found.times_s,
            value=float(np.median([each.structure for each in found.samples])),
            limit=limits.NOISE_STRUCTURE,
        )


def _is_unexplained(found: Gathered, number: int) -> bool:
    """Whether what changes is large for the contrast of the frame, also after motion is taken out."""
    at = number if number > 0 else 1
    if at >= found.frames or not found.has_flow:
        return False
    return found.warp_error[at] > limits.NOISE_UNEXPLAINED * found.contrast[number]


def _repeats(found: Gathered, repeats: Repeats) -> Iterator[Finding]:
    if repeats.frozen:
        share = len(repeats.frames) / (found.frames - 1)
        yield finding(
            "frozen",
            f"The video does not move: {len(repeats.frames)} of {found.frames - 1} frames repeat "
            "the one before.",
            "Such a video comes from length 1, from one image that is repeated, and from a model that "
            "got too few steps or a negative prompt that forbids motion.",
            "Check length and the input of the stage that saves.",
            frames=repeats.frames,
            times_s=found.times_s,
            value=share,
            limit=limits.FROZEN_SHARE,
        )
    if repeats.still:
        yield finding(
            "frozen-part",
            f"The video does not move in {in_words(repeats.still)}.",
            "Frames that are repeated to fill a length, or clips that are joined with a gap, do not move.",
            "Check length, trimming and joining behind the last pass.",
            frames=repeats.still,
            times_s=found.times_s,
        )
    if repeats.period is not None:
        yield finding(
            "doubled-frames",
            f"Every {_ordinal(repeats.period)} frame repeats the one before: {in_words(repeats.periodic)}.",
            "A video that is saved at a higher rate than it was made for repeats frames, and stutters.",
            "Save at the rate of the model (16 for 14B, 24 for 5B) times that of the interpolation.",
            frames=repeats.periodic,
            times_s=found.times_s,
            value=len(repeats.periodic),
        )


def _ordinal(number: int) -> str:
    words = {
        2: "second",
        3: "third",
        4: "fourth",
        5: "fifth",
        6: "sixth",
        7: "seventh",
        8: "eighth",
    }
    return words.get(number, f"{number}th")
