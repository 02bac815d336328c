"""What looks odd and is right: published recipes and common idioms. A note at most, to say what it means."""

from __future__ import annotations

from typing import Any

import pytest

from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LORA_LOW,
    LOW,
    Prompt,
    alone,
    changed,
    codes,
    conditioned,
    found,
    graph_of,
    mixed,
    node,
    split,
    view_of,
)
from wan22dsl.lint.rules.engine import judge


def accused(prompt: Prompt) -> list[str]:
    """Every warning and error, but that a class is not in the catalogue."""
    shown = [finding for finding in found(prompt) if finding.severity.value != "note"]
    return [finding.message for finding in shown if finding.code != "WAN501"]


def test_a_split_is_judged_by_sigma_not_by_step_numbers():
    """3 of 24 steps and then 1 of 8 hand over at the same sigma, exactly."""
    for loras, cfgs in (((None, None), (3.5, 3.5)), ((None, LORA_LOW), (3.5, 1.0))):
        prompt = split(loras=loras, parts=((0, 3, 24), (1, 8, 8)), cfgs=cfgs)
        assert accused(prompt) == []
        assert not [finding for finding in found(prompt) if finding.code.startswith("WAN70")]


@pytest.mark.parametrize("split_at", [1, 2, 3])
def test_no_noise_left_and_new_noise_added_is_a_coherent_start_anew(split_at):
    prompt = split(
        parts=((0, 2, 4), (split_at, 4, 4)),
        leftover=False,
        noise=(True, True),
        strengths=(1.0, 1.0),
    )
    assert accused(prompt) == []


@pytest.mark.parametrize("strengths", [(3.0, 1.5), (3.0, 1.0), (2.5, 1.2), (1.0, 1.0)])
@pytest.mark.parametrize(
    "lora",
    [
        "Wan21_I2V_14B_lightx2v_cfg_step_distill_lora_rank64.safetensors",
        "lightx2v_T2V_14B_cfg_step_distill_v2_lora_rank64_bf16.safetensors",
        "Wan21_CausVid_14B_T2V_lora_rank32.safetensors",
        "Wan21_AccVid_I2V_480P_14B_lora_rank32_fp16.safetensors",
        "FastWan_T2V_14B_480p_lora_rank_128_bf16.safetensors",
        "Wan2.2-Lightning/Wan2.2-I2V-A14B-4steps-lora-rank64-Seko-V1/high_noise_model.safetensors",
    ],
)
def test_distilled_loras_by_other_names_and_of_the_version_before_are_known(lora, strengths):
    low = lora.replace("high_noise", "low_noise")
    prompt = split(loras=(lora, low), strengths=strengths)
    assert accused(prompt) == []
    of_another_family = {"WAN606"} if "T2V" in lora else set()
    assert {finding.code for finding in found(prompt)} == of_another_family


def test_no_lora_on_the_high_expert_and_the_lora_on_the_low_one_is_a_recipe():
    prompt = split(loras=(None, LORA_LOW), parts=((0, 4, 8), (4, 8, 8)), cfgs=(3.5, 1.0))
    assert accused(prompt) == []
    assert {finding.code for finding in found(prompt)} == {"WAN612"}


def three_passes(first: tuple[int, int, int] = (0, 2, 8), between: Any = (2, 4)) -> Prompt:
    """The bare high-noise expert, then the same with the LoRA, then the low-noise one."""
    prompt = split(loras=(None, LORA_LOW), parts=(first, (4, 8, 8)), cfgs=(3.5, 1.0))
    prompt["between_lora"] = node(
        "LoraLoaderModelOnly", model=("high_model", 0), lora_name=LORA_HIGH, strength_model=1.0
    )
    prompt["between_shift"] = node("ModelSamplingSD3", model=("between_lora", 0), shift=5.0)
    inputs = dict(prompt["low_sampler"]["inputs"])
    inputs.update(
        model=["between_shift", 0],
        latent_image=["high_sampler", 0],
        start_at_step=between[0],
        end_at_step=between[1],
        return_with_leftover_noise="enable",
    )
    prompt["between"] = {"class_type": "KSamplerAdvanced", "inputs": inputs}
    return changed(prompt, "low_sampler", latent_image=("between", 0))


