"""Size and frames of a latent that SaveLatent has written, from the head of its file.

safetensors: eight bytes with the length of the header, and the header, JSON. ComfyUI: nodes.py, SaveLatent
writes `latent_tensor`; comfy/latent_formats.py, Wan21 has 16 channels and cells of 8 pixels, Wan22 has 48 and
16. Both have one latent step for the first frame and one for every four frames behind it.
"""

from __future__ import annotations

import json
import stat
from functools import lru_cache
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.errors import UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

#: Channels of a latent → pixels of a frame for each of its cells.
CELLS_PX = {16: 8, 48: 16}

#: The prompt and the workflow are in the header too; a longer one is damaged.
_MOST_HEADER_BYTES = 64 * 1024**2

#: No latent has more cells in one direction.
_MOST_CELLS = 100_000


class Latent(NamedTuple):
    """What a file says of its latent. `problem` is what is wrong with it; empty where nothing is known.

    `channels` is how many it has; 0 where that is not known.
    """

    facts: Facts = NOTHING_KNOWN
    problem: str = ""
    channels: int = 0


def latent_in(file: Path) -> Latent:
    """Frames, size and number of clips of a latent of a video; what the file does not tell is not known."""
    try:
        status = file.stat()
    except (OSError, ValueError):
        return Latent()
    if not stat.S_ISREG(status.st_mode):
        return Latent()
    return _read(file, status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=64)
def _read(file: Path, changed_ns: int, size_bytes: int, inode: int) -> Latent:
    if size_bytes == 0:
        return Latent(problem="it is empty")
    try:
        with disk.opened(str(file)) as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 0 < length <= min(size_bytes - 8, _MOST_HEADER_BYTES):
                return Latent(problem=_NO_HEADER)
            header = json.loads(stream.read(length))
    except UnreadableFile as error:
        return Latent(problem=f"it {error.reason}")
    except (ValueError, RecursionError, MemoryError):
        return Latent(problem=_NO_HEADER)
    tensor = header.get("latent_tensor") if isinstance(header, dict) else None
    if not isinstance(tensor, dict):
        return Latent(problem="it has no `latent_tensor`, which SaveLatent writes")
    return _of_shape(tensor.get("shape"))


_NO_HEADER = "it does not start with the header of a safetensors file"


def _of_shape(shape: object) -> Latent:
    """The latent in a tensor of clips, channels, steps in time, height and width."""
    if not isinstance(shape, list) or len(shape) != 5:
        return Latent()
    if not all(type(item) is int and 0 < item <= _MOST_CELLS for item in shape):
        return Latent()
    clips, channels, steps, height, width = shape
    cell_px = CELLS_PX.get(channels)
    facts = Facts(
        frames=4 * (steps - 1) + 1 if cell_px else None,
        width=width * cell_px if cell_px else None,
        height=height * cell_px if cell_px else None,
        clips=clips,
    )
    return Latent(facts, channels=channels)
