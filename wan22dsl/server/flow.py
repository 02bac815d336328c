"""What runs along a link of a simulated prompt: no pixels, only what later nodes and the clock need."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from wan22dsl.tuples import NamedTuple


class Model(NamedTuple):
    """A diffusion model, text encoder or VAE: its file, its size, and what was put upon it.

    `channels` is how many channels its input has, 0 where that is not known; `by_sage` tells that it computes
    with SageAttention.
    """

    file: str
    size_bytes: int
    channels: int = 0
    loras: tuple[str, ...] = ()
    lora_bytes: int = 0
    by_sage: bool = False


class Flow(NamedTuple):
    """An output's value. `digest` is equal for equal work: it stands for the pixels there are not.

    `steps` is what a schedule of sigmas has, `channels` how many channels a latent has, or a model
    that takes a conditioning (0: not known), `constant` the value itself where it is a number or a text.
    """

    type: str
    digest: str = ""
    width_px: int = 0
    height_px: int = 0
    frames: int = 0
    batch: int = 1
    fps: float = 0.0
    steps: int | None = None
    channels: int = 0
    constant: Any = None
    model: Model | None = None

    def of(self, type_name: str, digest: str, **changes: Any) -> Flow:
        """The same picture or clip in another form."""
        return self._replace(type=type_name, digest=digest, **changes)


def digest_of(*parts: Any) -> str:
    """A short name for a piece of work, the same for the same work on every machine."""
    text = json.dumps(parts, sort_keys=True, default=_plain, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _plain(value: Any) -> Any:
    return value.digest if isinstance(value, Flow) else repr(value)
