"""Passes of WanVideoWrapper: their steps, their noise levels, and settings in nodes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LOW,
    node,
    passes_of,
    ranges,
)
from wan22dsl.graph.passes.wrapper_sigmas import wrapper_sigmas

if TYPE_CHECKING:
    from tests.prompts import Prompt
    from wan22dsl.graph.passes.recognition import Pass


def wrapped(more: Prompt | None = None, **inputs: Any) -> Pass:
    """One sampler of WanVideoWrapper, with two LoRAs in a chain."""
    prompt: Prompt = {
        **(more or {}),
        "text": node("WanVideoTextEncode", positive_prompt="rain", negative_prompt=""),
        "size": node("WanVideoEmptyEmbeds", width=832, height=480, num_frames=80),
        "first": node("WanVideoLoraSelect", lora=LORA_HIGH, strength=0.8),
        "second": node(
            "WanVideoLoraSelect", lora="b.safetensors", strength=1, prev_lora=("first", 0)
        ),
        "loader": node("WanVideoModelLoader", model=HIGH, lora=("second", 0)),
        "swap": node("WanVideoSetBlockSwap", model=("loader", 0)),
    }
    known = {"steps": 6, "cfg": 1.0, "shift": 8.0, "scheduler": "dpm++_sde", "seed": 43}
    known |= {"model": ("swap", 0), "text_embeds": ("text", 0), "image_embeds": ("size", 0)}
    prompt["sampler"] = node("WanVideoSampler", **{**known, **inputs})
    prompt["vae"] = node("WanVideoVAELoader", model_name="Wan2_1_VAE_bf16.safetensors")
    prompt["decode"] = node("WanVideoDecode", vae=("vae", 0), samples=("sampler", 0))
    (pass_,) = passes_of(prompt)
    return pass_


@pytest.mark.parametrize(
    ("inputs", "steps", "start", "end"),
    [
        ({}, 4, 0, 4),
        ({"end_step": 2}, 4, 0, 2),
        ({"start_step": 2, "end_step": -1}, 4, 2, 4),
        ({"end_step": 99}, 4, 0, 4),
        ({"end_step": ("unknown", 0)}, 4, None, None),
        ({"denoise_strength": 0.5}, 4, None, None),
    ],
)
def test_a_sampler_of_the_wrapper_counts_its_steps_in_the_noise_levels_it_gets(
    inputs, steps, start, end
):
    levels = (1.0, 0.94, 0.85, 0.55, 0.0)
    listed = {
        "unknown": node("NobodyKnowsThis"),
        "list": node("StringToFloatList", string=", ".join(map(str, levels))),
        "levels": node("FloatToSigmas", float_list=("list", 0)),
    }
    pass_ = wrapped(listed, **{"steps": 20, "sigmas": ("levels", 0), **inputs})
    settings = pass_.settings
    assert (settings.steps, settings.start, settings.end) == (steps, start, end)
    assert settings.sigmas == levels and settings.leftover_noise is True
    assert not {"steps", "scheduler", "shift"} & set(settings.places)


@pytest.mark.parametrize("text", ["1, much, 0", "", "1"])
def test_a_list_that_is_no_schedule_makes_no_steps(text):
    listed = {
        "list": node("StringToFloatList", string=text),
        "levels": node("FloatToSigmas", float_list=("list", 0)),
    }
    settings = wrapped(listed, sigmas=("levels", 0)).settings
    assert (settings.steps, settings.start, settings.sigmas) == (None, None, None)


def test_a_pass_of_the_wrapper():
    pass_ = wrapped()
    assert pass_.model is not None
    assert (pass_.model.file, pass_.noise) == (HIGH, "high")
    assert [(one.file, one.strength) for one in pass_.loras] == [
        (LORA_HIGH, 0.8),
        ("b.safetensors", 1.0),
    ]
    assert ranges([pass_]) == [(0, 6, 6)]
    assert (pass_.shift, pass_.latent.frames, pass_.latent.width) == (8.0, 77, 832)
    assert pass_.sigmas == wrapper_sigmas("dpm++_sde", 6, 8.0)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"start_step": 2, "end_step": -1}, (2, 6, 6)),
        ({"start_step": 0, "end_step": 10000}, (0, 6, 6)),
        ({"denoise_strength": 0.5}, (2, 6, 6)),
        ({"steps": 4, "denoise_strength": 0.9}, (0, 4, 4)),
        ({"steps": 4, "denoise_strength": 0.0}, (3, 4, 4)),
    ],
)
def test_the_steps_of_the_wrapper(inputs, expected):
    assert ranges([wrapped(**inputs)]) == [expected]


#: As that pack computes them, with 4 and 6 steps.
SIGMAS = [
    ("dpm++", 5.0, (1.0, 0.9375, 0.8333, 0.6249)),
    ("euler", 5.0, (1.0, 0.9097, 0.7173, 0.0244)),
    ("lcm", 8.0, (1.0, 0.9418, 0.8038, 0.0602)),
    ("dpm++/beta", 8.0, (1.0, 0.9249, 0.8024, 0.7272)),
    ("euler/beta", 5.0, (1.0, 0.7313, 0.2931, 0.0244)),
    ("lcm/beta", 5.0, (1.0, 0.8801, 0.6462, 0.3783, 0.1443, 0.0244)),
    ("unipc", 8.0, (1.0, 0.9756, 0.9412, 0.8889, 0.8, 0.6153)),
    ("flowmatch_causvid", 5.0, (0.999, 0.934, 0.862, 0.756)),
]


@pytest.mark.parametrize(("scheduler", "shift", "expected"), SIGMAS)
def test_the_noise_levels_of_the_wrapper(scheduler, shift, expected):
    found = wrapper_sigmas(scheduler, len(expected), shift)
    assert found == pytest.approx((*expected, 0.0), abs=3e-4)


@pytest.mark.parametrize(
    "scheduler", ["longcat_distill_euler", "rcm", "multitalk", "euler/accvideo"]
)
def test_levels_that_are_not_known_are_not_made_up(scheduler):
    assert wrapper_sigmas(scheduler, 4, 5.0) is None


def test_a_schedule_that_is_linked_to_the_wrapper_is_not_counted_in_steps_of_its_own():
    pass_ = wrapped(sigmas=("other", 0))
    assert (pass_.settings.start, pass_.settings.end, pass_.schedule) == (None, None, None)
    assert pass_.shift is None


def test_a_schedule_of_comfyui_that_is_linked_to_the_wrapper_counts():
    sigmas = {"scheduler": "simple", "steps_high": 2, "steps_low": 2, "boundary": 0.9}
    sigmas |= {"interval": 0.01, "denoise": 1.0, "model": ("none", 0)}
    pass_ = wrapped({"moe": node("WanMoEScheduler", **sigmas)}, sigmas=("moe", 5))
    assert ranges([pass_]) == [(0, 2, 4)]
    assert (pass_.shift, pass_.settings.scheduler) == (9.0, "simple")
    assert (pass_.schedule or ())[2] == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize("cfg", [1.0000000000000002, 1])
def test_a_cfg_that_is_as_good_as_one_is_one(cfg):
    """Sliders give such numbers, and the samplers leave the guidance out (`math.isclose`)."""
    assert wrapped(cfg=cfg).settings.cfg == 1.0


def test_the_settings_of_a_sampler_may_be_in_a_node_of_their_own():
    prompt: Prompt = {
        "size": node("WanVideoEmptyEmbeds", width=832, height=480, num_frames=81),
        "loader": node("WanVideoModelLoader", model=HIGH),
    }
    known = {"steps": 6, "cfg": 1.0, "shift": 8.0, "scheduler": "dpm++_sde", "seed": 43}
    known |= {"model": ("loader", 0), "image_embeds": ("size", 0), "end_step": 3}
    prompt["settings"] = node("WanVideoSamplerSettings", **known)
    prompt["sampler"] = node("WanVideoSamplerFromSettings", sampler_inputs=("settings", 0))
    prompt["decode"] = node("WanVideoDecode", samples=("sampler", 0))
    (pass_,) = passes_of(prompt)
    assert ranges([pass_]) == [(0, 3, 6)]
    assert (pass_.noise, pass_.latent.frames) == ("high", 81)


@pytest.mark.parametrize("class_name", ["TripleWVSampler", "TripleWVSamplerAdvanced"])
def test_three_stages_of_the_wrapper(class_name):
    prompt: Prompt = {"size": node("WanVideoEmptyEmbeds", width=832, height=480, num_frames=81)}
    for name, file in (("high", HIGH), ("low", LOW)):
        prompt[name] = node("WanVideoModelLoader", model=file)
    names = [""] if class_name == "TripleWVSampler" else ["base_", "lightning_"]
    prompt["three"] = node(
        class_name,
        base_high=("high", 0),
        lightning_high=("high", 0),
        lightning_low=("low", 0),
        image_embeds=("size", 0),
        sigma_shift=5.0,
        base_cfg=3.5,
        lightning_start=1,
        lightning_steps=8,
        switch_strategy="50% of steps",
        **{f"{name}scheduler": "dpm++_sde" for name in names},
    )
    base, high, low = passes_of(prompt)
    assert ranges([base, high, low]) == [(0, 3, 24), (1, 4, 8), (4, 8, 8)]
    assert (high.sigmas or ())[-1] == (low.sigmas or ())[0]
    assert [each.noise for each in (base, high, low)] == ["high", "high", "low"]


def test_the_wrapper_on_several_cards_is_the_wrapper():
    prompt: Prompt = {
        "size": node("WanVideoEmptyEmbeds", width=832, height=480, num_frames=81),
        "loader": node("WanVideoModelLoaderMultiGPU", model=HIGH, device="cuda:1"),
    }
    prompt["sampler"] = node(
        "WanVideoSamplerMultiGPU", model=("loader", 0), image_embeds=("size", 0), steps=6,
        shift=8.0, scheduler="dpm++_sde", cfg=1.0, seed=1,
    )  # fmt: skip
    (pass_,) = passes_of(prompt)
    assert (pass_.noise, ranges([pass_])) == ("high", [(0, 6, 6)])