def test_one_pass_more_between_them_is_a_recipe():
    assert found(three_passes()) == []


def test_one_pass_more_over_a_longer_schedule_is_a_recipe():
    assert found(three_passes((0, 3, 24), (1, 4))) == []


def test_the_low_expert_alone_over_a_video_at_a_low_denoise_is_fine():
    frames = {
        "clip_file": node("LoadVideo", file="clip.mp4"),
        "parts": node("GetVideoComponents", video=("clip_file", 0)),
        "latent": node("VAEEncode", pixels=("parts", 0), vae=("vae", 0)),
    }
    plain = {**alone(latent=("latent", 0), denoise=0.3), **frames}
    assert found(changed(plain, "video", fps=("parts", 2))) == []
    advanced = {**split(), **frames}
    for name in ("high_model", "high_lora", "high_shift", "high_sampler"):
        del advanced[name]
    advanced = changed(
        advanced, "low_sampler", latent_image=("latent", 0), add_noise="enable", start_at_step=3
    )
    assert found(changed(advanced, "video", fps=("parts", 2))) == []


@pytest.mark.parametrize(("shift", "lora"), [(5.0, False), (8.0, False), (5.0, True), (8.0, True)])
def test_ten_of_twenty_at_shift_5_and_8_and_the_lora_at_5_and_8_are_official(shift, lora):
    parts = ((0, 2, 4), (2, 4, 4)) if lora else ((0, 10, 20), (10, 20, 20))
    prompt = split(
        loras=(LORA_HIGH, LORA_LOW) if lora else (None, None),
        parts=parts,
        shifts=(shift, shift),
        cfgs=(1.0, 1.0) if lora else (3.5, 3.5),
    )
    assert accused(prompt) == []


def by_sigmas(*sources: dict[str, Any], first: Any, second: Any) -> Prompt:
    """The passes of a split by SamplerCustom, with schedules by link."""
    prompt = {name: node for name, node in split().items() if not name.endswith("sampler")}
    prompt.update({f"source_{number}": each for number, each in enumerate(sources)})
    prompt["choose"] = node("KSamplerSelect", sampler_name="euler")
    latent = ("start", 2)
    for name, sigmas in (("high", first), ("low", second)):
        prompt[f"{name}_sampler"] = node(
            "SamplerCustom",
            model=(f"{name}_shift", 0),
            add_noise=name == "high",
            noise_seed=7 if name == "high" else 0,
            cfg=1.0,
            positive=("start", 0),
            negative=("start", 1),
            sampler=("choose", 0),
            sigmas=sigmas,
            latent_image=latent,
        )
        latent = (f"{name}_sampler", 0)
    return prompt


BASIC = node("BasicScheduler", model=("high_shift", 0), scheduler="simple", steps=4, denoise=1.0)


def test_samplers_fed_by_one_schedule_are_fine():
    cut = node("SplitSigmas", sigmas=("source_0", 0), step=2)
    assert found(by_sigmas(BASIC, cut, first=("source_1", 0), second=("source_1", 1))) == []


@pytest.mark.parametrize(
    ("denoise", "without_steps"), [(0.0, ["high", "low"]), (0.5, []), (1.0, ["high"])]
)
def test_a_schedule_that_is_cut_by_a_share_has_the_steps_that_the_node_slices(
    denoise, without_steps
):
    """At a share of 0 both parts are empty: the node slices from the end (nodes_custom_sampler.py)."""
    cut = node("SplitSigmasDenoise", sigmas=("source_0", 0), denoise=denoise)
    reported = found(by_sigmas(BASIC, cut, first=("source_1", 0), second=("source_1", 1)))
    assert [finding.code for finding in reported] == ["WAN704"] * len(without_steps)
    for finding, name in zip(reported, without_steps, strict=True):
        assert f"#{name}_sampler" in finding.message


