"""The published recipes: which files and which numbers each pass of `wan22` stands for.

The numbers are those of ComfyUI's own workflow templates (Comfy-Org/workflow_templates).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.language.library.building import (
    node,
    nodes,
    pipeline,
    prompt_of,
    source_of,
    without_image,
)
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.program.names import public


class Recipe(NamedTuple):
    """Two passes over one schedule, and what the pipeline needs besides."""

    first: str
    models: str
    loras: str
    shift: float
    settings: str = ""


_CAMERA = '    camera = "Zoom In"\n'
_END = '    end_image = "end.png"\n'
_CONTROL = '    control_video = "poses.mp4"\n'
_I2V = "wan2.2_i2v_lightx2v_4steps_lora_v1"
_T2V = "wan2.2_t2v_lightx2v_4steps_lora_v1.1"

FOUR_STEPS = (
    Recipe("high", "i2v", _I2V, 5.0),
    Recipe("text_high", "t2v", _T2V, 5.0),
    Recipe("control_high", "fun_control", _I2V, 8.0, _CONTROL),
    Recipe("inpaint_high", "fun_inpaint", _I2V, 8.0, _END),
    Recipe("camera_high", "fun_camera", _I2V, 8.0, _CAMERA),
    Recipe("vace_high", "fun_vace", _T2V, 5.0, _CONTROL),
)
TWENTY_STEPS = (
    Recipe("base_high", "i2v", "", 8.0),
    Recipe("base_text_high", "t2v", "", 8.0),
    Recipe("base_control_high", "fun_control", "", 8.0, _CONTROL),
    Recipe("base_inpaint_high", "fun_inpaint", "", 8.0, _END),
    Recipe("base_camera_high", "fun_camera", "", 8.0, _CAMERA),
    Recipe("base_vace_high", "fun_vace", "", 8.0, _CONTROL),
)
SINGLE = {"small", "sound", "character"}


def _flow(recipe: Recipe) -> str:
    second = recipe.first.replace("high", "low")
    return f'wan22.{recipe.first} -> wan22.{second} -> save("end")'


def _prompt(recipe: Recipe) -> dict[str, Any]:
    text = pipeline(_flow(recipe), recipe.settings)
    return prompt_of(without_image(text) if recipe.models == "t2v" else text)


def test_every_pass_has_a_test() -> None:
    library = library_module("wan22")
    passes = {name for name in public(library) if library.names[name].word.text == "pass"}
    first = {recipe.first for recipe in FOUR_STEPS + TWENTY_STEPS}
    assert passes == SINGLE | first | {name.replace("high", "low") for name in first}


@pytest.mark.parametrize("recipe", FOUR_STEPS + TWENTY_STEPS, ids=lambda recipe: recipe.first)
def test_the_two_passes_load_their_experts_and_loras(recipe: Recipe) -> None:
    prompt = _prompt(recipe)
    files = [node["unet_name"] for node in nodes(prompt, "UNETLoader")]
    levels = ("high", "low")
    assert files == [
        f"wan2.2_{recipe.models}_{level}_noise_14B_fp8_scaled.safetensors" for level in levels
    ]
    loras = [node["lora_name"] for node in nodes(prompt, "LoraLoaderModelOnly")]
    expected = [f"{recipe.loras}_{level}_noise.safetensors" for level in levels]
    assert loras == (expected if recipe.loras else [])
    assert [node["shift"] for node in nodes(prompt, "ModelSamplingSD3")] == [recipe.shift] * 2
    assert node(prompt, "VAELoader") == {"vae_name": "wan_2.1_vae.safetensors"}
    encoder = node(prompt, "CLIPLoader")
    assert encoder["clip_name"] == "umt5_xxl_fp8_e4m3fn_scaled.safetensors"
    assert encoder["type"] == "wan"


@pytest.mark.parametrize("recipe", FOUR_STEPS + TWENTY_STEPS, ids=lambda recipe: recipe.first)
def test_the_two_passes_share_one_schedule(recipe: Recipe) -> None:
    total, cfg = (4, 1.0) if recipe in FOUR_STEPS else (20, 3.5)
    prompt = _prompt(recipe)
    high, low = nodes(prompt, "KSamplerAdvanced")
    for sampler in (high, low):
        assert (sampler["steps"], sampler["cfg"]) == (total, cfg)
        assert (sampler["sampler_name"], sampler["scheduler"]) == ("euler", "simple")
        assert sampler["positive"] == high["positive"]
        assert sampler["negative"] == high["negative"]
    assert (high["start_at_step"], high["end_at_step"]) == (0, total // 2)
    assert (low["start_at_step"], low["end_at_step"]) == (total // 2, total)
    assert (high["add_noise"], high["return_with_leftover_noise"]) == ("enable", "enable")
    assert (low["add_noise"], low["return_with_leftover_noise"]) == ("disable", "disable")
    assert (high["noise_seed"], low["noise_seed"]) == (7, 0)
    assert source_of(prompt, low["latent_image"]) == ("KSamplerAdvanced", 0)


def test_the_5b_model_makes_24_frames_a_second_with_its_own_vae() -> None:
    text = (
        pipeline('wan22.small -> save("end")').replace("81f", "5s").replace("640x480", "1280x704")
    )
    prompt = prompt_of(text)
    sampler = node(prompt, "KSampler")
    assert (sampler["steps"], sampler["cfg"], sampler["denoise"]) == (20, 5.0, 1.0)
    assert (sampler["sampler_name"], sampler["scheduler"]) == ("uni_pc", "simple")
    assert node(prompt, "UNETLoader")["unet_name"] == "wan2.2_ti2v_5B_fp16.safetensors"
    assert node(prompt, "VAELoader") == {"vae_name": "wan2.2_vae.safetensors"}
    assert node(prompt, "ModelSamplingSD3")["shift"] == 8.0
    assert node(prompt, "Wan22ImageToVideoLatent")["length"] == 121
    assert node(prompt, "CreateVideo")["fps"] == 24.0


def test_the_sound_model_samples_twenty_steps() -> None:
    text = pipeline('wan22.sound -> save("end")', '    audio = "song.mp3"\n').replace("81f", "77f")
    prompt = prompt_of(text)
    sampler = node(prompt, "KSampler")
    assert (sampler["steps"], sampler["cfg"], sampler["sampler_name"]) == (20, 6.0, "uni_pc")
    assert node(prompt, "UNETLoader")["unet_name"] == "wan2.2_s2v_14B_fp8_scaled.safetensors"
    assert node(prompt, "ModelSamplingSD3")["shift"] == 8.0


def test_the_character_model_samples_six_steps_with_two_loras() -> None:
    text = pipeline('wan22.character -> wan22.trim_animate -> save("end")').replace("81f", "77f")
    prompt = prompt_of(text)
    sampler = node(prompt, "KSampler")
    assert (sampler["steps"], sampler["cfg"], sampler["sampler_name"]) == (6, 1.0, "euler")
    assert [node["lora_name"] for node in nodes(prompt, "LoraLoaderModelOnly")] == [
        "lightx2v_I2V_14B_480p_cfg_step_distill_rank64_bf16.safetensors",
        "WanAnimate_relight_lora_fp16.safetensors",
    ]
