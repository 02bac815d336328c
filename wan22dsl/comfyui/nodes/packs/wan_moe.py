"""Samplers that change experts by themselves (stduhpf/ComfyUI-WanMoeKSampler)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.sampling import sampled

_PACK = "ComfyUI-WanMoeKSampler"

RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "WanMoeKSampler",
        _PACK,
        role="sampler",
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "WanMoeKSamplerAdvanced",
        _PACK,
        role="sampler",
        facts=sampled,
        work="sample",
    ),
)
