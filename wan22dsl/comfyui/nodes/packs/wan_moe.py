"""Samplers that change experts by themselves.

stduhpf/ComfyUI-WanMoeKSampler, luguoli/ComfyUI-Wan-Video-Integrated-KSampler, whose larger node
also encodes the prompts, makes the latent and decodes, and doggeddalle/ComfyUI-WanContinuousKSampler,
whose settings are those of a profile.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.models import paced
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading, SamplerInputs
from wan22dsl.comfyui.nodes.sampling import (
    ADVANCED,
    PLAIN,
    first_half,
    sampled,
    second_half,
    two_experts,
)
from wan22dsl.comfyui.nodes.wan_latents import made_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_PACK = "ComfyUI-WanMoeKSampler"
_INTEGRATED = "ComfyUI-Wan-Video-Integrated-KSampler"

#: For each profile of Wan22CombinedKSampler: its steps, its cfg, its sampler and its scheduler.
_PROFILES = {
    "LightX2V 4-step distilled": (4, 1.0, "euler", "simple"),
    "ComfyUI 20-step": (20, 3.5, "euler", "simple"),
}
_BOUNDARIES = {"I2V": 0.9, "T2V": 0.875}


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


def _high(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """It changes experts one step before the last one at the boundary or above, and leaves no noise."""
    return {**first_half(reading, values), "sigma_offset": -1, "leftover_noise": False}


def _low(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same noise is added again, unless the sampler adds none at all."""
    adds = values.get("add_noise", True)
    known = {"enable": True, "disable": False}.get(adds) if isinstance(adds, str) else adds
    return {**second_half(reading, values), "sigma_offset": -1, "add_noise": known}


_MOE = {"high": _high, "low": _low}


def _in_steps(level: str) -> Callable[[Reading, Mapping[str, Any]], dict[str, Any]]:
    """One schedule of the steps of both experts, which change after those of the first."""

    def finish(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
        high, low = reading.whole("steps_high_noise"), reading.whole("steps_low_noise")
        shift = {"shift": None} if values.get("shift") == 0 else {}  # 0 leaves it to the model
        if high is None or low is None or min(high, low) < 1:
            return shift
        steps = high + low
        if level == "high":
            run = {"start": 0, "end": high, "add_noise": True, "leftover_noise": True}
        else:
            run = {"start": high, "end": steps, "add_noise": False, "leftover_noise": False}
        return {"steps": steps, **run, **shift}

    return finish


def _integrated(like: SamplerInputs) -> tuple[SamplerInputs, ...]:
    return tuple(
        like._replace(
            model=f"model_{level}_noise",
            cfg=f"cfg_{level}_noise",
            steps="",
            seed="noise_seed",
            part=f":{level}",
            own_way=True,
            finish=_in_steps(level),
        )
        for level in ("high", "low")
    )


def _of_profile(level: str) -> Callable[[Reading, Mapping[str, Any]], dict[str, Any]]:
    """What a profile sets, or with "Custom" the inputs; the noise is handed off at the boundary of a task."""

    def finish(reading: Reading, _values: Mapping[str, Any]) -> dict[str, Any]:
        task, profile = reading.value("task"), reading.value("profile")
        found: dict[str, Any] = {"boundary": _BOUNDARIES.get(str(task)), "denoise": 1.0}
        if profile in _PROFILES:
            found |= zip(("steps", "cfg", "sampler", "scheduler"), _PROFILES[profile], strict=True)
        elif profile == "Custom":
            found |= {
                "steps": reading.whole("custom_steps"),
                "cfg": reading.number(f"custom_cfg_{level}"),
                "sampler": reading.value("custom_sampler"),
                "scheduler": reading.value("custom_scheduler"),
            }
        if level == "high":
            return {
                **found,
                **first_half(reading, found),
                "add_noise": True,
                "leftover_noise": True,
            }
        return {**found, **second_half(reading, found), "add_noise": False, "leftover_noise": False}

    return finish


_COMBINED = tuple(
    PLAIN._replace(
        model=f"{level}_noise_model",
        steps="",
        cfg="",
        sampler="",
        scheduler="",
        denoise="",
        part=f":{level}",
        own_way=True,
        finish=_of_profile(level),
    )
    for level in ("high", "low")
)


def _whole_video(reading: Reading) -> Facts:
    """The frames of the video, its last one, and its latent, in sizes of whole latent pixels, rounded up."""
    frames, width, height = (reading.whole(name) for name in ("length", "width", "height"))
    shape = Facts(
        frames=None if frames is None else made_frames(frames),
        fps=16.0,
        width=None if width is None else -(-width // 8) * 8,
        height=None if height is None else -(-height // 8) * 8,
    )
    return shape._replace(frames=1, fps=None) if reading.slot == 1 else shape


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
        samplers=two_experts(PLAIN, _MOE),
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "WanMoeKSamplerAdvanced",
        _PACK,
        role="sampler",
        samplers=two_experts(ADVANCED, _MOE),
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "WanVideoIntegratedKSampler",
        _INTEGRATED,
        role="sampler",
        samplers=_integrated(
            SamplerInputs(
                latent="latent", latent_optional=True, positive="", negative="", shift="sd3_shift"
            )
        ),
        texts=("positive_prompt", "negative_prompt"),
        facts=_whole_video,
        work="sample",
    ),
    NodeRecord(
        "WanVideoIntegratedKSamplerSimple",
        _INTEGRATED,
        role="sampler",
        samplers=_integrated(SamplerInputs(latent="latent")),
        facts=lambda reading: paced(reading, reading.facts("latent")),
        work="sample",
    ),
    NodeRecord(
        "Wan22CombinedKSampler",
        "ComfyUI-WanContinuousKSampler",
        role="sampler",
        samplers=_COMBINED,
        facts=sampled,
        work="sample",
    ),
)
