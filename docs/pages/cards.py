"""`cards.md`: every card that times are estimated for, with where its figures come from."""

from __future__ import annotations

from wan22dsl.graph.cost.cards import CARDS, GIB

_HEAD = """\
# Cards

`wan describe --card`, `wan lint --card`, `wan run --simulate --card` and `wan serve --card` know these cards.
Names of cards are matched in any spelling, such as those that ComfyUI and `nvidia-smi` report
(`NVIDIA GeForce RTX 4090`). Laptop, Super, D and Ti variants are different cards: use the closest one, and
expect a larger error.

*Effective* is the throughput of a Wan 14B expert in ComfyUI without SageAttention; the last column shows
whether it is measured or estimated. *±* is the possible error of times. *Published* and *bandwidth* are the
manufacturer's figures: FP16 on tensor cores, dense, with FP32 accumulation, and memory bandwidth. Estimates
use the effective throughput; the bandwidth is for comparison. Memory is the amount that the driver reports.

| card | memory | effective | ± | published | bandwidth | from |
|---|---|---|---|---|---|---|
"""


def page() -> str:
    """The page as Markdown."""
    rows = []
    for card in CARDS.values():
        published = f"{card.published_tflops:g} TFLOPS" if card.published_tflops else "–"
        cells = (
            card.name,
            f"{card.vram_bytes / GIB:.1f} GiB",
            f"{card.effective_tflops:g} TFLOPS",
            f"{card.uncertainty:.0%}",
            published,
            f"{card.published_gb_per_s:g} GB/s",
            card.basis,
        )
        rows.append(f"| {' | '.join(cells)} |\n")
    return _HEAD + "".join(rows)