def test_sigmas_that_are_written_out_are_read():
    whole = node("ManualSigmas", sigmas="1.0, 0.9375, 0.8333, 0.625, 0.0")
    cut = node("SplitSigmas", sigmas=("source_0", 0), step=2)
    assert found(by_sigmas(whole, cut, first=("source_1", 0), second=("source_1", 1))) == []
    high = node("ManualSigmas", sigmas="1.0, 0.9375, 0.8333")
    low = node("ManualSigmas", sigmas="0.8333, 0.625, 0.0")
    assert found(by_sigmas(high, low, first=("source_0", 0), second=("source_1", 0))) == []
    low = node("ManualSigmas", sigmas="0.6, 0.3, 0.0")
    (finding,) = found(by_sigmas(high, low, first=("source_0", 0), second=("source_1", 0)))
    assert finding.code == "WAN705"
    assert "at sigma 0.833, where sigma 0.6 is expected: 3.3 times the noise" in finding.message


@pytest.mark.parametrize(
    "source",
    [
        node("Flux2Scheduler", steps=4, width=832, height=480),
        node("KarrasScheduler", steps=4, sigma_max=1.0, sigma_min=0.01, rho=7.0),
        node("Some Scheduler (pack)", steps=4),
        node("FlipSigmas", sigmas=("basic", 0)),
    ],
    ids=lambda node: node["class_type"],
)
def test_schedules_that_are_not_known_are_not_accused(source):
    cut = node("SplitSigmas", sigmas=("source_0", 0), step=1)
    prompt = by_sigmas(source, cut, first=("source_1", 0), second=("source_1", 1))
    if source["class_type"] == "FlipSigmas":
        prompt["basic"] = BASIC
    assert accused(prompt) == []


def test_the_steps_of_a_sampler_that_gets_sigmas_mean_nothing():
    prompt = split()
    prompt["sigmas"] = node("Some Scheduler (pack)", model=("high_shift", 0))
    for name in ("high_sampler", "low_sampler"):
        prompt[name]["class_type"] = "Clown Sampler (pack)"
        prompt = changed(prompt, name, steps=30, sigmas=("sigmas", 0))
    assert accused(prompt) == []


def test_a_loader_of_both_experts_is_not_accused():
    prompt = split(loras=(None, None), parts=((0, 10, 20), (10, 20, 20)), cfgs=(3.5, 3.5))
    prompt["both"] = node("Both Experts (pack)", high_name=HIGH, low_name=LOW)
    for number, name in enumerate(("high", "low")):
        del prompt[f"{name}_model"]
        prompt = changed(prompt, f"{name}_shift", model=("both", number))
    assert accused(prompt) == []


@pytest.mark.parametrize("mode", ["mute", "bypass"])
def test_what_is_muted_or_bypassed_is_no_part_of_it(mode):
    prompt = split()
    other = split(loras=(LORA_LOW, LORA_HIGH), cfgs=(7.0, 7.0), parts=((0, 1, 30), (9, 20, 30)))
    prompt.update(
        {f"off_{name}": each for name, each in other.items() if name.startswith(("high", "low"))}
    )
    for number, name in enumerate(("high", "low")):
        latent = ("start", 2) if number == 0 else ("off_high_sampler", 0)
        prompt = changed(
            prompt, f"off_{name}_sampler", model=(f"off_{name}_shift", 0), latent_image=latent
        )
        prompt = changed(prompt, f"off_{name}_shift", model=(f"off_{name}_lora", 0))
        prompt = changed(prompt, f"off_{name}_lora", model=(f"off_{name}_model", 0))
    graph = graph_of(prompt)
    for name, one in graph.nodes.items():
        if name.startswith("off_"):
            one.mode = mode
    assert judge(graph)[1] == []


def test_a_pass_taken_up_by_two_is_judged_for_each():
    """Two variants of the second pass on one first pass."""
    prompt = split()
    for name, before in (("low_sampler", "high_sampler"),):
        inputs = {**prompt[name]["inputs"], "latent_image": [before, 0], "cfg": 1.0}
        prompt["other"] = {"class_type": "KSamplerAdvanced", "inputs": inputs}
    prompt["other_decode"] = node("VAEDecode", samples=("other", 0), vae=("vae", 0))
    prompt["show"] = node("PreviewImage", images=("other_decode", 0))
    assert found(prompt) == []


def test_the_sampler_that_changes_experts_by_itself():
    assert accused(mixed()) == []
    assert accused(mixed(boundary=0.875)) == []
    assert "WAN609" in codes(mixed("low_lora", "high_lora"))
    (finding,) = found(mixed(boundary=0.83))  # 3 of 4 steps where 2 are at or above 0.9
    assert (finding.code, finding.severity.value) == ("WAN605", "note")
    (two,) = found(mixed(boundary=0.5))
    assert (two.code, two.severity.value) == ("WAN605", "warning")


