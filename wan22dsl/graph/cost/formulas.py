"""How long the work of a Wan pipeline takes on a card, in seconds of the real clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wan22dsl.graph.cost.cards import MIB
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.cost.cards import Card


class Shape(NamedTuple):
    """A clip, or the latent of one. Sizes are those of its frames; `batch` is how many such there are."""

    width_px: int
    height_px: int
    frames: int
    batch: int = 1


class Clip(Protocol):
    """Frames, or the latent of them: sizes are those of the frames."""

    @property
    def width_px(self) -> int: ...
    @property
    def height_px(self) -> int: ...
    @property
    def frames(self) -> int: ...
    @property
    def batch(self) -> int: ...


LINEAR_FLOP = 23.91e9
ATTENTION_FLOP = 819_200.0
CROSS_ATTENTION_FLOP = 0.419e9

#: How much faster a forward is with fp8 arithmetic and SageAttention 2: 13.2 s against 8.25 s at
#: 1280x720x81, 4.1 s against 2.33 s at 832x480x81, H100 against H200 (LightX2V).
SAGE_SPEEDUP = 1.65

#: What the 5B model costs by the 14B: its share in parameters.
SHARE_5B = 5 / 14

#: Seconds on a card of 275 effective TFLOPS, the RTX 5090: what is left of 146 s for 832x1216x81 when
#: four steps of 32.5 s are taken off, shared out between what there is to do. A guess in its parts.
_DECODE_S_PER_MEGAPIXEL = 0.10
_ENCODE_S_PER_MEGAPIXEL = 0.03
#: FILM takes .75 to 1 s for a pair of frames at 832x1216 (fishmongr/ComfyUI); RIFE about 10 s for 81.
_FILM_S_PER_MEGAPIXEL = 0.87
_RIFE_S_PER_MEGAPIXEL = 0.12
#: A guess: an upscaler of the usual kind, by the pixels that go in.
_UPSCALE_S_PER_MEGAPIXEL = 0.25
_REFERENCE_TFLOPS = 275.0

TEXT_ENCODE_S = 0.5
#: What is left of whole jobs on an RTX 5090, and of the 20 s beside the steps on a 4090D, by two passes.
_READY_S = 4.0
#: Samplers that call the model twice for a step (k-diffusion; two stages in RES4LYF).
TWO_CALLS = frozenset(
    {"heun", "heunpp2", "dpm_2", "dpm_2_ancestral", "dpmpp_2s_ancestral", "dpmpp_sde"}
    | {"dpmpp_sde_gpu", "dpmpp_2s_ancestral_cfg_pp", "seeds_2", "res_2s", "res_2s_ode"}
)


def latent_frames(frames: int) -> int:
    """How many frames of a latent stand for that many frames of video."""
    return max(frames - 1, 0) // 4 + 1


def tokens(clip: Clip) -> int:
    """The tokens of a latent, as the 14B model cuts it up."""
    per_frame = max(clip.width_px // 16, 1) * max(clip.height_px // 16, 1)
    return latent_frames(clip.frames) * per_frame * clip.batch


def forward_flop(clip: Clip) -> float:
    """FLOP of one call of the 14B model on a latent."""
    count = tokens(clip)
    return count * (LINEAR_FLOP + CROSS_ATTENTION_FLOP) + ATTENTION_FLOP * count * count


def forward_s(clip: Clip, card: Card, share: float = 1.0) -> float:
    """Seconds of one call of a model, where `share` is its size by that of the 14B."""
    return forward_flop(clip) * share / (card.effective_tflops * 1e12)


def activation_bytes(clip: Clip) -> int:
    """What ComfyUI expects to need beside the weights while it samples."""
    pixels = latent_frames(clip.frames) * (clip.width_px // 8) * (clip.height_px // 8) * clip.batch
    return int(pixels * 2 * 0.01 * (5120 / 2222) * MIB)


def decode_bytes(clip: Clip) -> int:
    """What ComfyUI expects to need for decoding; it does not grow with the frames."""
    return 7000 * (clip.height_px // 8) * (clip.width_px // 8) * 64 * 2


def encode_bytes(clip: Clip) -> int:
    """The same for encoding."""
    return 6000 * clip.height_px * clip.width_px * 2


def decode_s(clip: Clip, card: Card, *, tiled: bool) -> float:
    """Seconds to decode a latent; in tiles, which overlap, half as much again."""
    return _scaled(_DECODE_S_PER_MEGAPIXEL * (1.5 if tiled else 1.0), clip, card)


def encode_s(clip: Clip, card: Card) -> float:
    """Seconds to encode frames. Conditioning encodes a whole clip, of which most frames are grey."""
    return _scaled(_ENCODE_S_PER_MEGAPIXEL, clip, card)


def interpolate_s(clip: Clip, card: Card, *, film: bool) -> float:
    """Seconds to put frames between those of a clip."""
    return _scaled(_FILM_S_PER_MEGAPIXEL if film else _RIFE_S_PER_MEGAPIXEL, clip, card)


def upscale_s(clip: Clip, card: Card) -> float:
    """Seconds to upscale a clip with a model."""
    return _scaled(_UPSCALE_S_PER_MEGAPIXEL, clip, card)


def _scaled(seconds: float, clip: Clip, card: Card) -> float:
    megapixels = clip.width_px * clip.height_px * max(clip.frames, 1) * clip.batch / 1e6
    return seconds * megapixels * _REFERENCE_TFLOPS / card.effective_tflops


def ready_s(weights_bytes: int, card: Card) -> float:
    """Seconds to bring weights that are in memory onto the card, and to put LoRAs on them."""
    return _READY_S + weights_bytes / card.host_to_device_bytes_per_s
