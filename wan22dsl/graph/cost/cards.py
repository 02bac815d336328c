"""Graphics cards: what fits on them, and how fast, each with its source or what it is estimated from."""

from __future__ import annotations

import re

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

MIB = 2**20
GIB = 2**30

#: CUDA itself and what it draws on the screen. 161 frames of 832x1216, 29.2 GiB, still ran on 31.8 GiB.
_NEVER_FREE_BYTES = GIB


class Card(NamedTuple):
    """One card: what fits on it and how fast a Wan 14B forward runs on it, in ComfyUI.

    `effective_tflops` is FLOP of a forward (`formulas.forward_flop`) by its measured seconds, without
    SageAttention, so all inefficiency is in it; `uncertainty` is the share by which it may be off, and
    `basis` says what it was measured on or estimated from.
    `kept_bytes` is what is never free for weights: the desktop, CUDA itself, and what torch keeps.
    `published_tflops` (FP16 on tensor cores, dense, FP32 accumulation) and `published_gb_per_s` are the
    maker's (`PUBLISHED`), 0 where it has none. `other_names` are further names of the same card, as NVML or
    torch report it. `compute_capability` is that of an NVIDIA card: (8, 9) is what compilers call sm_89.
    """

    name: str
    vram_bytes: int
    effective_tflops: float
    kept_bytes: int
    host_to_device_bytes_per_s: float = 12e9
    disk_bytes_per_s: float = 1.5e9
    streamed_bytes_per_s: float = 0.55e9
    uncertainty: float = 0.3
    published_tflops: float = 0.0
    published_gb_per_s: float = 0.0
    basis: str = ""
    other_names: tuple[str, ...] = ()
    compute_capability: tuple[int, int] | None = None

    @property
    def limit_bytes(self) -> int:
        """What work may need at most: what is kept from weights gives way, but not all of it."""
        return self.vram_bytes - min(self.kept_bytes, _NEVER_FREE_BYTES)

    def room_bytes(self, working_bytes: int) -> int:
        """How much of a model stays on the card beside work that needs `working_bytes`."""
        return max(self.vram_bytes - self.kept_bytes - working_bytes, 0)


#: Where the effective TFLOPS were measured:
#: - RTX 5090: 17.4 s for 63,232 tokens in ComfyUI without SageAttention (fishmongr/ComfyUI,
#:   benchmarks/), where 81 frames streamed 2.3 GB: that gives what is kept, and the rate of streaming.
#: - RTX 4090: 12.8 s at 640x640x81 for a 4090D in ComfyUI, and 16,384 cores to its 14,592. LightX2V
#:   publishes 30.1 s at 1280x720x81, which is 217.
#: - H100 4.1 s at 832x480x81 and 13.2 s at 1280x720x81; A100 10.1 s and 35.1 s (LightX2V).
#: - H200: the chip of the H100, with more memory. The published 8.25 s at 1280x720x81 are with fp8 and
#:   SageAttention 2 (`formulas.SAGE_SPEEDUP`).
#: - RX 7900 XTX: 26 s a step at 640x360 (ComfyUI#12349); frames and cfg are not stated. Two runs of the
#:   model a step and 81 frames would be 56, one run 28.
#: Of other cards no forward of Wan 14B is published. They are taken at the share of their published TFLOPS
#: (data sheets of NVIDIA and AMD) that the measured card of their kind reaches: GeForce of Ampere and
#: Ada 0.93 (RTX 4090: 153 of 165), GeForce of Blackwell 1.31 (RTX 5090: 275 of 209.5; more than 1, as part
#: of the work is in fp8), Ampere for workstations and servers 0.56 (A100: 176 of 312), Hopper and later 0.46
#: (H100: 450 of 989). Ada for servers (L4, L40S) has no measured card of its kind: 0.43, a guess.
#: `PUBLISHED`: where published TFLOPS and bandwidths are from:
#: - GeForce: NVIDIA's architecture papers (GA102: RTX 3080 and 3090; Ada: RTX 4090; RTX Blackwell: RTX 5090).
#:   The others by the count of these papers, 512 FLOP a clock and SM at boost clock, dense with FP32
#:   accumulation, and the bandwidths of NVIDIA's product pages.
#: - RTX PRO 6000: NVIDIA's RTX Blackwell PRO paper. Accumulation in FP32 is not half as fast there.
#: - RTX A5000, RTX A6000, L4, H100 (SXM5, PCIe) and H200: NVIDIA's data sheets, half of what they state with
#:   sparsity (222.2, 309.7, 242, 1,979, 1,513 and 1,979). A100 and L40S: data sheets, dense. The bandwidth of
#:   the A100 is that of the SXM4 with 80 GB; its PCIe card has 1,935. B200: HGX B200 with 1,000 W.
#: - A10G: 70 in NVIDIA's sheet for AWS, by listings that quote it; an A10 has 125.
#: - RX 7900 XTX: AMD's peak for half precision: 96 CU, 512 FLOP a clock, 2.5 GHz.
#: Host to device: PCIe 4.0 and 5.0 x16 at about half their peak. Disk: 26 s of cold load for
#: the 36 GB of a two-expert pipeline, as published for a 4090D; about 10 s for the RTX 5090.
_LIKE_4090 = "estimated: the share of its published TFLOPS that the RTX 4090 reaches"
_LIKE_5090 = "estimated: the share of its published TFLOPS that the RTX 5090 reaches"
_LIKE_A100 = "estimated: the share of its published TFLOPS that the A100 reaches"
_LIKE_H100 = "estimated: the share of its published TFLOPS that the H100 reaches"
_ADA_SERVER = "estimated: 0.43 of its published TFLOPS; no such card was measured"
_LIGHTX2V = "measured: LightX2V, 832x480 and 1280x720, 81 frames"


