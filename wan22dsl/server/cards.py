"""Graphics cards as the simulation knows them. Every number has a source, or says that it is a guess."""

from __future__ import annotations

from typing import NamedTuple

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError

MIB = 2**20
GIB = 2**30


class Card(NamedTuple):
    """One card: what fits on it and how fast a Wan 14B forward runs on it, in ComfyUI.

    `effective_tflops` is FLOP of a forward (`cost.forward_flop`) by its measured seconds, so all
    inefficiency is in it. `kept_bytes` is what is never free for weights: the desktop, CUDA itself,
    and what torch keeps.
    """

    name: str
    vram_bytes: int
    effective_tflops: float
    kept_bytes: int
    host_to_device_bytes_per_s: float = 12e9
    disk_bytes_per_s: float = 1.5e9
    streamed_bytes_per_s: float = 0.55e9


#: Sources of the effective TFLOPS:
#: - RTX 5090: 17.4 s for 63,232 tokens in ComfyUI without SageAttention (fishmongr/ComfyUI,
#:   benchmarks/), where 81 frames streamed 2.3 GB: that gives what is kept, and the rate of streaming.
#: - RTX 4090: 12.8 s at 640x640x81 for a 4090D in ComfyUI, and 16,384 cores to its 14,592. LightX2V
#:   publishes 30.1 s at 1280x720x81, which is 217.
#: - H100 13.2 s, A100 35.1 s at 1280x720x81; H200 8.25 s with fp8 and SageAttention 2 (LightX2V).
#: - RTX 3090: a guess, by its peak against that of the A100.
#: Host to device: PCIe 4.0 and 5.0 x16 at about half their peak. Disk: 26 s of cold load for
#: the 36 GB of a two-expert pipeline, as published for a 4090D; about 10 s for the RTX 5090.
_CARDS = (
    Card("RTX 3090", 24_576 * MIB, 75, 1_200 * MIB, 10e9),
    Card("RTX 4090", 24_564 * MIB, 153, 1_200 * MIB, 12e9),
    Card("RTX 5090", 32_607 * MIB, 275, 5_870 * MIB, 25e9, 3.5e9),
    Card("A100", 81_920 * MIB, 186, 900 * MIB, 12e9),
    Card("H100", 81_559 * MIB, 450, 900 * MIB, 25e9),
    Card("H200", 143_771 * MIB, 790, 900 * MIB, 25e9),
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
    raise CommandError(f"there is no card `{name}` to simulate: {', '.join(CARDS)}.{hint}")


def _plain(name: str) -> str:
    return "".join(name.lower().split())
