"""Recipes that people use and an expert would call right: no error and no warning, in both forms of JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.lint.rules.mutations.parts import basic, by_sigmas, written
from tests.lint.rules.mutations.suite import both, drawn, other, prompt_of, said_of_json, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lint.rules.mutations.suite import Prompt

_FIRST, _SECOND = "first.sampler", "second.sampler"
_I2V_2_1 = "Wan21_I2V_14B_lightx2v_cfg_step_distill_lora_rank64.safetensors"


class Recipe(NamedTuple):
    """A recipe, as changes of a good pipeline. `notes` are told besides, and nothing graver."""

    name: str
    change: Callable[[Prompt], Prompt]
    base: str = "fast"
    notes: str = ""


def steps(split: int, total: int, end: int | None = None):
    """Another total, split at that step."""
    return lambda each: other(
        other(each, _FIRST, steps=total, end_at_step=split),
        _SECOND,
        steps=total,
        start_at_step=split,
        end_at_step=total if end is None else end,
    )


def _sampled(sampler: str, scheduler: str, change=lambda each: each):
    return lambda each: both(change(each), "sampler", sampler_name=sampler, scheduler=scheduler)


def _bare_high(change=lambda each: each):
    """The high-noise expert without the LoRA, with guidance."""
    return lambda each: other(without(change(each), "first.lora.1"), _FIRST, cfg=3.5)


def _patched(class_type: str, **inputs: Any):
    def made(prompt: Prompt) -> Prompt:
        for name in ("first", "second"):
            before = prompt[f"{name}.shift"]["inputs"]["model"]
            node = {"class_type": class_type, "inputs": {"model": before, **inputs}}
            prompt = other(
                {**prompt, f"{name}.patch": node}, f"{name}.shift", model=(f"{name}.patch", 0)
            )
        return prompt

    return made


def _strengths(high: float, low: float, file: str | None = None):
    def made(prompt: Prompt) -> Prompt:
        for name, strength in (("first", high), ("second", low)):
            prompt = other(prompt, f"{name}.lora.1", strength_model=strength)
            if file is not None:
                prompt = other(prompt, f"{name}.lora.1", lora_name=file)
        return prompt

    return made


def _picture(prompt: Prompt) -> Prompt:
    """One picture from text."""
    prompt = other(prompt, "text_to_video", length=1, width=1280, height=720)
    del prompt["save.video"]
    inputs = {"images": ["second.decode", 0], "filename_prefix": "picture"}
    return {**prompt, "save": {"class_type": "SaveImage", "inputs": inputs}}


def _picture_by_pictures_latent(prompt: Prompt) -> Prompt:
    inputs = {"width": 1280, "height": 720, "batch_size": 1}
    node = {"class_type": "EmptySD3LatentImage", "inputs": inputs}
    return {**_picture(prompt), "text_to_video": node}


def _size(width: int, height: int, length: int = 81):
    return lambda each: other(each, "image_to_video", width=width, height=height, length=length)


def _file(id: str, name: str, file: str):
    return lambda each: other(each, id, **{name: file})


_SLG = {"double_layers": "9", "single_layers": "9", "scale": 3.0, "start_percent": 0.01}
_SLG |= {"end_percent": 0.15, "rescaling_scale": 0.0}
_CACHE = {"reuse_threshold": 0.2, "start_percent": 0.15, "end_percent": 0.95, "verbose": False}

RECIPES = [
    Recipe("6 steps, 3 and 3", steps(3, 6)),
    Recipe("6 steps, 2 and 4", steps(2, 6)),
    Recipe("8 steps, 4 and 4", steps(4, 8)),
    Recipe("8 steps, 3 and 5", steps(3, 8)),
    Recipe("5 steps, 2 and 3", steps(2, 5)),
    Recipe("the end at 10000", steps(2, 4, 10_000), notes=""),
    Recipe("30 steps", steps(14, 30), "plain"),
    Recipe("the bare high-noise expert before the distilled low-noise one", _bare_high(), notes="612"),
    Recipe("the same with 8 steps", _bare_high(steps(4, 8)), notes="612"),
    Recipe("uni_pc on both", _sampled("uni_pc", "simple"), "plain"),
    Recipe("lcm on both", _sampled("lcm", "simple")),
    Recipe("dpmpp_2m with sgm_uniform", _sampled("dpmpp_2m", "sgm_uniform"), "plain"),
    Recipe("dpmpp_sde with beta", _sampled("dpmpp_sde", "beta", steps(4, 8)), notes="719"),
    Recipe("shift 8 with the LoRAs", lambda each: both(each, "shift", shift=8.0)),
    Recipe("cfg 5 without", lambda each: both(each, "sampler", cfg=5.0), "plain"),
    Recipe("LoRAs of 2.1 at 3 and 1.5", _strengths(3.0, 1.5, _I2V_2_1)),
    Recipe("the LoRAs a little weaker", _strengths(0.8, 0.7)),
    Recipe("one schedule by link", by_sigmas(basic())),
    Recipe("noise levels that are written out", by_sigmas(written("1, 0.9375, 0.8333, 0.625, 0"))),
    Recipe("guidance that leaves layers out", _patched("SkipLayerGuidanceDiT", **_SLG), "plain"),
    Recipe("steps that are kept", _patched("EasyCache", **_CACHE), "plain"),
    Recipe("one picture", _picture, "text"),
    Recipe("one picture from the latent of pictures", _picture_by_pictures_latent, "text"),
    Recipe("1280x720", _size(1280, 720)),
    Recipe("49 frames upright", _size(480, 832, 49)),
    Recipe("65 frames square", _size(720, 720, 65)),
    Recipe("the text encoder in full", _file("umt5", "clip_name", "umt5_xxl_fp16.safetensors")),
    Recipe("a merged text encoder", _file("umt5", "clip_name", "wan_umt5-xxl_fp8_scaled.safetensors")),
    Recipe("kijai's VAE", _file("vae_2_1", "vae_name", "Wan2_1_VAE_bf16.safetensors")),
    Recipe("the VAE of Qwen Image", _file("vae_2_1", "vae_name", "qwen_image_vae.safetensors")),
    Recipe("the small VAE for previews", _file("vae_2_1", "vae_name", "taew2_1.safetensors")),
]  # fmt: skip

EACH = pytest.mark.parametrize("recipe", RECIPES, ids=lambda file: file.name)


@EACH
@pytest.mark.parametrize("form", ["prompt", "workflow"])
def test_a_recipe_in_use_is_told_a_note_at_most(recipe: Recipe, form: str):
    prompt = recipe.change(prompt_of(recipe.base))
    text = json.dumps(prompt, indent=1) if form == "prompt" else drawn(prompt)
    found = said_of_json(text)
    reported = [f"{finding.severity.value} {finding.code} {finding.message}" for finding in found]
    assert {finding.code for finding in found} <= {f"WAN{code}" for code in recipe.notes.split()}, (
        reported
    )
    assert {finding.severity.value for finding in found} <= {"note"}, reported