#: From NVIDIA's list "CUDA GPU Compute Capability".
_BY_CAPABILITY = {
    (8, 0): "A100, A100 40GB",
    (8, 6): "RTX 3060, RTX 3080, RTX 3090, RTX A5000, RTX A6000, A10G",
    (8, 9): "RTX 4060 Ti 8GB, RTX 4060 Ti 16GB, RTX 4070 Ti, RTX 4080, RTX 4090, L4, L40S",
    (9, 0): "H100, H100 PCIe, H200",
    (10, 0): "B200",
    (12, 0): "RTX 5070 Ti, RTX 5080, RTX 5090, RTX PRO 6000",
}
_COMPUTE_CAPABILITIES = {
    name: capability for capability, names in _BY_CAPABILITY.items() for name in names.split(", ")
}


def _card(
    name: str,
    vram_mib: int,
    effective: float,
    published: tuple[float, float],
    basis: str,
    *,
    off: float = 0.4,
    kept_mib: int = 1_200,
    to_device: float = 12e9,
    disk: float = 1.5e9,
    names: tuple[str, ...] = (),
) -> Card:
    """A card of the table: memory as the driver reports it, TFLOPS and GB/s as published."""
    return Card(
        name,
        vram_mib * MIB,
        effective,
        kept_mib * MIB,
        to_device,
        disk,
        uncertainty=off,
        published_tflops=published[0],
        published_gb_per_s=published[1],
        basis=basis,
        other_names=names,
        compute_capability=_COMPUTE_CAPABILITIES.get(name),
    )


#: To add a card, add a line here and its sources above. `effective` comes from a measured step, or is the
#: share of its published TFLOPS that the measured card of its kind reaches.
_CARDS = (
    _card("RTX 3060", 12_288, 24, (25.5, 360), _LIKE_4090, off=0.5, to_device=10e9),
    _card("RTX 3080", 10_240, 55, (59.5, 760), _LIKE_4090, off=0.5, to_device=10e9),
    _card("RTX 3090", 24_576, 66, (71, 936), _LIKE_4090, off=0.5, to_device=10e9),
    _card("RTX 4060 Ti 8GB", 8_188, 41, (44.1, 288), _LIKE_4090, to_device=6e9),
    _card("RTX 4060 Ti 16GB", 16_380, 41, (44.1, 288), _LIKE_4090, to_device=6e9),
    _card("RTX 4070 Ti", 12_282, 74, (80.2, 504), _LIKE_4090),
    _card("RTX 4080", 16_376, 90, (97.5, 717), _LIKE_4090),
    _card(
        "RTX 4090", 24_564, 153, (165.2, 1_008), "measured: a 4090D in ComfyUI, 640x640, 81 frames", off=0.3
    ),
    _card("RTX 5070 Ti", 16_303, 115, (87.9, 896), _LIKE_5090, to_device=25e9, disk=3.5e9),
    _card("RTX 5080", 16_303, 148, (112.6, 960), _LIKE_5090, to_device=25e9, disk=3.5e9),
    _card(
        "RTX 5090", 32_607, 275, (209.5, 1_792), "measured: ComfyUI, 832x1216, 61 frames",
        off=0.15, kept_mib=5_870, to_device=25e9, disk=3.5e9,
    ),
    _card(
        "RTX PRO 6000", 97_887, 330, (503.8, 1_792),
        "estimated: the RTX 5090 by FP32 TFLOPS (126 of 104.8)", to_device=25e9, disk=3.5e9,
        names=(
            "RTX PRO 6000 Blackwell",
            "RTX PRO 6000 Blackwell Workstation Edition",
            "RTX PRO 6000 Blackwell Server Edition",
        ),
    ),
    _card("RTX A5000", 24_564, 63, (111.1, 768), _LIKE_A100, off=0.5),
    _card("RTX A6000", 49_140, 87, (154.8, 768), _LIKE_A100, off=0.5),
    _card("L4", 23_034, 52, (121, 300), _ADA_SERVER, off=0.5, kept_mib=900),
    _card("L40S", 46_068, 155, (362, 864), _ADA_SERVER, kept_mib=900),
    _card("A10G", 23_028, 39, (70, 600), _LIKE_A100, off=0.5, kept_mib=900),
    _card(
        "A100 40GB", 40_960, 176, (312, 1_555), _LIGHTX2V, off=0.2, kept_mib=900,
        names=("A100-SXM4-40GB", "A100-PCIE-40GB"),
    ),
    _card(
        "A100", 81_920, 176, (312, 2_039), _LIGHTX2V, off=0.2, kept_mib=900,
        names=("A100 80GB", "A100-SXM4-80GB", "A100 80GB PCIe", "A100-SXM-80GB"),
    ),
    _card(
        "H100", 81_559, 450, (989, 3_350), _LIGHTX2V, off=0.2, kept_mib=900, to_device=25e9,
        names=("H100 80GB", "H100 80GB HBM3", "H100 SXM5"),
    ),
    _card(
        "H100 PCIe", 81_559, 344, (756, 2_000), _LIKE_H100, kept_mib=900, to_device=25e9,
        names=("H100 80GB PCIe",),
    ),
    _card(
        "H200", 143_771, 460, (989, 4_800), "estimated: the chip of the H100, with more memory",
        off=0.3, kept_mib=900, to_device=25e9, names=("H200 SXM", "H200 141GB"),
    ),
    _card("B200", 183_359, 1_024, (2_250, 8_000), _LIKE_H100, off=0.5, kept_mib=900, to_device=25e9),
    _card(
        "RX 7900 XTX", 24_560, 40, (122.8, 960),
        "estimated: 26 s a step at 640x360 (ComfyUI#12349), whose frames and cfg are not stated", off=0.5,
    ),
)  # fmt: skip

