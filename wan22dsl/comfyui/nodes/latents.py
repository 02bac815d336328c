"""VAEs and what else takes or gives latents (ComfyUI: nodes.py, comfy_extras/nodes_latent.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.facts import Facts, added, agreed, times
from wan22dsl.comfyui.nodes.record import LatentShape, NodeRecord, Reading
from wan22dsl.comfyui.nodes.wan_latents import latent, made_frames, made_px

if TYPE_CHECKING:
    from collections.abc import Callable

#: Pixels of a frame for one pixel of its latent. The 5B model's VAE has 16; where the two would
#: differ, nothing is said.
_CELLS_PX = (8, 16)


def _decoded(reading: Reading) -> Facts:
    """All clips of a latent, one behind the other."""
    facts = reading.facts("samples")
    return facts._replace(vae=None, frames=times(facts.frames, facts.clips), clips=1)


def _encoded(reading: Reading) -> Facts:
    """A batch of frames is taken for one video; frames past 4k + 1 are dropped, sizes are cropped."""
    frames = reading.facts("pixels")
    return Facts(
        frames=None if frames.frames is None else made_frames(frames.frames),
        fps=frames.fps,
        width=None if frames.width is None else made_px(frames.width, _CELLS_PX[0]),
        height=None if frames.height is None else made_px(frames.height, _CELLS_PX[0]),
        vae=reading.link("vae"),
    )


def _trimmed(reading: Reading) -> Facts:
    """Latent steps are cut off at the start, four frames each."""
    facts, amount = reading.facts("samples"), reading.whole("trim_amount")
    if facts.frames is None or amount is None:
        return facts._replace(frames=None)
    left = facts.frames - 4 * amount
    return facts._replace(frames=left if left > 0 else None)


def _concatenated(reading: Reading) -> Facts:
    """Two latents of a and b steps in time decode to 4 (a + b) - 3 frames, more than the two alone."""
    facts, other = reading.facts("samples1"), reading.facts("samples2")
    along = reading.value("dim")
    joined = Facts(
        frames=agreed([facts.frames, other.frames]),
        fps=agreed([facts.fps, other.fps]),
        width=agreed([facts.width, other.width]),
        height=agreed([facts.height, other.height]),
        vae=facts.vae,
        clips=agreed([facts.clips, other.clips]),
    )
    if along in ("t", "-t"):
        total = added(facts.frames, other.frames)
        return joined._replace(frames=None if total is None else total + 3)
    if along in ("x", "-x"):
        return joined._replace(width=added(facts.width, other.width))
    if along in ("y", "-y"):
        return joined._replace(height=added(facts.height, other.height))
    return Facts(fps=joined.fps, vae=facts.vae, clips=joined.clips)


def _repeated(reading: Reading) -> Facts:
    facts = reading.facts("samples")
    return facts._replace(clips=times(facts.clips, reading.whole("amount")))


def _batched(reading: Reading) -> Facts:
    """LatentBatch: the second is resized to the first where they differ."""
    facts, other = reading.facts("samples1"), reading.facts("samples2")
    return facts._replace(clips=added(facts.clips, other.clips))


def _from_batch(reading: Reading) -> Facts:
    facts, start = reading.facts("samples"), reading.whole("batch_index")
    count = reading.whole("length")
    if facts.clips is None or start is None or count is None:
        return facts._replace(clips=1 if count == 1 else None)
    return facts._replace(clips=min(facts.clips - min(facts.clips - 1, start), count))


def _cut(reading: Reading) -> Facts:
    """LatentCut takes a stretch of latent steps or pixels; how long it is depends on the whole."""
    facts = reading.facts("samples")
    along, index, amount = reading.value("dim"), reading.whole("index"), reading.whole("amount")
    if along == "t":
        made = None
        if facts.frames is not None and index is not None and amount is not None:
            steps = (facts.frames - 1) // 4 + 1
            start = min(index, steps - 1) if index >= 0 else max(steps + index, 0)
            made = (min(amount, steps - start) - 1) * 4 + 1
        return facts._replace(frames=made)
    return facts._replace(width=None, height=None)


def _resized(reading: Reading) -> Facts:
    """LatentUpscale: sizes in pixels of the frames, at least 64, cut to whole latent pixels."""
    facts, width, height = reading.facts("samples"), reading.whole("width"), reading.whole("height")
    if width == 0 and height == 0:
        return facts
    if not width or not height:
        return facts._replace(width=None, height=None)
    cell_px = _CELLS_PX[0]
    return facts._replace(
        width=max(64, width) // cell_px * cell_px,
        height=max(64, height) // cell_px * cell_px,
    )


def _resized_by(reading: Reading) -> Facts:
    facts, factor = reading.facts("samples"), reading.number("scale_by")
    if factor is None:
        return facts._replace(width=None, height=None)
    width, height = (
        None if px is None else agreed([round(px / cell * factor) * cell for cell in _CELLS_PX])
        for px in (facts.width, facts.height)
    )
    return facts._replace(width=width, height=height)


def _kept(name: str) -> Callable[[Reading], Facts]:
    """For classes whose output has the shape of that input."""
    return lambda reading: reading.facts(name)


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "VAEDecode",
        role="decode",
        facts=_decoded,
        work="decode",
    ),
    NodeRecord(
        "VAEDecodeTiled",
        role="decode",
        facts=_decoded,
        work="decode_tiled",
    ),
    NodeRecord(
        "VAEEncode",
        role="encode",
        facts=_encoded,
        work="encode",
    ),
    NodeRecord(
        "VAEEncodeTiled",
        role="encode",
        facts=_encoded,
        work="encode_tiled",
        no_formula=True,
    ),
    NodeRecord(
        "TrimVideoLatent",
        role="latent",
        facts=_trimmed,
    ),
    NodeRecord(
        "LatentConcat",
        role="latent",
        facts=_concatenated,
    ),
    NodeRecord(
        "LatentCut",
        role="latent",
        facts=_cut,
    ),
    NodeRecord(
        "LatentUpscale",
        role="latent",
        facts=_resized,
    ),
    NodeRecord(
        "LatentUpscaleBy",
        role="latent",
        facts=_resized_by,
        unbounded=("scale_by",),
    ),
    NodeRecord(
        "LatentAdd",
        role="latent",
        facts=_kept("samples1"),
    ),
    NodeRecord(
        "LatentSubtract",
        role="latent",
        facts=_kept("samples1"),
    ),
    NodeRecord(
        "LatentInterpolate",
        role="latent",
        facts=_kept("samples1"),
    ),
    NodeRecord(
        "LatentBlend",
        role="latent",
        facts=_kept("samples1"),
    ),
    NodeRecord(
        "RepeatLatentBatch",
        role="latent",
        facts=_repeated,
        joins_clips=True,
    ),
    NodeRecord(
        "LatentBatch",
        role="latent",
        facts=_batched,
        joins_clips=True,
    ),
    NodeRecord(
        "LatentFromBatch",
        role="latent",
        facts=_from_batch,
    ),
    NodeRecord(
        "ReplaceVideoLatentFrames",
        role="latent",
        facts=_kept("destination"),
    ),
    NodeRecord(
        "SetLatentNoiseMask",
        role="latent",
        adds_mask=True,
    ),
    NodeRecord(
        "EmptyLatentImage",
        role="latent",
        facts=latent,
        latent=LatentShape(slot=0, one_picture=True),
    ),
    NodeRecord(
        "EmptySD3LatentImage",
        role="latent",
        facts=latent,
        latent=LatentShape(slot=0, one_picture=True),
    ),
    NodeRecord(
        "EmptyFlux2LatentImage",
        role="latent",
        facts=latent,
        latent=LatentShape(slot=0, one_picture=True),
    ),
)
