"""Samplers that decode as well, and stacks of LoRAs (jags111/efficiency-nodes-comfyui)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes import loras
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.sampling import ADVANCED, PLAIN, sampled
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "efficiency-nodes-comfyui"

_MOST_LORAS = range(1, 51)


def _made(reading: Reading) -> Facts:
    """The latent and the frames of it; the rest is handed on."""
    if reading.slot in {3, 5}:
        facts = sampled(reading)
        return facts if reading.slot == 3 else facts._replace(vae=None)
    handed = {0: "model", 1: "positive", 2: "negative", 4: "optional_vae"}
    name = handed.get(reading.slot)
    return NOTHING_KNOWN if name is None else reading.facts(name)


#: Behind the seed stands a button in the place of what becomes of it after a run (js/seedcontrol.js).
_SEED_BUTTON = Widgets(seed_button=True)

RECORDS: tuple[NodeRecord, ...] = (
    *(
        NodeRecord(class_name, _PACK, widgets=_SEED_BUTTON)
        for class_name in (
            *("KSampler SDXL (Eff.)", "Noise Control Script", "HighRes-Fix Script"),
            "Tiled Upscaler Script",
        )
    ),
    NodeRecord(
        "KSampler (Efficient)",
        _PACK,
        role="sampler",
        facts=_made,
        widgets=_SEED_BUTTON,
        samplers=(PLAIN,),
    ),
    NodeRecord(
        "KSampler Adv. (Efficient)",
        _PACK,
        role="sampler",
        facts=_made,
        widgets=_SEED_BUTTON,
        samplers=(ADVANCED,),
    ),
    NodeRecord(
        "LoRA Stacker",
        _PACK,
        role="lora",
        loras=loras.either(
            "input_mode",
            {
                "simple": loras.numbered(
                    "lora_name_{}", "lora_wt_{}", _MOST_LORAS, count="lora_count"
                ),
                "advanced": loras.numbered(
                    "lora_name_{}", "model_str_{}", _MOST_LORAS, count="lora_count"
                ),
            },
        ),
        lora_links=("lora_stack",),
    ),
    NodeRecord(
        "CR LoRA Stack",
        "ComfyUI_Comfyroll_CustomNodes",
        role="lora",
        loras=loras.numbered(
            "lora_name_{}", "model_weight_{}", range(1, 4), on=("switch_{}", "On")
        ),
        lora_links=("lora_stack",),
    ),
    NodeRecord(
        "CR Apply LoRA Stack",
        "ComfyUI_Comfyroll_CustomNodes",
        role="lora",
        lora_links=("lora_stack",),
    ),
)
