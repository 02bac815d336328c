"""What a model file can be, as data: kind, family, shapes, and the evidence for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.model_files.header import Tensor

MODEL = "diffusion model"
LORA = "LoRA"
VAE = "VAE"
TEXT_ENCODER = "text encoder"
CLIP_VISION = "CLIP Vision model"
AUDIO_ENCODER = "audio encoder"
CHECKPOINT = "checkpoint"
UNKNOWN = "unknown"

#: The width of the layers of each size of Wan's models.
WIDTHS = {5120: "14B", 3072: "5B", 1536: "1.3B"}


class Identity(NamedTuple):
    """What a file is. None and empty: the header does not tell.

    `families` are all that the header fits, `family` the only one. `noise` is "high" or "low", from the
    metadata alone. `channels` are those that a diffusion model takes in, `latent_channels` those of the
    latent of a diffusion model or VAE. `rank` is that of most layers of a LoRA, `ranks` the smallest and the
    largest. `loads` tells that ComfyUI's own loaders can read it. `evidence` is what it follows from,
    `unknown` what the header leaves open; both are for people.
    """

    kind: str
    family: str | None = None
    families: tuple[str, ...] = ()
    generation: str | None = None
    noise: str | None = None
    width: int | None = None
    channels: int | None = None
    latent_channels: int | None = None
    rank: int | None = None
    ranks: tuple[int, int] | None = None
    dtype: str | None = None
    quantised: str | None = None
    format: str = ""
    loads: bool | None = None
    evidence: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def size(self) -> str | None:
        """The size of the model, or of the models that a LoRA fits: "14B", "5B" or "1.3B"."""
        return None if self.width is None else WIDTHS.get(self.width)

    def words(self) -> str:
        """What it is, in a few words: `LoRA for 14B models, rank 64, bf16`."""
        return _words(self)


def _words(identity: Identity) -> str:
    parts = []
    if identity.kind == LORA:
        said = identity.family or " or ".join(identity.families[:2])
        if not said and identity.size:
            said = f"{identity.size} models"
        parts.append(f"LoRA for {said}" if said else "LoRA")
        if identity.ranks is not None:
            parts.append(f"rank {identity.ranks[0]} to {identity.ranks[1]}")
        elif identity.rank is not None:
            parts.append(f"rank {identity.rank}")
    elif identity.kind in (MODEL, CHECKPOINT):
        said = " or ".join(identity.families[:2]) or "unknown family"
        parts.append(f"{identity.kind}, {said}")
    elif identity.kind == UNKNOWN:
        return identity.unknown[0] if identity.unknown else "unknown"
    else:
        parts.append(f"{identity.kind} {identity.family}" if identity.family else identity.kind)
    if identity.noise:
        parts.append(f"{identity.noise} noise")
    number = identity.quantised or identity.dtype
    if number:
        parts.append(number)
    return ", ".join(parts)


def length_of(tensors: Mapping[str, Tensor], name: str, dimension: int) -> int | None:
    """The length of a tensor in one dimension; None where it has no such."""
    tensor = tensors.get(name)
    if tensor is None or not -len(tensor.shape) <= dimension < len(tensor.shape):
        return None
    return tensor.shape[dimension]
