"""The kind of workflow that people have: two passes, four-step LoRAs, a patch, interpolation behind it."""

from __future__ import annotations

from tests.prompts import Prompt, changed, node, rife, sage, split


def prompt(patch: bool = True) -> Prompt:
    """Two KSamplerAdvanced passes 0..2 and 2..4, shift 5.0 and 6.0, Sage attention, and RIFE."""
    made = split(shifts=(5.0, 6.0))
    for name in ("high", "low") if patch else ():
        made[f"{name}_sage"] = sage(f"{name}_lora", allow_compile=False)
        made = changed(made, f"{name}_shift", model=(f"{name}_sage", 0))
    made["rife"] = rife("decode")
    made["clip"]["inputs"]["device"] = "default"
    made["high_sampler"]["_meta"] = {"title": "High noise pass"}
    made["low_sampler"]["_meta"] = {"title": "Low noise pass"}
    return changed(
        changed(made, "video", images=("rife", 0), fps=32.0), "low_sampler", noise_seed=0
    )


def with_one_more_patch(made: Prompt) -> Prompt:
    """The same with one more patch behind the LoRA of each expert: what is hard to do by script."""
    for name in ("high", "low"):
        made[f"{name}_cache"] = node("CFGZeroStar", model=(f"{name}_lora", 0))
        made = changed(made, f"{name}_sage", model=(f"{name}_cache", 0))
    return made
