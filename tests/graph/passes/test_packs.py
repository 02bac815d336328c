"""Passes of samplers of packs and their schedules, by what the packs do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.lint.rules.test_wrapper import wrapped
from tests.prompts import (
    HIGH,
    LOW,
    conditioned,
    mixed,
    node,
    passes_of,
    ranges,
    split,
)
from wan22dsl.graph.passes.handoffs import expected_split
from wan22dsl.graph.passes.sigmas import sigmas

if TYPE_CHECKING:
    from tests.prompts import Prompt
    from wan22dsl.graph.passes.recognition import Pass

MODEL = {"high": HIGH, "low": LOW}


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


@pytest.mark.parametrize(("written", "adds"), [("", False), ("comfy", True), (False, False)])
def test_a_text_in_place_of_a_truth_value_is_read_as_comfyui_does(written, adds):
    high, low = passes_of(wrapped(add_noise_to_samples=written))
    assert (high.settings.add_noise, low.settings.add_noise) == (True, adds)


@pytest.mark.parametrize(
    ("profile", "runs"),
    [
        ("LightX2V 4-step distilled", [(0, 2, 4, 1.0, "euler"), (2, 4, 4, 1.0, "euler")]),
        ("ComfyUI 20-step", [(0, 8, 20, 3.5, "euler"), (8, 20, 20, 3.5, "euler")]),
        ("Custom", [(0, 3, 6, 2.0, "heun"), (3, 6, 6, 1.5, "heun")]),
    ],
)
def test_a_profile_says_how_the_combined_sampler_runs(profile, runs):
    """Wan22CombinedKSampler: its own inputs hold with "Custom" only."""
    prompt = split()
    prompt["both"] = node(
        "Wan22CombinedKSampler", high_noise_model=("high_shift", 0), low_noise_model=("low_shift", 0),
        positive=("start", 0), negative=("start", 1), latent_image=("start", 2), seed=7, task="I2V",
        profile=profile, custom_steps=6, custom_cfg_high=2.0, custom_cfg_low=1.5,
        custom_expected_shift=5.0, custom_sampler="heun", custom_scheduler="simple",
    )  # fmt: skip
    prompt["decode"] = node("VAEDecode", samples=("both", 0), vae=("vae", 0))
    found = [each.settings for each in passes_of(prompt) if each.node.id == "both"]
    assert [(s.start, s.end, s.steps, s.cfg, s.sampler) for s in found] == runs
    assert [(s.add_noise, s.leftover_noise) for s in found] == [(True, True), (False, False)]