CARDS = {card.name: card for card in _CARDS}
DEFAULT_CARD = "RTX 5090"

#: For help: how a card is named, and where all are.
EXAMPLE = "`RTX 4090`; `--card list` names all"

#: What makers put around a model's name, and what ComfyUI and torch put around that.
_NOISE = frozenset("nvidia amd ati geforce radeon rtx rx tesla".split())
_AROUND = re.compile(r"^cuda:\d+ |( : (cudamallocasync|native))?( \(simulated\))?$")

#: Memory as a maker counts it, in GB, as it is in a name: `16GB`.
_MEMORY = re.compile(r"(\d+)gb")


def card_named(name: str) -> Card:
    """The card that is meant by `4090`, `rtx4090`, `NVIDIA GeForce RTX 4090`. Raises CommandError.

    Laptop, Super, D and Ti variants are other cards: where they are not in the table, similar ones are named.
    """
    wanted = _words(name)
    for card in _CARDS:
        if any(wanted in (own, _with_memory(own, card)) for own in map(_words, _names(card))):
            return card
    if wanted == ("list",):
        raise CommandError("name one of these cards with --card:", *listing())
    close = _similar(name, wanted)
    hint = f" Similar: {', '.join(close)}." if close else ""
    raise CommandError(f"unknown card `{name}`.{hint}", f"Cards: {', '.join(CARDS)}")


def listing() -> list[str]:
    """All cards, one a line: memory, and whether their speed was measured."""
    return [
        f"  {card.name:<17} {card.vram_bytes / GIB:5.1f} GiB  ± {card.uncertainty:.0%} {card.basis}"
        for card in _CARDS
    ]


def _names(card: Card) -> tuple[str, ...]:
    return (card.name, *card.other_names)


def _words(name: str) -> tuple[str, ...]:
    """A name as its words, without makers' and without blanks inside: `rtx4060ti 16 GB` → 4060, ti, 16gb."""
    plain = _AROUND.sub("", _AROUND.sub("", name.strip().lower()))
    plain = re.sub(r"(\d) ?gi?b\b", r"\1gb", plain)
    plain = re.sub(r"\b(rtx|rx|gtx)(?=[a-z]?\d)", r"\1 ", plain)
    plain = re.sub(r"\b(\d{4})(ti|super|xtx|xt|d)", r"\1 \2", plain)
    plain = re.sub(r"\b(ti|super|xtx|xt)(super\b|\d+gb\b)", r"\1 \2", plain)
    return tuple(word for word in re.findall(r"[a-z0-9]+", plain) if word not in _NOISE)


def _with_memory(words: tuple[str, ...], card: Card) -> tuple[str, ...]:
    """The words of a name with the card's memory behind them, where it is not in them."""
    nominal = (
        round(card.vram_bytes / 1e9)
        if card.vram_bytes > 100 * GIB
        else round(card.vram_bytes / GIB)
    )
    return words if any(map(_MEMORY.fullmatch, words)) else (*words, f"{nominal}gb")


def _similar(name: str, wanted: tuple[str, ...]) -> list[str]:
    """Cards with the number of a name first, else the one that is written most alike."""
    number = next((word for word in wanted if any(sign.isdigit() for sign in word)), "")
    alike = [card.name for card in _CARDS if number and number in _words(card.name)]
    close = nearest(name, CARDS)
    return alike or ([close] if close else [])
