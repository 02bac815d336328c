"""Samplers that keep their schedule in the latent (ClownsharkBatwing/RES4LYF 1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.record import NodeRecord, Reading, SamplerInputs
from wan22dsl.comfyui.nodes.sampling import sampled

if TYPE_CHECKING:
    from collections.abc import Mapping


_PACK = "RES4LYF"


def _run(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """`standard` begins a schedule and adds noise; `resample` goes on with that in the latent.

    `unsample` runs it backwards.
    """
    mode, many = reading.value("sampler_mode"), reading.whole("steps_to_run")
    count = many if many is not None and many >= 0 else None
    if mode == "resample":
        return {"goes_on": True, "steps_to_run": count, "add_noise": False, "leftover_noise": True}
    if mode == "unsample":
        return {"backwards": True}
    if mode != "standard" or many is None or reading.linked("sigmas"):
        return {}
    steps = values.get("steps")
    if type(steps) is not int:
        return {"start": 0, "add_noise": True, "leftover_noise": True}
    end = steps if count is None else min(count, steps)
    return {"start": 0, "end": end, "add_noise": True, "leftover_noise": True}


_BEGINS = SamplerInputs(
    denoise="denoise", latent_optional=True, own_way=True, finish=_run, denoised_slot=1
)

#: Their functions take `options`, `options 2` and so on, which a script adds (beta/samplers.py: **kwargs).
_MORE = ("SharkSampler_Beta", "SharkChainsampler_Beta", "ClownSampler_Beta")

RECORDS: tuple[NodeRecord, ...] = (
    *(NodeRecord(name, _PACK, takes_anything=True) for name in _MORE),
    NodeRecord(
        "ClownsharKSampler_Beta",
        _PACK,
        role="sampler",
        facts=sampled,
        samplers=(_BEGINS,),
        takes_anything=True,
    ),
    NodeRecord(
        "ClownsharkChainsampler_Beta",
        _PACK,
        role="sampler",
        facts=sampled,
        samplers=(_BEGINS._replace(steps="", scheduler="", denoise="", seed=""),),
        takes_anything=True,
    ),
)
