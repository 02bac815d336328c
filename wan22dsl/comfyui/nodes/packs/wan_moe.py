"""Samplers that change experts by themselves (stduhpf/ComfyUI-WanMoeKSampler)."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.sampling import ADVANCED, PLAIN, sampled, two_experts

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.facts import Reading

_PACK = "ComfyUI-WanMoeKSampler"


def _for_two_experts(reading: Reading) -> Facts:
    """WanMoEScheduler: the shift at which the schedule changes experts between `steps_high` and `steps_low`.

    The smallest of a grid at which the last step of the high-noise expert starts at the boundary or above;
    for `simple` in closed form (cmeka/ComfyUI-WanMoEScheduler).
    """
    high, low = reading.whole("steps_high"), reading.whole("steps_low")
    if high is None or low is None or min(high, low) < 1:
        return NOTHING_KNOWN
    if reading.slot == 0:
        shift = _shift(reading, low / (high + low))
        return NOTHING_KNOWN if shift is None else Facts(value=shift)
    values = {1: high + low, 2: high, 3: low}
    return Facts(value=values.get(reading.slot))


def _shift(reading: Reading, time: float) -> float | None:
    boundary, interval = reading.number("boundary"), reading.number("interval")
    if reading.value("scheduler") != "simple" or reading.value("denoise") != 1.0:
        return None
    if boundary is None or interval is None or not 0 < boundary < 1 or interval <= 0:
        return None
    exact = boundary * (1 - time) / (time * (1 - boundary))
    return round(ceil(exact / interval - 1e-6) * interval, 6)


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "WanMoEScheduler",
        "ComfyUI-WanMoEScheduler",
        role="schedule",
        facts=_for_two_experts,
        schedule="moe",
    ),
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
