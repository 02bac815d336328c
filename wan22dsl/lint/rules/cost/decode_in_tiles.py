"""WAN853: frames too large to be decoded at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.cost.wording import gib
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN853",
    name="decode-in-tiles",
    severity=Severity.WARNING,
    summary="Decoding all frames at once needs more memory than the card has",
    text="{node} needs {working} to decode {size} at once, and {card} has {limit}.",
    why=(
        "ComfyUI tries, runs out of memory, and decodes again in tiles, with only a line in its "
        "log. That costs time, and the tile size it chooses can show seams."
    ),
    help="Decode in tiles from the start: `decode_tiled(tile = 256)`, or the node VAEDecodeTiled.",
    bad="""\
wan 1

graph demo {
    let frames = EmptyImage(width = 2048, height = 1152, batch_size = 17, color = 0)
    let vae = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    let latent = VAEEncode(pixels = frames, vae = vae)
    let again = VAEDecode(samples = latent, vae = vae)
    SaveImage(images = again, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let frames = EmptyImage(width = 2048, height = 1152, batch_size = 17, color = 0)
    let vae = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    let latent = VAEEncode(pixels = frames, vae = vae)
    let again = VAEDecodeTiled(samples = latent, vae = vae, tile_size = 256)
    SaveImage(images = again, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, comfy/sd.py, VAE.decode: 7000 * height * width * 64 * 2 bytes for a latent",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every decode at once whose estimate is beyond the card.

    Where the passes do not fit, WAN852 says so, and nothing gets as far as that.
    """
    if view.card is None or any(cost.fit == "fails" for cost in view.costs):
        return
    from wan22dsl.graph.cost.work import work_of

    needed = {node.id for node in view.needed}
    for work in work_of(view.graph, view.facts, view.card):
        if work.fits or work.what != "decode" or work.node.id not in needed:
            continue
        facts = view.facts_of(work.node, "samples")
        yield MESSAGE.at(
            work.node.span,
            node=named(work.node),
            working=gib(work.working_bytes),
            size=f"{facts.width}x{facts.height}",
            card=view.card.name,
            limit=gib(view.card.limit_bytes),
        )
