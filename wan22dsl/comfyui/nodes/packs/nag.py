"""Samplers with normalized attention guidance (ChenDarYen/ComfyUI-NAG)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import NodeRecord, SamplerInputs
from wan22dsl.comfyui.nodes.sampling import ADVANCED, CUSTOM, PLAIN, sampled

_PACK = "ComfyUI-NAG"

#: A negative prompt that is taken into account without guidance too.
_STEERS = ("nag_negative", "positive")


def _sampler(class_name: str, inputs: SamplerInputs) -> NodeRecord:
    return NodeRecord(
        class_name,
        _PACK,
        role="sampler",
        samplers=(inputs,),
        facts=sampled,
        steers_from=_STEERS,
    )


RECORDS: tuple[NodeRecord, ...] = (
    _sampler("KSamplerWithNAG", PLAIN),
    _sampler("KSamplerWithNAG (Advanced)", ADVANCED),
    _sampler("SamplerCustomWithNAG", CUSTOM),
    NodeRecord("NAGCFGGuider", _PACK, role="guider", steers_from=_STEERS),
    NodeRecord(
        "NAGGuider",
        _PACK,
        role="guider",
        guider_cfg=1.0,
        steers_from=("nag_negative", "conditioning"),
    ),
)
