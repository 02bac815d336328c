"""Which passes of the library an imported pass is a copy of."""

from __future__ import annotations

import json

import pytest

from tests.prompts import alone, conditioned, node
from wan22dsl.api import compiler

#: The settings of Wan 2.1 in ComfyUI's templates, which are those of the library's pass for sound.
SETTINGS = {"steps": 20, "cfg": 6.0, "sampler_name": "uni_pc", "scheduler": "simple"}


def imported(model: str) -> str:
    """The text of a prompt for a video from text."""
    start = conditioned() | {
        "empty": node("EmptyHunyuanLatentVideo", width=832, height=480, length=77, batch_size=1)
    }
    del start["start"], start["load"]
    prompt = alone(model, None, latent=("empty", 0), start=start, shift=8.0, **SETTINGS)
    sampler = next(made for made in prompt.values() if made["class_type"].startswith("KSampler"))
    sampler["inputs"] |= {"positive": ["positive", 0], "negative": ["negative", 0]}
    text = compiler.import_file(json.dumps(prompt).encode(), shown="a.json").text
    assert text is not None
    return text


@pytest.mark.parametrize(
    "model",
    [
        "wan2.1_t2v_14B_fp8_e4m3fn.safetensors",
        "wan2.1_t2v_1.3B_fp16.safetensors",
        "wan2.1_fun_camera_v1.1_1.3B_bf16.safetensors",
    ],
)
def test_a_pass_of_another_model_is_no_copy_of_the_pass_for_sound(model):
    text = imported(model)
    assert "\npass " in text
    assert "wan22.sound" not in text and "wan22.character" not in text


def test_a_pass_of_the_sound_model_is_that_of_the_library():
    assert "wan22.sound" in imported("wan2.2_s2v_14B_fp8_scaled.safetensors")
