"""Three stages in one node: the base model for the first steps, then the two distilled experts.

VraethrDalkr/ComfyUI-TripleKSampler 0.10. The base stage runs the first steps of a finer schedule that has the
same noise where the distilled stages go on: base steps of a total, as `lightning_start` of `lightning_steps`.
"""

from __future__ import annotations

from math import ceil, gcd
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.models import paced
from wan22dsl.comfyui.nodes.packs.wan_video_wrapper import EMBEDDED
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading, SamplerInputs
from wan22dsl.comfyui.nodes.sampling import sampled
from wan22dsl.comfyui.nodes.widgets import Widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.comfyui.nodes.facts import Facts

_PACK = "ComfyUI-TripleKSampler"

#: The fewest steps that the base schedule has in all, where nothing sets another number.
_THRESHOLD = 20

#: The sigma at which the experts change, by the strategy.
_BOUNDARIES = {"T2V boundary": 0.875, "I2V boundary": 0.9}


def _base(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """The base stage: `start` of `steps`, counted in steps of a schedule that is fine enough."""
    start, steps = reading.whole("lightning_start"), reading.whole("lightning_steps")
    if start is None or steps is None or not 0 < start < steps:
        return {"steps": steps, "start": 0, "end": 0 if start == 0 else None}
    asked, least = reading.whole("base_steps"), reading.whole("base_quality_threshold")
    if asked is not None and asked > 0:
        count = asked
    else:
        unit = start // gcd(start, steps)
        total_of_unit = steps // gcd(start, steps)
        count = unit * ceil((least or _THRESHOLD) / total_of_unit)
    total, odd = divmod(count * steps, start)
    if odd:
        return {"steps": None, "start": 0, "end": None, "leftover_noise": True, "add_noise": True}
    return {"steps": total, "start": 0, "end": count, "leftover_noise": True, "add_noise": True}


def _switch(reading: Reading) -> dict[str, Any]:
    """Where the second distilled stage starts: a step, or a sigma."""
    strategy, steps = reading.value("switch_strategy"), reading.whole("lightning_steps")
    if steps is None or not isinstance(strategy, str):
        return {"step": None}
    if strategy.startswith("50%") or strategy.endswith("(refined)"):
        return {"step": ceil(steps / 2)}
    if strategy.startswith("Manual switch"):
        step = reading.whole("switch_step")
        return {"step": steps // 2 if step == -1 else step}
    if strategy.startswith("Manual boundary"):
        return {"step": None, "sigma": reading.number("switch_boundary")}
    return {"step": None, "sigma": _BOUNDARIES.get(strategy)}


def _refined(reading: Reading) -> dict[str, Any]:
    """A refined strategy looks for a shift of its own, which is not known here."""
    strategy = reading.value("switch_strategy")
    refined = isinstance(strategy, str) and strategy.endswith("(refined)")
    return {"shift": None, "scheduler": None} if refined else {}


def _high(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    start, switch = reading.whole("lightning_start"), _switch(reading)
    return {
        "start": start,
        "end": switch["step"],
        "end_sigma": switch.get("sigma"),
        "add_noise": start == 0,
        "leftover_noise": True,
        "cfg": _cfg(reading),
        **_refined(reading),
    }


def _low(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    switch = _switch(reading)
    return {
        "start": switch["step"],
        "start_sigma": switch.get("sigma"),
        "end": reading.whole("lightning_steps"),
        "add_noise": False,
        "leftover_noise": False,
        "cfg": _cfg(reading),
        **_refined(reading),
    }


def _cfg(reading: Reading) -> float | None:
    """The distilled stages have a cfg of 1 where the node has no input for it."""
    return reading.number("lightning_cfg") if "lightning_cfg" in reading.inputs else 1.0


def _stages(
    sampler: str, scheduler: str, base: str, like: SamplerInputs | None = None
) -> tuple[SamplerInputs, ...]:
    """The three stages; `base` tells that each kind of stage has a sampler and a scheduler of its own."""

    def stage(
        part: str,
        model: str,
        prefix: str,
        finish: Callable[[Reading, Mapping[str, Any]], Mapping[str, Any]],
    ) -> SamplerInputs:
        return (like or SamplerInputs())._replace(
            model=model,
            steps="lightning_steps",
            cfg="base_cfg" if part == ":base" else "lightning_cfg",
            sampler=f"{prefix}{sampler}" if base and sampler else sampler,
            scheduler=f"{prefix}{scheduler}" if base else scheduler,
            shift="sigma_shift",
            part=part,
            own_way=True,
            finish=finish,
        )

    return (
        stage(":base", "base_high", "base_", _base),
        stage(":high", "lightning_high", "lightning_", _high),
        stage(":low", "lightning_low", "lightning_", _low),
    )


#: The same with samplers of WanVideoWrapper, which hand a latent on as it is.
_WRAPPED = EMBEDDED._replace(denoised_slot=1)


def _wrapped(reading: Reading) -> Facts:
    return paced(reading, reading.facts("image_embeds"))


def _record(
    class_name: str,
    samplers: tuple[SamplerInputs, ...],
    facts: Callable[[Reading], Facts] = sampled,
) -> NodeRecord:
    return NodeRecord(class_name, _PACK, role="sampler", facts=facts, samplers=samplers)


_ADVANCED = _stages("sampler", "scheduler", "base_")
_WRAPPED_ADVANCED = _stages("", "scheduler", "base_", _WRAPPED)

#: Versions of these have their widgets in different orders.
_MOVED = Widgets(moved=True)

RECORDS: tuple[NodeRecord, ...] = (
    _record("TripleWVSampler", _stages("", "scheduler", "", _WRAPPED), _wrapped),
    _record("TripleWVSamplerAdvanced", _WRAPPED_ADVANCED, _wrapped)._replace(widgets=_MOVED),
    _record("TripleWVSamplerAdvancedAlt", _WRAPPED_ADVANCED, _wrapped),
    _record("TripleKSamplerWan22Lightning", _stages("sampler_name", "scheduler", "")),
    _record("TripleKSamplerWan22LightningAdvanced", _ADVANCED)._replace(widgets=_MOVED),
    _record("TripleKSamplerWan22LightningAdvancedAlt", _ADVANCED),
)
