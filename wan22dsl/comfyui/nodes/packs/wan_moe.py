"""Samplers that change experts by themselves (stduhpf/ComfyUI-WanMoeKSampler)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.sampling import ADVANCED, PLAIN, sampled, two_experts

_PACK = "ComfyUI-WanMoeKSampler"

RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "WanMoeKSampler",
        _PACK,
        role="sampler",
        samplers=two_experts(PLAIN),
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "WanMoeKSamplerAdvanced",
        _PACK,
        role="sampler",
        samplers=two_experts(ADVANCED),
        facts=sampled,
        work="sample",
    ),
)
