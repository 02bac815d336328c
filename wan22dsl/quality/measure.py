"""The entry: a video is read once, and what was gathered is judged."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from wan22dsl.quality import libraries
from wan22dsl.quality.expected import DecodeTiles, ExpectedVideo, checked
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.quality.against import Comparison
    from wan22dsl.quality.gathering import Gathered
    from wan22dsl.quality.models import Figures, Finding, NotMeasured, Quality
    from wan22dsl.quality.reading.clip import Clip
    from wan22dsl.quality.repeats import Repeats
    from wan22dsl.quality.shots import Shots

_NOTHING = ExpectedVideo()


def measure(
    video: str | Path,
    *,
    image: str | Path | None = None,
    reference: str | Path | None = None,
    expected: ExpectedVideo = _NOTHING,
    tiles: DecodeTiles | None = None,
    simulated: bool = False,
) -> Quality:
    """Measures a video: an MP4, WebM, MKV, MOV or AVI, an animated picture, or a folder of pictures.

    `image` is the image that the first frame should show; `reference` one of the same seed and prompt, made
    with other software; `tiles` those of the decode. Frames are read one by one and not kept. A video of the
    simulated server (`simulated`, or where the file says so) is measured but not judged.

    Raises UnreadableFile for what cannot be read, and CommandError where a library is missing.
    """
    libraries.look()
    from wan22dsl.quality.reading import open_clip

    clip = open_clip(video, fps=expected.fps)
    other = open_clip(reference, fps=expected.fps) if reference is not None else None
    pixels = _first(image) if image is not None else None
    work = _Work(clip, expected, checked(tiles) if tiles is not None else None, simulated)
    return work.quality(other, pixels)


class _Image(NamedTuple):
    name: str
    pixels: Any


def is_video(path: str | Path) -> bool:
    """Whether a file is a video or an animated picture. Raises UnreadableFile, and CommandError."""
    libraries.look()
    from wan22dsl.quality.reading import ENDINGS, open_clip

    return str(path).lower().endswith(ENDINGS) and open_clip(path).facts.fps is not None


def _first(image: str | Path) -> _Image:
    """The first frame of an image, or of a video."""
    from wan22dsl.quality.reading import open_clip

    clip = open_clip(image)
    frames = clip.frames()
    pixels = next(frames).pixels
    del frames
    return _Image(clip.facts.name, pixels)


class _Work:
    """One video."""

    def __init__(
        self, clip: Clip, expected: ExpectedVideo, tiles: DecodeTiles | None, simulated: bool
    ) -> None:
        self._clip, self._expected, self._tiles = clip, expected, tiles
        self._is_drawing = simulated or clip.facts.is_drawing

    def quality(self, reference: Clip | None, image: _Image | None) -> Quality:
        """All of it."""
        from wan22dsl.quality import against, broken, figures, gathering, repeats, shots, suspicious
        from wan22dsl.quality.findings import spans
        from wan22dsl.quality.models import Quality

        clip, facts = self._clip, self._clip.facts
        found = gathering.gather(clip.frames(), borders=self._tiles is not None)
        cut = shots.find(found)
        seams = None
        if self._tiles is not None:
            seams = suspicious.seams_of(found, self._tiles, facts.width_px, facts.height_px)
        values = figures.figures(found, cut, seams=seams)
        wrong = list(broken.not_as_expected(clip, found, self._expected))
        may_be: list[Finding] = []
        if not self._is_drawing:
            again = repeats.find(found, cut, set(chain(*broken.empty(found))), facts.fps)
            wrong += broken.picture(found, again)
            may_be += self._suspicious(found, cut, again, values, wrong)
        to_image = against.image(*image, found.first) if image is not None else None
        if to_image is not None and not self._is_drawing:
            may_be += suspicious.first_frame(to_image)
        comparison, to_reference = None, None
        if reference is not None:
            comparison = against.Comparison()
            comparison.compare(clip, reference)
            theirs = gathering.gather(reference.frames())
            of_other = figures.figures(theirs, shots.find(theirs))
            to_reference = comparison.result(reference.facts.name, values, of_other)
        return Quality(
            video=facts.name,
            frames=found.frames,
            size=(facts.width_px, facts.height_px),
            fps=facts.fps,
            codec=facts.codec,
            shots=spans(cut.spans, found.times_s),
            simulated=self._is_drawing,
            broken=tuple(wrong),
            suspicious=tuple(may_be),
            figures=values,
            against_image=to_image,
            against_reference=to_reference,
            not_measured=tuple(self._not_measured(found, values, comparison)),
        )

    def _suspicious(
        self, found: Gathered, cut: Shots, again: Repeats, values: Figures, wrong: list[Finding]
    ) -> list[Finding]:
        """Nothing more is said of a picture that is not there."""
        from wan22dsl.quality import suspicious

        if {each.name for each in wrong} & {"black", "one-colour", "plain-noise"}:
            return []
        may_be = [*suspicious.uneven(found), *suspicious.picture(found, cut, again, values)]
        may_be += suspicious.seams(values.seams)
        if self._clip.facts.palette:  # 256 colours are mixed of dots
            may_be = [each for each in may_be if each.name not in ("noise", "blocks")]
        return may_be

    def _not_measured(
        self, found: Gathered, values: Figures, comparison: Comparison | None
    ) -> list[NotMeasured]:
        from wan22dsl.quality import limits
        from wan22dsl.quality.models import NotMeasured

        facts = self._clip.facts
        why: list[tuple[str, str]] = []
        if self._is_drawing:
            why.append(("broken and suspicious pictures", "the video is a drawing of a simulation"))
        if not found.is_whole:
            why.append(("later frames", f"only the first {limits.MOST_FRAMES} are measured"))
        if found.frames < 2:
            why.append(("motion", "there is only one frame"))
        elif not found.has_flow:
            why.append(("motion and smoothness", "the video is smaller than 32 pixels"))
        elif found.frames < limits.LEAST_FRAMES:
            why.append(("blending, judder and drift", f"there are only {found.frames} frames"))
        if facts.palette:
            why.append(("added noise and blocks", "its 256 colours are mixed of dots"))
        if facts.fps is None and found.frames > 1:
            why.append(("rate", "the pictures have no times"))
        if self._tiles is None:
            why.append(("seams of tiles", "no tiles were named"))
        if comparison is not None and comparison.problem:
            why.append(("PSNR and SSIM", comparison.problem))
        return [NotMeasured(what=what, reason=reason) for what, reason in why]
