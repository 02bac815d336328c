"""`cards.md`: every card that times are estimated for, with where its figures come from."""

from __future__ import annotations

from wan22dsl.graph.cost.cards import CARDS, GIB

_HEAD = """\
# Cards

`wan describe --card`, `wan lint --card`, `wan run --simulate --card` and `wan serve --card` know these cards.
A card is found by its name in any spelling, also as ComfyUI and `nvidia-smi` report it
(`NVIDIA GeForce RTX 4090`). Laptop, Super, D and Ti variants are other cards: take the nearest, and add to
the uncertainty.

*Effective* is what a forward of a Wan 14B expert reaches in ComfyUI without SageAttention, measured or
estimated as the last column says; *±* is by how much times may be off. *Published* and *bandwidth* are the
maker's: FP16 on tensor cores, dense, with FP32 accumulation, and that of the memory. Estimates use the first;
the bandwidth is for comparison. Memory is what the driver reports.

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
