"""Videos between several pictures (wallen0322/ComfyUI-Wan22FMLF, siraxe/ComfyUI-WanVideoWrapper_QQ).

Each expert gets a positive conditioning of its own from them.
"""

from __future__ import annotations

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import LatentShape, NodeRecord, Reading
from wan22dsl.comfyui.nodes.wan_latents import of_shape
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "ComfyUI-Wan22FMLF"

_SHAPE = LatentShape(slot=3, fps=16.0)


def _latent(reading: Reading) -> Facts:
    """The latent behind three conditionings; of a clip that goes on with another one it is not known."""
    mode = reading.inputs.get("long_video_mode", "DISABLED")
    return of_shape(reading, _SHAPE) if mode == "DISABLED" else NOTHING_KNOWN


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord("WanFirstMiddleLastFrameToVideo", _PACK, facts=_latent),
    NodeRecord("WanMultiFrameRefToVideo", _PACK, facts=_latent),
    NodeRecord("WanAdvancedI2V", _PACK, facts=_latent, widgets=Widgets(moved=True)),
    NodeRecord("WanSVIProAdvancedI2V", _PACK, facts=_latent, widgets=Widgets(moved=True)),
    NodeRecord("WanFourFrameReferenceUltimate", _PACK, widgets=Widgets(moved=True)),
    NodeRecord("WanFMLF", "ComfyUI-WanVideoWrapper_QQ", facts=_latent),
)
