"""A latent as a safetensors file: a header with its shape and what a later prompt needs to know, and zeros.

ComfyUI: nodes.py, SaveLatent.
"""

from __future__ import annotations

import json
from math import prod
from struct import pack
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.latents_saved import CELLS_PX
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_FLOAT_BYTES = 4

#: A larger latent is not written whole: the file then has one number, and its shape says so.
MOST_BYTES = 64 * 1024**2


class Shape(NamedTuple):
    """Size and number of the frames that a latent decodes to, and of clips.

    `channels` are 16 for the 14B models' VAE, 48 for the 5B model's.
    """

    width_px: int
    height_px: int
    frames: int
    clips: int
    channels: int = 16

    @property
    def cells(self) -> list[int]:
        """Clips, channels, steps in time, height and width of the tensor."""
        cell_px = CELLS_PX[self.channels]
        height, width = -(-self.height_px // cell_px), -(-self.width_px // cell_px)
        return [self.clips, self.channels, (self.frames - 1) // 4 + 1, height, width]


def latent(shape: Shape, metadata: Mapping[str, str]) -> bytes:
    """The bytes of the file."""
    cells = shape.cells
    if min(cells) < 1 or prod(cells) * _FLOAT_BYTES > MOST_BYTES:
        cells = [1]
    size_bytes = prod(cells) * _FLOAT_BYTES
    header = {
        "__metadata__": dict(metadata),
        "latent_format_version_0": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]},
        "latent_tensor": {"dtype": "F32", "shape": cells, "data_offsets": [0, size_bytes]},
    }
    text = json.dumps(header, ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    return pack("<Q", len(text)) + text + bytes(size_bytes)
