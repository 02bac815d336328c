"""A family is claimed only for models whose names do not tell another size."""

from __future__ import annotations

import json

import pytest

from tests.prompts import HIGH, Prompt, changed, conditioned, node
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.source import Source


def made(file: str, class_name: str, vae: str = "wan_2.1_vae.safetensors") -> Prompt:
    """One pass of twenty steps from a picture by a model of that name."""
    start = ("start", 0), ("start", 1), ("start", 2)
    prompt = changed(conditioned(class_name), "vae", vae_name=vae)
    if class_name == "Wan22FunControlToVideo":
        prompt["start"]["inputs"]["ref_image"] = prompt["start"]["inputs"].pop("start_image")
    return {
        **prompt,
        "model": node("UNETLoader", unet_name=file, weight_dtype="default"),
        "sampler": node("KSampler", model=("model", 0), positive=start[0], negative=start[1],
                        latent_image=start[2], seed=7, steps=20, cfg=6.0, sampler_name="euler",
                        scheduler="simple", denoise=1.0),
        "decode": node("VAEDecode", samples=("sampler", 0), vae=("vae", 0)),
        "save": node("SaveImage", images=("decode", 0), filename_prefix="a"),
    }  # fmt: skip


def imported(prompt: Prompt) -> str:
    text = compiler.import_file(dump(prompt).encode(), shown="mine.json").text
    assert text is not None
    compiled = compiler.compile(Source(text, "mine.wan"))
    assert compiled.prompt is not None
    sides = (json.dumps(compiled.prompt).encode(), "a", None), (dump(prompt).encode(), "b", None)
    assert compiler.diff(*sides).lines() == []
    return text


@pytest.mark.parametrize(
    ("file", "class_name"),
    [
        ("wan2.1_fun_control_1.3B_bf16.safetensors", "Wan22FunControlToVideo"),
        ("wan2.1_fun_camera_v1.1_1.3B_bf16.safetensors", "WanCameraImageToVideo"),
        ("Wan2.1-Fun-V1.1-1.3B-InP.safetensors", "WanFunInpaintToVideo"),
        ("wan2.2_fun_control_5B_bf16.safetensors", "Wan22FunControlToVideo"),
    ],
)
def test_no_family_of_another_size_is_claimed(file: str, class_name: str) -> None:
    vae = "wan2.2_vae.safetensors" if "5B" in file else "wan_2.1_vae.safetensors"
    text = imported(made(file, class_name, vae))
    assert "14b" not in text.lower() and "family" not in text and "\npass sampled {" in text


def test_a_model_whose_name_tells_nothing_has_the_family_of_its_conditioning() -> None:
    text = " ".join(imported(made("mine.safetensors", "WanImageToVideo")).split())
    assert "family = wan22.i2v_14b" in text


def test_a_model_of_1_3b_is_not_called_one_of_3b() -> None:
    text = imported(made("wan2.1_fun_control_1.3B_bf16.safetensors", "Wan22FunControlToVideo"))
    assert "model fun_control_1_3b {" in text


def test_the_family_that_a_name_tells_is_that_of_the_model() -> None:
    assert "family" not in imported(made(HIGH, "WanImageToVideo"))
