"""What WanVideoWrapper refuses when its nodes run, and what looks like it and is right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lint.rules.test_wrapper import grave, wrapped
from tests.prompts import Prompt, changed, complete, found, node


def merged(*, merge: bool, **loader: Any) -> Prompt:
    """The wrapper with LoRAs that say whether they are merged."""
    prompt = changed(wrapped(), "high_lora", merge_loras=merge)
    return changed(prompt, "high_model", **loader)


GGUF = "Wan2_2-I2V-A14B-high-Q4_K_S.gguf"

REFUSED = [
    (merged(merge=False, model=GGUF, quantization="fp8_e4m3fn"), "GGUF file"),
    (merged(merge=True, model=GGUF, quantization="disabled"), "merges a LoRA into the GGUF file"),
    (merged(merge=False, quantization="fp8_e4m3fn_fast"), "is not merged into a model"),
    (merged(merge=False, quantization="disabled", block_swap_args=("a", 0),
            vram_management_args=("b", 0)), "block swap and VRAM management"),
    (wrapped(batched_cfg=True), "batched_cfg"),
    (changed(wrapped(), "high", freeinit_args=("a", 0)), "FreeInit"),
    (changed(wrapped(), "decode", tile_x=128, tile_stride_x=144), "tiles of 128 pixels"),
    (changed(wrapped(), "high", flowedit_args=("a", 0)), "`flowedit_args`"),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "words"), REFUSED, ids=[row[1] for row in REFUSED])
def test_what_the_wrapper_refuses_is_an_error(prompt, words):
    assert ("WAN728", "error") in grave(prompt)
    (finding,) = [each for each in found(prompt) if each.code == "WAN728"]
    assert words in finding.message


@pytest.mark.parametrize(
    "prompt",
    [
        merged(merge=False, model=GGUF, quantization="disabled"),
        merged(merge=True, quantization="disabled"),
        merged(merge=True, quantization="fp8_e4m3fn_fast"),
        changed(wrapped(freeinit_args=("a", 0)), "decode", tile_x=272, tile_stride_x=144),
    ],
)
def test_what_it_takes_is_not(prompt):
    assert "WAN728" not in {code for code, _ in grave(prompt)}


def test_the_windows_of_multitalk_go_with_no_others():
    prompt = changed(wrapped(), "high", context_options=("windows", 0))
    prompt["windows"] = node("WanVideoContextOptions")
    assert "WAN728" not in {code for code, _ in grave(complete(prompt))}
    prompt["size"] = node("WanVideoImageToVideoMultiTalk", vae=("vae", 0), mode="infinitetalk")
    assert "WAN728" in {code for code, _ in grave(complete(prompt))}


def test_flowedit_adds_noise_of_its_own():
    prompt = wrapped()
    prompt["source"] = node("WanVideoEncode", vae=("vae", 0), image=("image", 0))
    prompt = changed(prompt, "high", samples=("source", 0), flowedit_args=("edit", 0))
    prompt["edit"] = node("WanVideoFlowEdit")
    codes = {each.code for each in found(complete(prompt))}
    assert ("WAN714" in codes, "WAN728" in codes) == (False, True)
    prompt = changed(prompt, "high", flowedit_args=None)
    assert "WAN714" in {each.code for each in found(complete(prompt))}


def test_loras_on_a_loaded_model_are_not_merged():
    prompt = merged(merge=True, quantization="disabled", lora=None)
    prompt["set"] = node("WanVideoSetLoRAs", model=("high_model", 0), lora=("high_lora", 0))
    prompt = changed(prompt, "high", model=("set", 0))
    assert grave(prompt) == [("WAN728", "error")]
    assert grave(changed(prompt, "high_lora", merge_loras=False)) == []


def test_a_prompt_that_nothing_encodes_is_an_error_unless_it_may_be_in_the_cache():
    prompt = wrapped()
    prompt["text"] = node("WanVideoTextEncode", positive_prompt="She turns", use_disk_cache=False)
    prompt = complete(prompt)
    assert grave(prompt) == [("WAN728", "error")]
    assert grave(changed(prompt, "text", use_disk_cache=True)) == []


def test_two_options_that_go_wrong_together():
    prompt = changed(wrapped(), "high", experimental_args=("options", 0))
    prompt["options"] = node("WanVideoExperimentalArgs", cfg_zero_star=True, use_zero_init=True)
    assert grave(prompt) == [("WAN728", "error")]
    assert grave(changed(prompt, "options", use_zero_init=False)) == []


@pytest.mark.parametrize("file", ["umt5_xxl_fp8_e4m3fn_scaled.safetensors", "t5xxl_fp16.safetensors",
                                  "umt5-xxl-encoder-Q8_0.gguf"])  # fmt: skip
def test_the_text_encoder_of_comfyui_is_not_that_of_the_wrapper(file):
    prompt = wrapped()
    prompt["t5"] = node("LoadWanVideoT5TextEncoder", model_name=file, precision="bf16")
    prompt = complete(prompt)
    prompt["text"] = node(
        "WanVideoTextEncode", positive_prompt="She smiles", negative_prompt="", t5=("t5", 0)
    )
    assert grave(prompt) == [("WAN616", "error")]
    fixed = changed(prompt, "t5", model_name="umt5-xxl-enc-bf16.safetensors")
    assert grave(fixed) == []


def test_the_vae_of_the_5b_model_is_not_that_of_the_14b_models():
    prompt = changed(wrapped(), "vae", model_name="Wan2_2_VAE_bf16.safetensors")
    assert grave(prompt) == [("WAN651", "error")]
    (finding,) = [each for each in found(prompt) if each.code == "WAN651"]
    assert finding.fix.edits[0].text == '"Wan2_1_VAE_bf16.safetensors"'
