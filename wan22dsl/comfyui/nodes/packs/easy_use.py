"""Samplers, LoRAs and clean-up (yolain/ComfyUI-Easy-Use)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import loras
from wan22dsl.comfyui.nodes.editor import only_in_editor
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading, SamplerInputs
from wan22dsl.comfyui.nodes.sampling import ADVANCED, PLAIN
from wan22dsl.comfyui.nodes.values import pass_on
from wan22dsl.comfyui.nodes.widgets import Widgets

if TYPE_CHECKING:
    from collections.abc import Mapping


_PACK = "ComfyUI-Easy-Use"


def _with_noise(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """`add_noise` names where the noise is made: `enable (CPU)`."""
    value = reading.value("add_noise")
    return {"add_noise": value.startswith("enable")} if isinstance(value, str) else {}


def _times(reading: Reading) -> int | None:
    """The body runs before the first test, so once at least."""
    total = reading.whole("total")
    return None if total is None else max(total, 1)


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "easy promptLine",
        _PACK,
        role="value",
        widgets=Widgets(behind=("",)),
    ),
    pass_on("easy cleanGpuUsed", "anything", _PACK, acts=True),
    pass_on("easy clearCacheAll", "anything", _PACK, acts=True),
    NodeRecord("easy forLoopStart", _PACK, repeats=_times),
    NodeRecord("easy forLoopEnd", _PACK, repeats_from="flow"),
    NodeRecord("easy whileLoopStart", _PACK, repeats=lambda _: None),
    NodeRecord("easy whileLoopEnd", _PACK, repeats_from="flow"),
    NodeRecord(
        "easy preSampling",
        _PACK,
        held=PLAIN,
    ),
    NodeRecord(
        "easy preSamplingAdvanced",
        _PACK,
        held=ADVANCED._replace(seed="seed", finish=_with_noise),
    ),
    NodeRecord(
        "easy kSampler",
        _PACK,
        role="sampler",
        samplers=(SamplerInputs(latent="", holder="pipe", latent_optional=True, own_way=True),),
    ),
    NodeRecord(
        "easy loraStack",
        _PACK,
        role="lora",
        loras=loras.switched_on(
            loras.either(
                "mode",
                {
                    "simple": loras.numbered(
                        "lora_{}_name", "lora_{}_strength", range(1, 11), count="num_loras"
                    ),
                    "advanced": loras.numbered(
                        "lora_{}_name", "lora_{}_model_strength", range(1, 11), count="num_loras"
                    ),
                },
            ),
            "toggle",
        ),
        lora_links=("optional_lora_stack",),
    ),
    NodeRecord(
        "easy loraStackApply",
        _PACK,
        role="lora",
        lora_links=("lora_stack",),
    ),
    only_in_editor("easy setNode", _PACK, "set"),
    only_in_editor("easy getNode", _PACK, "get"),
)