@pytest.mark.parametrize(
    "model",
    [
        "wan2.2-rapid-mega-aio-nsfw-v3.safetensors",
        "smoothMixWan22I2VHigh.safetensors",
        "wan2.2_i2v_A14b_high_noise_lightx2v.safetensors",
        "WAN22_FusionX_I2V_high_noise.safetensors",
    ],
)
def test_a_model_that_may_have_something_distilled_in_it_needs_no_lora(model):
    low = model.replace("high", "low").replace("High", "Low")
    assert accused(split((model, low), (None, None))) == []


@pytest.mark.parametrize("sampler", ["euler_ancestral", "dpmpp_2m_sde", "lcm", "er_sde"])
def test_a_seed_counts_where_the_sampler_draws_noise(sampler):
    prompt = changed(split(), "low_sampler", noise_seed=8)
    for name in ("high_sampler", "low_sampler"):
        prompt = changed(prompt, name, sampler_name=sampler)
    assert "WAN716" not in {finding.code for finding in found(prompt)}


def test_the_negative_prompt_of_the_templates_is_nobodys_loss_at_cfg_1():
    standard = "\u8272\u8c03\u8273\u4e3d\uff0c\u8fc7\u66dd"
    prompt = conditioned()
    prompt = changed(prompt, "negative", text=standard)
    assert found(split(start=prompt)) == []
    (finding,) = found(split(start=changed(prompt, "negative", text="rain")))
    assert finding.code == "WAN721"
    mixed = split(
        start=changed(prompt, "negative", text="rain"), loras=(None, LORA_LOW), cfgs=(3.5, 1.0)
    )
    assert "WAN721" not in {finding.code for finding in found(mixed)}


def test_a_negative_prompt_that_a_patch_looks_at_is_not_lost():
    prompt = split(start=changed(conditioned(), "negative", text="rain"))
    for name in ("high", "low"):
        prompt[f"{name}_nag"] = node(
            "WanVideoNAG",
            model=(f"{name}_shift", 0),
            conditioning=("negative", 0),
            nag_scale=11.0,
            nag_alpha=0.25,
            nag_tau=2.5,
        )
        prompt = changed(prompt, f"{name}_sampler", model=(f"{name}_nag", 0))
    assert accused(prompt) == []
    assert "WAN721" not in {finding.code for finding in found(prompt)}


def test_a_scheduler_node_knows_no_sampler_so_no_step_is_dropped_for_it():
    prompt = by_sigmas(BASIC, first=("source_0", 0), second=("source_0", 0))
    prompt["choose"] = node("KSamplerSelect", sampler_name="dpm_2")
    first = view_of(prompt).passes[0]
    assert first.schedule == pytest.approx((1.0, 0.9375, 0.8333, 0.625, 0.0), abs=1e-3)


@pytest.mark.parametrize(("start", "shown"), [(0.836, []), (0.84, ["WAN705"])])
def test_two_per_cent_of_noise_are_not_reported_and_five_are(start, shown):
    high = node("ManualSigmas", sigmas="1.0, 0.9375, 0.8333")
    low = node("ManualSigmas", sigmas=f"{start}, 0.625, 0.0")
    prompt = by_sigmas(high, low, first=("source_0", 0), second=("source_1", 0))
    assert [finding.code for finding in found(prompt)] == shown


@pytest.mark.parametrize(("end", "twice"), [(2, True), (4, False)])
def test_new_noise_is_twice_the_noise_only_where_some_is_left(end, twice):
    prompt = split(parts=((0, end, 4), (2, 4, 4)), noise=(True, True))
    assert ("WAN711" in {finding.code for finding in found(prompt)}) == twice


def test_cfg_is_too_far_above_the_highest_that_is_published_for_a_model_of_wan():
    def shown(cfg: float) -> bool:
        prompt = split(loras=(None, None), parts=((0, 10, 20), (10, 20, 20)), cfgs=(cfg, cfg))
        return "WAN722" in {finding.code for finding in found(prompt)}

    assert (shown(6.0), shown(6.1)) == (False, True)
