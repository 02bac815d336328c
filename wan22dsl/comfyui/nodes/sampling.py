"""Samplers, and what makes their schedules, noise and guidance.

ComfyUI: nodes.py, comfy_extras/nodes_custom_sampler.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.models import paced
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading, SamplerInputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from wan22dsl.comfyui.nodes.facts import Facts


def sampled(reading: Reading) -> Facts:
    """A sampler gives a latent of the shape that it got, at the rate of its model if that was empty."""
    return paced(reading, reading.facts("latent_image"))


PLAIN = SamplerInputs(denoise="denoise")
ADVANCED = SamplerInputs(
    start="start_at_step",
    end="end_at_step",
    add_noise="add_noise",
    leftover_noise="return_with_leftover_noise",
    seed="noise_seed",
)
CUSTOM = SamplerInputs(
    steps="",
    sampler="sampler",
    scheduler="",
    sigmas="sigmas",
    add_noise="add_noise",
    seed="noise_seed",
    denoised_slot=1,
)
GUIDED = CUSTOM._replace(add_noise="", guider="guider", noise="noise")


def first_half(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """The steps of the high-noise expert, down to the boundary."""
    return {"start": 0, "end_sigma": values.get("boundary")}


def second_half(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """The steps of the low-noise expert, from the boundary on."""
    return {"start_sigma": values.get("boundary"), "end": values.get("steps")}


_HALVES = {"high": first_half, "low": second_half}


def two_experts(
    inputs: SamplerInputs,
    halves: Mapping[str, Callable[[Reading, Mapping[str, Any]], dict[str, Any]]] = _HALVES,
) -> tuple[SamplerInputs, ...]:
    """A sampler that changes experts by itself, at a boundary: a pass for each, with a model and a cfg.

    `halves` work out which steps each of the passes runs.
    """
    return tuple(
        inputs._replace(
            model=f"model_{level}_noise",
            cfg=f"cfg_{level}_noise",
            shift="sigma_shift",
            boundary="boundary",
            part=f":{level}",
            own_way=True,
            finish=halves[level],
        )
        for level in ("high", "low")
    )


#: Inputs of samplers that go ways of their own through a schedule (ClownsharKSampler of RES4LYF).
_OWN_WAYS = frozenset({"sampler_mode", "steps_to_run"})


def by_names(inputs: Mapping[str, Any]) -> tuple[SamplerInputs, ...]:
    """The passes of a class without a record whose inputs are named as those of ComfyUI's samplers."""
    if "latent_image" not in inputs:
        return ()
    if "guider" in inputs:
        return (GUIDED,)
    found = _present(inputs, ADVANCED if {"start_at_step", "add_noise"} & set(inputs) else PLAIN)
    if "model_high_noise" in inputs:
        return two_experts(found)
    if "model" not in inputs:
        return ()
    if "sigmas" in inputs:
        return (CUSTOM,)
    return (found._replace(own_way=bool(_OWN_WAYS.intersection(inputs))),)


def _present(inputs: Mapping[str, Any], likely: SamplerInputs) -> SamplerInputs:
    seed = next((name for name in ("noise_seed", "seed") if name in inputs), "seed")
    return likely._replace(denoise="denoise" if "denoise" in inputs else "", seed=seed)


def written_sigmas(text: object) -> tuple[float, ...]:
    """The noise levels that ManualSigmas reads in a text."""
    return (
        tuple(map(float, re.findall(r"[-+]?(?:\d*\.)?\d+", text))) if isinstance(text, str) else ()
    )


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
        samplers=(PLAIN,),
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "KSamplerAdvanced",
        role="sampler",
        samplers=(ADVANCED,),
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "SamplerCustom",
        role="sampler",
        samplers=(CUSTOM,),
        facts=sampled,
        work="sample",
    ),
    NodeRecord(
        "SamplerCustomAdvanced",
        role="sampler",
        samplers=(GUIDED,),
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
        schedule="beta",
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
