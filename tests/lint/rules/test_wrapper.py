"""Workflows with the nodes of kijai's WanVideoWrapper: nothing false, and what is sure of its samplers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lint.rules.mutations.suite import drawn, said_of_json
from tests.prompts import Prompt, changed, found, node


def wrapped(**second: Any) -> Prompt:
    """Two samplers of the wrapper over six steps, as its example for the two experts has them."""
    shared = {"steps": 6, "cfg": 1.0, "shift": 8.0, "scheduler": "dpm++_sde", "seed": 43}
    prompt: Prompt = {
        "text": node("WanVideoTextEncodeCached", positive_prompt="She smiles"),
        "size": node("WanVideoEmptyEmbeds", width=832, height=480, num_frames=81),
    }
    before: dict[str, Any] = {}
    for name, part in (("high", (0, 3)), ("low", (3, -1))):
        prompt[f"{name}_model"] = node("WanVideoModelLoader", model=f"Wan2_2-I2V-A14B-{name}.gguf")
        inputs = {**shared, **before, "start_step": part[0], "end_step": part[1]}
        inputs.update(model=(f"{name}_model", 0), text_embeds=("text", 0), image_embeds=("size", 0))
        prompt[name] = node("WanVideoSampler", **inputs)
        before = {"samples": ("high", 0)}
    prompt["vae"] = node("WanVideoVAELoader", model_name="Wan2_1_VAE_bf16.safetensors")
    prompt["decode"] = node("WanVideoDecode", vae=("vae", 0), samples=("low", 0))
    prompt["save"] = node(
        "SaveWEBM", images=("decode", 0), filename_prefix="x", codec="vp9", fps=16.0, crf=32.0
    )
    return changed(prompt, "low", **second) if second else prompt


def grave(prompt: Prompt) -> list[tuple[str, str]]:
    """What is told besides notes."""
    told = [(finding.code, finding.severity.value) for finding in found(prompt)]
    return [each for each in told if each[1] != "note"]


def test_the_pack_is_one_note_that_says_what_is_not_judged():
    (finding,) = found(wrapped())
    assert (finding.code, finding.severity.value) == ("WAN501", "note")
    assert "8 nodes are of ComfyUI-WanVideoWrapper (kijai)" in finding.message
    assert "its nodes are not checked here" in finding.message


def test_in_workflow_json_it_is_the_same():
    assert [finding.code for finding in said_of_json(drawn(wrapped()))] == ["WAN501"]


def test_a_class_of_the_wrapper_is_never_taken_for_a_misspelt_one_of_another_pack():
    prompt = wrapped()
    prompt["cache"] = node("WanVideoTeaCache", rel_l1_thresh=0.2)
    prompt = changed(prompt, "low", cache_args=("cache", 0))
    assert grave(prompt) == []


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"start_step": 4}, "1 step is skipped"),
        ({"start_step": 2}, "1 step is run twice"),
        ({"start_step": 0}, "3 steps are run twice"),
        ({"steps": 8}, "continues with steps 8 where #high (WanVideoSampler) has 6"),
        ({"shift": 5.0}, "continues with shift 5 where #high (WanVideoSampler) has 8"),
        ({"scheduler": "unipc"}, 'continues with scheduler "unipc"'),
    ],
)
def test_two_samplers_that_do_not_meet_are_a_warning(second, words):
    prompt = wrapped(**second)
    assert grave(prompt) == [("WAN726", "warning")]
    assert any(words in finding.message for finding in found(prompt))


@pytest.mark.parametrize(
    "second",
    [
        {"start_step": 6},
        {"end_step": 7},
        {"start_step": 3, "end_step": 3},
        {"start_step": 3, "denoise_strength": 0.5},
    ],
)
def test_steps_that_the_wrapper_refuses_are_an_error(second):
    assert grave(wrapped(**second)) == [("WAN726", "error")]


@pytest.mark.parametrize(
    "second",
    [
        {"end_step": 6},
        {"start_step": 0, "add_noise_to_samples": True},
        {"start_step": 0, "denoise_strength": 0.4, "steps": 10},
        {"samples": ("high", 1), "start_step": 0},
        {"cfg": 3.5},
    ],
)
def test_what_is_a_recipe_is_told_nothing(second):
    assert grave(wrapped(**second)) == []


def test_steps_that_come_by_link_are_followed():
    prompt = wrapped(start_step=("split", 0))
    prompt["split"] = node("INTConstant", value=4)
    assert grave(prompt) == [("WAN726", "warning")]
