"""Samplers, and what makes their schedules, noise and guidance.

ComfyUI: nodes.py, comfy_extras/nodes_custom_sampler.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.models import paced
from wan22dsl.comfyui.nodes.record import NodeRecord

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.facts import Facts, Reading


def sampled(reading: Reading) -> Facts:
    """A sampler gives a latent of the shape that it got, at the rate of its model if that was empty."""
    return paced(reading, reading.facts("latent_image"))


_NUMBER = re.compile(r"[-+]?(?:\d*\.)?\d+")


def written_sigmas(text: object) -> tuple[float, ...]:
    """The noise levels that ManualSigmas reads in a text."""
    return tuple(map(float, _NUMBER.findall(text))) if isinstance(text, str) else ()


def split_steps(schedule: str, count: int, at: object) -> tuple[int, int] | None:
    """How many steps of a schedule of `count` the two outputs of SplitSigmas or SplitSigmasDenoise have.

    `at` is the step where it is cut, or the share of the steps that the second output gets; None is returned
    where it is not known. With a share of no step both outputs are empty, as the node slices from the end.
    """
    if schedule == "split":
        if type(at) is not int or at < 0:
            return None
        first = min(at, count)
        return first, count - first
    if not isinstance(at, (int, float)) or isinstance(at, bool) or not 0 <= at <= 1:
        return None
    second = round(count * at)
    return (count - second, second) if second else (0, 0)


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
        work="read_schedule",
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
        work="split_schedule",
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
