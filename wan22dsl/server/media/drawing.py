"""The frames of a simulated clip: `SIMULATED` on a plain colour, the frame's number, and a growing bar."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = "SIMULATED"

#: Red, green and blue of the letters.
LETTERS = (245, 245, 245)

#: No text is drawn smaller than this, whatever the size of the picture.
_LEAST_FONT_PX = 6


class Clip(NamedTuple):
    """What is drawn. `digest` decides the colour, so that other work looks different."""

    width_px: int
    height_px: int
    frames: int
    fps: float
    digest: str

    @property
    def colour(self) -> tuple[int, int, int]:
        """Red, green and blue of the ground: dark enough for light letters."""
        seed = int(self.digest[:6] or "0", 16)
        red, green, blue = ((seed >> shift & 255) // 3 + 30 for shift in (16, 8, 0))
        return red, green, blue


class Drawing:
    """The frames of a clip as Pillow's images of mode `L`: 0 is the ground, 255 a letter.

    Each frame is drawn when it is asked for, and a drawing can be gone through more than once. With
    `period_frames` the frames repeat after so many, and show how many there are instead of their number.
    """

    def __init__(self, clip: Clip, period_frames: int = 0) -> None:
        self._clip = clip
        self._period_frames = period_frames

    def __iter__(self) -> Iterator[Any]:
        return map(self.frame, range(self._clip.frames))

    def frame(self, number: int) -> Any:
        """One frame, counted from zero. No two frames in a row are equal, which Pillow would merge."""
        from PIL import ImageDraw

        clip = self._clip
        image = self._still.copy()
        bar_px = max(1, clip.height_px // 40)
        width, height = clip.width_px, clip.height_px
        if self._period_frames:
            count, whole, text = (
                number % self._period_frames + 1,
                self._period_frames,
                f"{clip.frames}",
            )
        else:
            count, whole = number + 1, clip.frames
            text = f"{count:>{len(str(whole))}}/{whole}"
        ImageDraw.Draw(image).text(
            (bar_px, height - 2 * bar_px), text, fill=255, font=self._small, anchor="ls"
        )
        until = width * count // whole
        image.paste(180, (0, height - bar_px, until, height))
        image.paste(255 * (number % 2), (0, height - bar_px, bar_px, height))
        return image

    @cached_property
    def _still(self) -> Any:
        """What all frames have in common."""
        from PIL import Image, ImageDraw

        width, height = self._clip.width_px, self._clip.height_px
        image = Image.new("L", (width, height))
        font = _font(min(width // 8, height // 3))
        ImageDraw.Draw(image).text(
            (width // 2, height // 2), WORD, fill=255, font=font, anchor="mm"
        )
        return image

    @cached_property
    def _small(self) -> Any:
        return _font(min(self._clip.width_px // 16, self._clip.height_px // 8))


def _font(size_px: int) -> Any:
    """The font that Pillow brings, so that no font of the machine is needed."""
    from PIL import ImageFont

    return ImageFont.load_default(max(size_px, _LEAST_FONT_PX))
