"""Samplers, and what makes their schedules, noise and guidance.

ComfyUI: nodes.py, comfy_extras/nodes_custom_sampler.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.models import paced
from wan22dsl.comfyui.nodes.record import NodeRecord

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.facts import Facts, Reading


def sampled(reading: Reading) -> Facts:
    """A sampler gives a latent of the shape that it got, at the rate of its model if that was empty."""
    return paced(reading, reading.facts("latent_image"))


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "KSampler",
        role="sampler",
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "KSamplerAdvanced",
        role="sampler",
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "SamplerCustom",
        role="sampler",
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "SamplerCustomAdvanced",
        role="sampler",
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "BasicScheduler",
        role="schedule",
        schedule="basic",
        work="make_schedule",
    ),
    NodeRecord(
        "KarrasScheduler",
        role="schedule",
        work="make_schedule",
    ),
    NodeRecord(
        "ExponentialScheduler",
        role="schedule",
        work="make_schedule",
    ),
    NodeRecord(
        "BetaSamplingScheduler",
        role="schedule",
        work="make_schedule",
    ),
    NodeRecord(
        "ManualSigmas",
        role="schedule",
        schedule="manual",
    ),
    NodeRecord(
        "SplitSigmas",
        role="schedule",
        schedule="split",
        work="split_schedule",
    ),
    NodeRecord(
        "SplitSigmasDenoise",
        role="schedule",
        schedule="split_denoise",
    ),
    NodeRecord(
        "BasicGuider",
        role="guider",
        guider_cfg=1.0,
        work="guide",
    ),
    NodeRecord(
        "CFGGuider",
        role="guider",
        work="guide",
    ),
    NodeRecord(
        "RandomNoise",
        role="noise",
        adds_noise=True,
    ),
    NodeRecord(
        "DisableNoise",
        role="noise",
        adds_noise=False,
    ),
)
