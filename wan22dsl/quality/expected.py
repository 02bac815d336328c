"""What a video should be, and how it was decoded."""

from __future__ import annotations

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple


class ExpectedVideo(NamedTuple):
    """What was asked for; None for what is not known."""

    frames: int | None = None
    fps: float | None = None
    size: tuple[int, int] | None = None


class DecodeTiles(NamedTuple):
    """DecodeTiles of a decode, in pixels, as VAEDecodeTiled has them."""

    size_px: int
    overlap_px: int = 64

    def borders(self, length_px: int) -> list[int]:
        """Where tiles begin and end along a side, without its own ends.

        ComfyUI, comfy/utils.py, tiled_scale_multidim: tiles begin at multiples of size less overlap.
        """
        step = self.size_px - self.overlap_px
        starts = [
            max(0, min(length_px - self.overlap_px, at))
            for at in range(0, max(length_px - self.overlap_px, 1), step)
        ]
        ends = [min(start + self.size_px, length_px) for start in starts]
        return sorted({at for at in (*starts, *ends) if 0 < at < length_px})


def checked(tiles: DecodeTiles) -> DecodeTiles:
    """DecodeTiles that can be. Raises CommandError."""
    if tiles.size_px < 16 or not 0 <= tiles.overlap_px < tiles.size_px:
        raise CommandError(
            f"tiles of {tiles.size_px} pixels cannot overlap by {tiles.overlap_px}: give the tile size "
            "and a smaller overlap, such as 512/64"
        )
    return tiles
