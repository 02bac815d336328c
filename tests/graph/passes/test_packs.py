"""Passes of samplers of packs, their LoRAs and their schedules, by what the packs do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LORA_LOW,
    LOW,
    conditioned,
    graph_of,
    mixed,
    node,
    split,
)
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.passes.handoffs import expected_split
from wan22dsl.graph.passes.recognition import recognise
from wan22dsl.graph.passes.sigmas import sigmas
from wan22dsl.graph.passes.wrapper_sigmas import wrapper_sigmas

if TYPE_CHECKING:
    from tests.prompts import Prompt
    from wan22dsl.graph.passes.recognition import Pass

MODEL = {"high": HIGH, "low": LOW}


def passes_of(prompt: Prompt) -> list[Pass]:
    graph = graph_of(prompt)
    return recognise(graph, FactTable(graph))


def models(prompt: Prompt) -> Prompt:
    for name, file in MODEL.items():
        prompt[name] = node("UNETLoader", unet_name=file, weight_dtype="default")
    return prompt


def triple(class_name: str = "TripleKSamplerWan22Lightning", **more: Any) -> list[Pass]:
    """Three stages, and which steps of how many each of them runs."""
    inputs = {
        "base_high": ("high", 0),
        "lightning_high": ("high", 0),
        "lightning_low": ("low", 0),
        "positive": ("start", 0),
        "negative": ("start", 1),
        "latent_image": ("start", 2),
        "seed": 1,
        "sigma_shift": 5.0,
        "base_cfg": 3.5,
        "lightning_start": 1,
        "lightning_steps": 8,
        "switch_strategy": "50% of steps",
    }
    names = (
        {"sampler_name": "euler", "scheduler": "simple"}
        if class_name == "TripleKSamplerWan22Lightning"
        else {f"{part}_{name}": value
              for part in ("base", "lightning")
              for name, value in (("sampler", "euler"), ("scheduler", "simple"))}
    )  # fmt: skip
    prompt = models(conditioned())
    prompt["three"] = node(class_name, **{**inputs, **names, **more})
    return passes_of(prompt)


def ranges(passes: list[Pass]) -> list[tuple[int | None, int | None, int | None]]:
    return [(one.settings.start, one.settings.end, one.settings.steps) for one in passes]


@pytest.mark.parametrize(
    ("start", "steps", "base"),
    [(1, 8, (3, 24)), (2, 8, (5, 20)), (1, 4, (5, 20)), (1, 6, (4, 24)), (3, 8, (9, 24))],
)
def test_the_base_stage_runs_a_finer_schedule_to_the_same_noise(start, steps, base):
    first, high, low = triple(lightning_start=start, lightning_steps=steps)
    assert (first.settings.end, first.settings.steps) == base
    assert first.settings.end * steps == start * first.settings.steps
    switch = -(-steps // 2)
    assert ranges([high, low]) == [(start, switch, steps), (switch, steps, steps)]
    assert [one.noise for one in (first, high, low)] == ["high", "high", "low"]
    assert [one.settings.cfg for one in (first, high, low)] == [3.5, 1.0, 1.0]
    assert (high.before, low.before) == (first.id, high.id)


@pytest.mark.parametrize(
    ("strategy", "steps", "switch"),
    [("I2V boundary", 4, 2), ("I2V boundary", 8, 3), ("T2V boundary", 8, 4)],
)
def test_the_stages_change_at_the_boundary(strategy, steps, switch):
    _, high, low = triple(lightning_steps=steps, switch_strategy=strategy)
    assert (high.settings.end, low.settings.start) == (switch, switch)


def test_without_base_steps_the_next_stage_adds_the_noise():
    first, high, _ = triple(lightning_start=0)
    assert (first.settings.start, first.settings.end) == (0, 0)
    assert (high.settings.start, high.settings.add_noise) == (0, True)


def test_a_refined_boundary_looks_for_a_shift_that_is_not_known():
    _, high, low = triple(switch_strategy="I2V boundary (refined)")
    assert (high.settings.end, low.settings.start) == (4, 4)
    assert high.schedule is None


def test_a_switch_step_of_ones_own():
    more = {"switch_strategy": "Manual switch step", "switch_step": 3, "lightning_cfg": 1.5}
    _, high, _ = triple("TripleKSamplerWan22LightningAdvanced", **more)
    assert (high.settings.end, high.settings.cfg) == (3, 1.5)


def clownshark(**second: Any) -> list[Pass]:
    prompt = models(conditioned())
    shared = {"positive": ("start", 0), "negative": ("start", 1), "cfg": 1.0}
    prompt["first"] = node(
        "ClownsharKSampler_Beta",
        model=("high", 0),
        latent_image=("start", 2),
        sampler_mode="standard",
        scheduler="beta57",
        steps=8,
        steps_to_run=3,
        denoise=1.0,
        seed=1,
        **shared,
    )
    prompt["second"] = node(
        "ClownsharkChainsampler_Beta",
        model=("low", 0),
        latent_image=("first", 0),
        **{"sampler_mode": "resample", "steps_to_run": -1, **shared, **second},
    )
    return passes_of(prompt)


def test_a_chain_sampler_goes_on_with_the_schedule_in_its_latent():
    first, second = clownshark()
    assert ranges([first, second]) == [(0, 3, 8), (3, 8, 8)]
    assert (second.settings.scheduler, second.settings.add_noise) == ("beta57", False)
    assert (first.sigmas or ())[-1] == (second.sigmas or ())[0]


def test_a_chain_sampler_runs_as_many_steps_as_it_is_told():
    assert ranges(clownshark(steps_to_run=2))[1] == (3, 5, 8)


def test_a_sampler_whose_steps_nobody_says_is_not_guessed():
    _, second = clownshark(sampler_mode="unsample")
    assert (second.settings.start, second.settings.end) == (None, None)


def test_the_efficient_samplers_are_those_of_comfyui():
    prompt = split()
    for name in ("high_sampler", "low_sampler"):
        prompt[name]["class_type"] = "KSampler Adv. (Efficient)"
    prompt["low_sampler"]["inputs"]["latent_image"] = ["high_sampler", 3]
    high, low = passes_of(prompt)
    assert ranges([high, low]) == [(0, 2, 4), (2, 4, 4)]
    assert (low.before, low.latent.frames) == ("high_sampler", 81)


def custom(
    low_slot: int = 0, halves: tuple[str, int] = ("split", 0), **scheduler: Any
) -> list[Pass]:
    """Two SamplerCustom on the halves of a schedule."""
    prompt = models(conditioned())
    prompt["sigmas"] = node(
        "BasicScheduler", model=("high", 0), scheduler="simple", steps=4, denoise=1.0
    )
    prompt["split"] = node("SplitSigmasAtT", sigmas=("sigmas", 0), boundary=0.9)
    prompt["euler"] = node("KSamplerSelect", sampler_name="euler")
    prompt.update({name: node(**more) for name, more in scheduler.items()})
    for at, name in enumerate(MODEL):
        prompt[f"{name}_sampler"] = node(
            "SamplerCustom",
            model=(name, 0),
            add_noise=at == 0,
            noise_seed=0,
            cfg=1.0,
            positive=("start", 0),
            negative=("start", 1),
            sampler=("euler", 0),
            sigmas=(halves[0], halves[1] + at),
            latent_image=("start", 2) if at == 0 else ("high_sampler", low_slot),
        )
    return passes_of(prompt)


def test_a_schedule_is_cut_at_a_noise_level():
    high, low = custom()
    # At shift 8: 1, .96, .889, .727; it cuts one step before the last at .9 or above.
    assert ranges([high, low]) == [(0, 1, 4), (1, 4, 4)]
    assert high.settings.leftover_noise is True


def test_the_two_shapes_of_a_beta_schedule_are_its_name():
    sigmas = {"class_type": "BetaSamplingScheduler", "model": ("high", 0), "steps": 4}
    high, _ = custom(sigmas={**sigmas, "alpha": 0.7, "beta": 0.55})
    assert high.settings.scheduler == "beta(0.7, 0.55)"
    high, _ = custom(sigmas={**sigmas, "alpha": 0.6, "beta": 0.6})
    assert high.settings.scheduler == "beta"


def test_the_clean_output_leaves_no_noise():
    _, low = custom(low_slot=1)
    assert low.takes_denoised
    assert not custom()[1].takes_denoised


@pytest.mark.parametrize(
    ("high", "low", "boundary", "shift"),
    [(2, 2, 0.9, 9.0), (4, 4, 0.875, 7.0), (2, 4, 0.9, 4.5), (8, 12, 0.9, 6.0)],
)
def test_the_schedule_for_two_experts_works_out_its_shift(high, low, boundary, shift):
    sigmas = {
        "class_type": "WanMoEScheduler",
        "model": ("high", 0),
        "scheduler": "simple",
        "steps_high": high,
        "steps_low": low,
        "boundary": boundary,
        "interval": 0.01,
        "denoise": 1.0,
    }
    first, second = custom(halves=("sigmas", 5), sigmas=sigmas)
    assert (first.shift, second.shift) == (shift, shift)
    assert ranges([first, second]) == [(0, high, high + low), (high, high + low, high + low)]


@pytest.mark.parametrize("scheduler", ["beta", "normal", "sgm_uniform"])
def test_the_shift_for_two_experts_is_the_first_of_its_grid_for_other_schedules_too(scheduler):
    made = {"class_type": "WanMoEScheduler", "model": ("high", 0), "scheduler": scheduler}
    made |= {"steps_high": 4, "steps_low": 4, "boundary": 0.9, "interval": 0.01, "denoise": 1.0}
    first, second = custom(halves=("sigmas", 5), sigmas=made)
    assert ranges([first, second]) == [(0, 4, 8), (4, 8, 8)]
    shift = first.shift
    assert shift is not None and shift == second.shift
    at, below = (sigmas(scheduler, 8, each) or () for each in (shift, shift - 0.01))
    assert at[4] >= 0.9 > below[4]
    unknown, _ = custom(halves=("sigmas", 5), sigmas={**made, "scheduler": "kl_optimal"})
    assert (unknown.settings.steps, unknown.shift) == (None, None)


def test_a_step_that_starts_at_the_boundary_is_right_on_both_experts():
    sigmas = {"class_type": "WanMoEScheduler", "model": ("high", 0), "scheduler": "simple"}
    sigmas |= {"steps_high": 2, "steps_low": 2, "boundary": 0.9, "interval": 0.01, "denoise": 1.0}
    high, _ = custom(halves=("sigmas", 5), sigmas=sigmas)
    assert expected_split(high) == 2
    assert expected_split(high._replace(settings=high.settings._replace(end=3))) == 3


LORAS = [
    ("Lora Loader Stack (rgthree)", {"lora_01": LORA_HIGH, "strength_01": 0.8, "lora_02": "None",
     "strength_02": 1.0}, [(LORA_HIGH, 0.8)]),
    ("Power Lora Loader (rgthree)", {"lora_1": {"on": True, "lora": LORA_HIGH, "strength": 0.5},
     "lora_2": {"on": False, "lora": "off.safetensors", "strength": 1.0}}, [(LORA_HIGH, 0.5)]),
    ("Lora Loader (LoraManager)", {"loras": {"__value__": [
        {"name": "anna", "strength": "0.7", "active": True},
        {"name": "off", "strength": 1.0, "active": False}]}}, [("anna", 0.7)]),
]  # fmt: skip


@pytest.mark.parametrize(("class_name", "inputs", "expected"), LORAS, ids=[row[0] for row in LORAS])
def test_loras_of_other_loaders(class_name, inputs, expected):
    prompt = split()
    prompt["high_lora"] = node(class_name, model=("high_model", 0), **inputs)
    high = passes_of(prompt)[0]
    assert [(one.file, one.strength) for one in high.loras] == expected


STACKS = [
    ("easy loraStack", "easy loraStackApply", {"toggle": True, "mode": "simple", "num_loras": 1,
     "lora_1_name": LORA_HIGH, "lora_1_strength": 0.9, "lora_2_name": LORA_LOW,
     "lora_2_strength": 1.0}),
    ("CR LoRA Stack", "CR Apply LoRA Stack", {"switch_1": "On", "lora_name_1": LORA_HIGH,
     "model_weight_1": 0.9, "switch_2": "Off", "lora_name_2": LORA_LOW, "model_weight_2": 1.0}),
    ("LoRA Stacker", "easy loraStackApply", {"input_mode": "advanced", "lora_count": 1,
     "lora_name_1": LORA_HIGH, "lora_wt_1": 0.1, "model_str_1": 0.9, "lora_name_2": LORA_LOW,
     "model_str_2": 1.0}),
]  # fmt: skip


@pytest.mark.parametrize(("stack", "apply", "inputs"), STACKS, ids=[row[0] for row in STACKS])
def test_loras_of_a_stack(stack, apply, inputs):
    prompt = split()
    prompt["stack"] = node(stack, **inputs)
    prompt["high_lora"] = node(apply, model=("high_model", 0), lora_stack=("stack", 0))
    high = passes_of(prompt)[0]
    assert [(one.file, one.strength) for one in high.loras] == [(LORA_HIGH, 0.9)]


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


def test_a_class_that_gives_a_conditioning_and_a_latent_begins_a_new_clip():
    """WanImageToVideoSVIPro takes the latent of the clip before for its motion only."""
    prompt = split()
    inputs = {"prev_samples": ("low_sampler", 0), "anchor_samples": ("start", 2), "length": 81}
    prompt["next"] = node(
        "WanImageToVideoSVIPro",
        positive=("positive", 0),
        negative=("positive", 0),
        motion_latent_count=1,
        **inputs,
    )
    again = {**prompt["high_sampler"]["inputs"], "latent_image": ["next", 2]}
    again |= {"positive": ["next", 0], "negative": ["next", 1]}
    prompt["again"] = {"class_type": "KSamplerAdvanced", "inputs": again}
    last = passes_of(prompt)[-1]
    assert (last.id, last.before) == ("again", None)


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
    for name, file in MODEL.items():
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


@pytest.mark.parametrize(
    ("steps", "shift", "split"), [(4, 5.0, 1), (20, 8.0, 9), (2, 5.0, 0), (4, 1.0, 0)]
)
def test_a_sampler_of_two_experts_changes_them_by_its_own_rule(steps, shift, split):
    high, low = passes_of(mixed(steps=steps, sigma_shift=shift))
    assert ranges([high, low]) == [(0, split, steps), (split, steps, steps)]
    assert (high.settings.leftover_noise, low.settings.add_noise) == (False, True)


@pytest.mark.parametrize(
    ("first", "last", "cfgs"),
    [
        (0.0, 1.0, [(6.0, 6.0), (6.0, 6.0)]),
        (0.0, 0.2, [(6.0, 1.0), (6.0, 1.0)]),  # of the steps of each pass
        (0.5, 1.0, [(1.0, 6.0), (1.0, 6.0)]),
    ],
)
def test_a_cfg_may_hold_in_some_steps_of_a_pass(first, last, cfgs):
    prompt = models(conditioned())
    prompt["sigmas"] = node(
        "BasicScheduler", model=("high", 0), scheduler="simple", steps=4, denoise=1.0
    )
    prompt["split"] = node("SplitSigmas", sigmas=("sigmas", 0), step=2)
    prompt["euler"] = node("KSamplerSelect", sampler_name="euler")
    prompt["noise"] = node("RandomNoise", noise_seed=7)
    for at, name in enumerate(MODEL):
        prompt[f"{name}_guider"] = node(
            "ScheduledCFGGuidance",
            model=(name, 0),
            positive=("start", 0),
            negative=("start", 1),
            cfg=6.0,
            start_percent=first,
            end_percent=last,
        )
        prompt[f"{name}_sampler"] = node(
            "SamplerCustomAdvanced",
            noise=("noise", 0),
            guider=(f"{name}_guider", 0),
            sampler=("euler", 0),
            sigmas=("split", at),
            latent_image=("start", 2) if at == 0 else ("high_sampler", 0),
        )
    found = [pass_.settings for pass_ in passes_of(prompt)]
    assert [settings.cfgs for settings in found] == cfgs
    assert [settings.cfg for settings in found] == [6.0 if first == 0 and last == 1 else None] * 2
