"""Samplers on several cards (komikndr/raylight): their model comes by a link to the workers that hold it."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.sampling import ADVANCED, CUSTOM, sampled
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "raylight"

RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord("RayInitializer", _PACK, widgets=Widgets(moved=True)),
    NodeRecord(
        "XFuserKSamplerAdvanced",
        _PACK,
        role="sampler",
        facts=sampled,
        samplers=(ADVANCED._replace(model="ray_actors", denoise="denoise"),),
    ),
    NodeRecord(
        "XFuserSamplerCustom",
        _PACK,
        role="sampler",
        facts=sampled,
        samplers=(CUSTOM._replace(model="ray_actors", denoised_slot=None),),
    ),
)
