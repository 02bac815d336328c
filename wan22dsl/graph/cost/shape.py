"""The clip that something works on."""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """A clip, or the latent of one. Sizes are those of its frames; `batch` is how many such there are."""

    width_px: int
    height_px: int
    frames: int
    batch: int = 1
