"""A clip that is read frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.errors import UnreadableFile
from wan22dsl.quality.limits import MOST_PIXELS
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Frame(NamedTuple):
    """A frame: an array of height, width, and red, green and blue of 8 bits. `time_s` is when it is shown."""

    pixels: Any
    time_s: float | None


class Facts(NamedTuple):
    """What is known before the first frame.

    `is_drawing` tells that the simulated server has drawn it. `palette` tells of a format with 256 colours,
    whose dots are not noise of the video.
    """

    name: str
    width_px: int
    height_px: int
    fps: float | None
    codec: str
    is_drawing: bool = False
    palette: bool = False


class Damage(NamedTuple):
    """Why a clip ended before its end. `expected` is the number of frames that its head names."""

    reason: str
    expected: int | None = None


class Clip:
    """Facts, and frames that can be gone through again and again.

    `read` gives the frames; it puts what was wrong with them into the list that it gets.
    """

    def __init__(self, facts: Facts, read: Callable[[list[Damage]], Iterator[Frame]]) -> None:
        self.facts = facts
        self._read = read
        self._damage: list[Damage] = []

    def frames(self) -> Iterator[Frame]:
        """All frames. Raises UnreadableFile."""
        self._damage.clear()
        return self._read(self._damage)

    @property
    def damage(self) -> Damage | None:
        """Why the frames ended before their end, once they have."""
        return self._damage[0] if self._damage else None


def checked_size(shown: str, width_px: int, height_px: int) -> tuple[int, int]:
    """A size that fits into memory. Raises UnreadableFile."""
    if width_px < 1 or height_px < 1:
        raise UnreadableFile(shown, "names no size of its picture")
    if width_px * height_px > MOST_PIXELS:
        raise UnreadableFile(
            shown, f"is too large to measure: {width_px}x{height_px}; at most 8K (7680x4320)"
        )
    return width_px, height_px
