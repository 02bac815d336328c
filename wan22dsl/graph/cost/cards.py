"""Graphics cards: what fits on them, and how fast. Every number has a source, or says that it is a guess."""

from __future__ import annotations

from typing import NamedTuple

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError

MIB = 2**20
GIB = 2**30

#: CUDA itself and what it draws on the screen. 161 frames of 832x1216, 29.2 GiB, still ran on 31.8 GiB.
_NEVER_FREE_BYTES = GIB


class Card(NamedTuple):
    """One card: what fits on it and how fast a Wan 14B forward runs on it, in ComfyUI.

    `effective_tflops` is FLOP of a forward (`formulas.forward_flop`) by its measured seconds, without
    SageAttention, so all inefficiency is in it; `uncertainty` is the share by which it may be off.
    `kept_bytes` is what is never free for weights: the desktop, CUDA itself, and what torch keeps.
    """

    name: str
    vram_bytes: int
    effective_tflops: float
    kept_bytes: int
    host_to_device_bytes_per_s: float = 12e9
    disk_bytes_per_s: float = 1.5e9
    streamed_bytes_per_s: float = 0.55e9
    uncertainty: float = 0.3

    @property
    def limit_bytes(self) -> int:
        """What work may need at most: what is kept from weights gives way, but not all of it."""
        return self.vram_bytes - min(self.kept_bytes, _NEVER_FREE_BYTES)

    def room_bytes(self, working_bytes: int) -> int:
        """How much of a model stays on the card beside work that needs `working_bytes`."""
        return max(self.vram_bytes - self.kept_bytes - working_bytes, 0)


#: Sources of the effective TFLOPS:
#: - RTX 5090: 17.4 s for 63,232 tokens in ComfyUI without SageAttention (fishmongr/ComfyUI,
#:   benchmarks/), where 81 frames streamed 2.3 GB: that gives what is kept, and the rate of streaming.
#: - RTX 4090: 12.8 s at 640x640x81 for a 4090D in ComfyUI, and 16,384 cores to its 14,592. LightX2V
#:   publishes 30.1 s at 1280x720x81, which is 217.
#: - H100 4.1 s at 832x480x81 and 13.2 s at 1280x720x81; A100 10.1 s and 35.1 s (LightX2V).
#: - H200: the chip of the H100, with more memory. The published 8.25 s at 1280x720x81 are with fp8 and
#:   SageAttention 2 (`formulas.SAGE_SPEEDUP`).
#: - RTX 3090: a guess, by its peak against that of the A100. RTX 3060, 4080, 5080, L40S, RTX PRO 6000:
#:   guesses, by the tensor peaks in NVIDIA's data sheets against those of the cards above of their kind.
#: Host to device: PCIe 4.0 and 5.0 x16 at about half their peak. Disk: 26 s of cold load for
#: the 36 GB of a two-expert pipeline, as published for a 4090D; about 10 s for the RTX 5090.
_CARDS = (
    Card("RTX 3060", 12_288 * MIB, 27, 1_200 * MIB, 10e9, uncertainty=0.5),
    Card("RTX 3090", 24_576 * MIB, 75, 1_200 * MIB, 10e9, uncertainty=0.5),
    Card("RTX 4080", 16_376 * MIB, 90, 1_200 * MIB, 12e9, uncertainty=0.4),
    Card("RTX 4090", 24_564 * MIB, 153, 1_200 * MIB, 12e9),
    Card("RTX 5080", 16_303 * MIB, 148, 1_200 * MIB, 25e9, 3.5e9, uncertainty=0.4),
    Card("RTX 5090", 32_607 * MIB, 275, 5_870 * MIB, 25e9, 3.5e9, uncertainty=0.15),
    Card("RTX PRO 6000", 97_887 * MIB, 330, 1_200 * MIB, 25e9, 3.5e9, uncertainty=0.4),
    Card("L40S", 46_068 * MIB, 155, 900 * MIB, 12e9, uncertainty=0.4),
    Card("A100", 81_920 * MIB, 176, 900 * MIB, 12e9, uncertainty=0.2),
    Card("H100", 81_559 * MIB, 450, 900 * MIB, 25e9, uncertainty=0.2),
    Card("H200", 143_771 * MIB, 460, 900 * MIB, 25e9),
)

CARDS = {card.name: card for card in _CARDS}
DEFAULT_CARD = "RTX 5090"


def card_named(name: str) -> Card:
    """The card that a person means by `4090`, `rtx4090`, `RTX 4090`. Raises CommandError."""
    wanted = _plain(name)
    for card in _CARDS:
        if wanted in (_plain(card.name), _plain(card.name.removeprefix("RTX "))):
            return card
    close = nearest(name, CARDS)
    hint = f" Did you mean `{close}`?" if close else ""
    raise CommandError(f"there is no card `{name}` known here: {', '.join(CARDS)}.{hint}")


def _plain(name: str) -> str:
    return "".join(name.lower().split())
