"""Workflows with the nodes of kijai's WanVideoWrapper: nothing false, and what is sure of its samplers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.lint.rules.mutations.suite import drawn, said_of_json
from tests.prompts import Prompt, changed, complete, found, node


def wrapped(**second: Any) -> Prompt:
    """Two samplers of the wrapper over six steps, as its example for the two experts has them."""
    shared = {"steps": 6, "cfg": 1.0, "shift": 8.0, "scheduler": "dpm++_sde", "seed": 43}
    prompt: Prompt = {
        "text": node(
            "WanVideoTextEncodeCached",
            model_name="umt5-xxl-enc-bf16.safetensors",
            positive_prompt="She smiles",
        ),
        "image": node("LoadImage", image="portrait.png"),
        "size": node(
            "WanVideoImageToVideoEncode",
            width=832,
            height=480,
            num_frames=81,
            start_image=("image", 0),
            vae=("vae", 0),
        ),
    }
    before: dict[str, Any] = {}
    for name, part in (("high", (0, 3)), ("low", (3, -1))):
        prompt[f"{name}_lora"] = node(
            "WanVideoLoraSelect",
            lora=f"wan2.2_i2v_lightx2v_4steps_lora_v1_{name}_noise.safetensors",
        )
        prompt[f"{name}_model"] = node(
            "WanVideoModelLoader",
            model=f"Wan2_2-I2V-A14B-{name}.safetensors",
            lora=(f"{name}_lora", 0),
        )
        inputs = {**shared, **before, "start_step": part[0], "end_step": part[1]}
        inputs.update(model=(f"{name}_model", 0), text_embeds=("text", 0), image_embeds=("size", 0))
        prompt[name] = node("WanVideoSampler", **inputs)
        before = {"samples": ("high", 0)}
    prompt["vae"] = node("WanVideoVAELoader", model_name="Wan2_1_VAE_bf16.safetensors")
    prompt["decode"] = node("WanVideoDecode", vae=("vae", 0), samples=("low", 0))
    prompt["save"] = node(
        "SaveWEBM", images=("decode", 0), filename_prefix="x", codec="vp9", fps=16.0, crf=32.0
    )
    return changed(complete(prompt), "low", **second)


def grave(prompt: Prompt) -> list[tuple[str, str]]:
    """What is told besides notes."""
    reported = [(finding.code, finding.severity.value) for finding in found(prompt)]
    return [each for each in reported if each[1] != "note"]


def test_nothing_is_reported_of_a_prompt_as_the_pack_takes_it():
    assert found(wrapped()) == []


def test_in_workflow_json_it_is_the_same():
    assert said_of_json(drawn(wrapped())) == []


def test_a_class_of_the_wrapper_is_never_taken_for_a_misspelt_one_of_another_pack():
    prompt = wrapped()
    prompt["cache"] = node("WanVideoTeaCache", rel_l1_thresh=0.2)
    prompt = changed(prompt, "low", cache_args=("cache", 0))
    assert grave(prompt) == []


@pytest.mark.parametrize(
    ("second", "code", "words"),
    [
        ({"start_step": 4}, "WAN706", "1 step is skipped"),
        ({"start_step": 2}, "WAN707", "1 step is run twice"),
        ({"start_step": 0}, "WAN707", "3 steps are run twice"),
        ({"steps": 8}, "WAN708", "sigma 0.889, where sigma 0.93 is expected"),
        ({"shift": 5.0}, "WAN717", "6.7 % too much noise"),
        ({"scheduler": "dpm++_sde/beta"}, "WAN709", "17.8 % too much noise"),
        ({"scheduler": "euler"}, "WAN709", "sigma 0.845 is expected"),
        ({"start_step": 0, "add_noise_to_samples": True}, "WAN703", "nothing is left"),
        ({"add_noise_to_samples": True}, "WAN711", "adds noise on top"),
        ({"samples": ("high", 1)}, "WAN710", "takes the clean picture of"),
        ({"cfg": 3.5}, "WAN702", "the model 6 times instead of 3"),
    ],
)
def test_two_samplers_that_do_not_meet_are_judged_as_those_of_comfyui(second, code, words):
    prompt = wrapped(**second)
    assert [name for name, _ in grave(prompt)] == [code]
    (finding,) = [each for each in found(prompt) if each.code == code]
    assert words in finding.message


def test_noise_is_compared_as_the_wrapper_hands_it_on():
    """Latents are neither divided nor multiplied: 0.8889 where 0.8 is expected is 11.1 % too much."""
    (finding,) = [each for each in found(wrapped(start_step=4)) if each.code == "WAN706"]
    assert "11.1 % too much noise" in finding.message


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"start_step": 6}, "starts at step 6 of 6"),
        ({"start_step": 3, "end_step": 3}, "starts at step 3 and ends at step 3"),
        ({"start_step": 3, "denoise_strength": 0.5}, "denoise_strength below 1"),
        ({"scheduler": "flowmatch_distill"}, "6 steps with flowmatch_distill, which has 4"),
    ],
)
def test_steps_that_the_wrapper_refuses_are_an_error(second, words):
    prompt = wrapped(**second)
    assert ("WAN726", "error") in grave(prompt)
    assert any(words in each.message for each in found(prompt))


def test_a_step_does_not_end_what_starts_at_a_sigma():
    prompt = wrapped(start_step=("split", 0), end_step=6)
    prompt["split"] = node("WanVideoSigmaToStep", sigma=0.9)
    assert grave(prompt) == [("WAN726", "error")]


@pytest.mark.parametrize("second", [{"end_step": 6}, {"end_step": 10000}, {"scheduler": "unipc"}])
def test_what_is_a_recipe_is_told_nothing(second):
    assert grave(wrapped(**second)) == []


def test_samplers_that_meet_at_a_sigma_meet():
    prompt = wrapped(start_step=("split", 0))
    prompt = changed(prompt, "high", end_step=("split", 0))
    prompt["split"] = node("WanVideoSigmaToStep", sigma=0.9)
    assert grave(prompt) == []


def test_steps_that_come_by_link_are_followed():
    prompt = wrapped(start_step=("split", 0))
    prompt["split"] = node("INTConstant", value=4)
    assert grave(prompt) == [("WAN706", "warning")]


def test_the_schedule_of_a_node_counts_and_not_what_the_sampler_says():
    prompt = wrapped(steps=30, shift=1.0, scheduler=("schedule", 3), start_step=0)
    prompt["schedule"] = node(
        "WanVideoScheduler", scheduler="dpm++_sde", steps=6, shift=8.0, start_step=3, end_step=-1
    )
    assert grave(prompt) == []


def test_a_step_that_nobody_knows_is_not_judged():
    prompt = wrapped(start_step=("unknown", 0))
    prompt["unknown"] = node("Some Pipe", value=4)
    assert [code for code, _ in grave(prompt) if code != "WAN501"] == []


def test_frames_and_sizes_of_the_wrapper_are_judged_by_their_own_names():
    (finding,) = [each for each in found(changed(wrapped(), "size", num_frames=80))
                  if each.code == "WAN801"]  # fmt: skip
    assert (finding.span.text, finding.fix.edits[0].text) == ("80", "81")
    assert ("WAN802", "error") in grave(changed(wrapped(), "size", width=840))


def test_more_frames_than_a_model_was_made_for_are_right_in_windows():
    prompt = changed(wrapped(), "size", num_frames=161)
    assert ("WAN803", "warning") in grave(prompt)
    prompt["windows"] = node("WanVideoContextOptions", context_frames=81)
    for name in ("high", "low"):
        prompt = changed(prompt, name, context_options=("windows", 0))
    assert grave(prompt) == []


def _list(**more: Any) -> Prompt:
    values = {"cfg_scale_start": 3.5, "cfg_scale_end": 2.0, "start_percent": 0.0, **more}
    return {"cfgs": node("CreateCFGScheduleFloatList", steps=6, interpolation="linear", **values)}


@pytest.mark.parametrize(
    ("end_percent", "reported"),
    [(1.0, [("WAN702", "warning")]), (0.01, []), (0.3, [])],
)
def test_a_cfg_of_its_own_in_each_step_is_judged_in_all_steps_of_the_pass(end_percent, reported):
    prompt = {**wrapped(), **_list(end_percent=end_percent)}
    assert grave(changed(prompt, "high", cfg=("cfgs", 0))) == reported


def test_a_list_of_one_cfg_is_that_cfg():
    prompt = {**wrapped(), **_list(cfg_scale_start=2.0, end_percent=1.0)}
    (finding,) = found(changed(prompt, "high", cfg=("cfgs", 0)))
    assert "has cfg 2 with" in finding.message


def test_a_list_of_unknown_values_is_not_judged():
    prompt = {**wrapped(), **_list(cfg_scale_start=("unknown", 0), end_percent=1.0)}
    prompt["unknown"] = node("Some Pipe", value=4)
    assert [
        code for code, _ in grave(changed(prompt, "high", cfg=("cfgs", 0))) if code != "WAN501"
    ] == []


def test_guidance_in_the_first_of_few_steps_does_not_replace_the_distilled_lora():
    prompt = {**wrapped(), **_list(end_percent=0.01)}
    prompt["high_model"]["inputs"].pop("lora")
    del prompt["high_lora"]
    assert grave(changed(prompt, "high", cfg=("cfgs", 0))) == [("WAN720", "warning")]


def test_a_lora_that_is_set_on_a_model_that_no_sampler_takes_is_not_used():
    prompt = wrapped()
    lora = prompt["high_model"]["inputs"].pop("lora")
    prompt["set"] = node("WanVideoSetLoRAs", model=("high_model", 0), lora=tuple(lora))
    (finding,) = found(prompt)
    assert finding.code == "WAN613"
    assert finding.message.startswith("#set (WanVideoSetLoRAs) applies")
    assert (
        "#high (WanVideoSampler) runs without a distilled LoRA in a schedule of 6 steps"
        in finding.message
    )


def test_a_link_of_a_former_version_of_a_loader_still_works():
    prompt = wrapped()
    prompt["vace"] = node(
        "WanVideoVACEModelSelect", vace_model="Wan2_1-VACE_module_14B_bf16.safetensors"
    )
    prompt["high_model"]["inputs"]["vace_model"] = ["vace", 0]
    assert "WAN515" not in {code for code, _ in grave(prompt)}


@pytest.mark.parametrize(
    "form", [found, lambda prompt: said_of_json(drawn(prompt))], ids=["prompt", "workflow"]
)
def test_the_former_name_of_the_cache_of_a_sampler_still_works(form):
    prompt = wrapped()
    prompt["cache"] = node("WanVideoTeaCache", rel_l1_thresh=0.3, start_step=1, end_step=-1)
    prompt["cache"]["inputs"] |= {"cache_device": "offload_device", "use_coefficients": True}
    prompt["high"]["inputs"]["teacache_args"] = ["cache", 0]
    codes = {finding.code for finding in form(prompt)}
    assert not codes & {"WAN513", "WAN515"}


def test_a_sampler_of_a_version_without_the_last_fields_is_read():
    prompt = wrapped(steps=30, start_step=0, end_step=-1, samples=None, add_noise_to_samples=False)
    model = "Wan2_2-TI2V-5B-FastWanFullAttn_bf16.safetensors"
    prompt = changed(prompt, "low_model", model=model, lora=None)
    workflow = json.loads(drawn(prompt))
    for sampler in (each for each in workflow["nodes"] if each["type"] == "WanVideoSampler"):
        sampler["widgets_values"] = [*sampler["widgets_values"][:11], ""]
    codes = {finding.code for finding in said_of_json(json.dumps(workflow))}
    assert "WAN701" in codes and "WAN566" not in codes


@pytest.mark.parametrize(("steps", "told"), [(30, True), (17, True), (16, False), (8, False)])
def test_a_model_distilled_to_nobody_knows_how_many_steps_is_told_of_very_many(steps, told):
    prompt = wrapped(steps=steps, start_step=0, samples=None, add_noise_to_samples=False)
    model = "Wan2_2-TI2V-5B-FastWanFullAttn_bf16.safetensors"
    prompt = changed(prompt, "low_model", model=model, lora=None)
    assert ("WAN701" in {code for code, _ in grave(prompt)}) is told


def _of_a_video(**sampler: Any) -> Prompt:
    """One sampler over the frames of a video."""
    prompt = wrapped()
    for name in ("high", "high_lora", "high_model"):
        del prompt[name]
    prompt["clip"] = node("VHS_LoadVideoPath", video="clip.mp4")
    prompt["encoded"] = node("WanVideoEncode", vae=("vae", 0), image=("clip", 0))
    return changed(prompt, "low", **{"samples": ("encoded", 0), "start_step": 0, **sampler})


@pytest.mark.parametrize(
    ("sampler", "code"),
    [
        ({}, "WAN714"),
        ({"add_noise_to_samples": True}, "WAN729"),
        ({"steps": 4, "denoise_strength": 0.9}, "WAN729"),
        ({"steps": 10, "denoise_strength": 0.5}, None),
        ({"start_step": 4, "add_noise_to_samples": True}, None),
        ({"samples": None, "start_step": 3}, "WAN713"),
        ({"samples": None}, None),
    ],
)
def test_a_video_that_is_sampled_keeps_something_of_itself(sampler, code):
    codes = {finding.code for finding in found(_of_a_video(**sampler))}
    assert codes & {"WAN713", "WAN714", "WAN729"} == ({code} if code else set())


@pytest.mark.parametrize(("cfg", "told"), [(1.0, True), (3.5, False)])
def test_skipped_layers_need_guidance(cfg, told):
    prompt = wrapped(cfg=cfg, slg_args=("slg", 0))
    prompt["slg"] = node("WanVideoSLG", blocks="9", start_percent=0.1, end_percent=0.9)
    assert ("WAN727" in {finding.code for finding in found(prompt)}) is told


def _bridged(direction: str | None, *, to_core: bool) -> Prompt:
    """A latent that goes from the wrapper to ComfyUI, or back, by way of a bridge or not."""
    prompt = wrapped()
    prompt["core_vae"] = node("VAELoader", vae_name="wan_2.1_vae.safetensors")
    if to_core:
        source = ("low", 0)
    else:
        prompt["core"] = node("VAEEncode", pixels=("image", 0), vae=("core_vae", 0))
        source = ("core", 0)
    if direction is not None:
        prompt["bridge"] = node("WanVideoLatentReScale", samples=source, direction=direction)
        source = ("bridge", 0)
    if to_core:
        prompt["decode"] = node("VAEDecode", samples=source, vae=("core_vae", 0))
        return prompt
    return changed(prompt, "decode", samples=source)


@pytest.mark.parametrize(
    ("direction", "to_core", "told"),
    [
        (None, True, True),
        (None, False, True),
        ("wrapper_to_comfy", True, False),
        ("comfy_to_wrapper", False, False),
        ("comfy_to_wrapper", True, True),
    ],
)
def test_latents_of_the_wrapper_and_of_comfyui_need_a_bridge(direction, to_core, told):
    prompt = _bridged(direction, to_core=to_core)
    codes = {finding.code for finding in found(prompt)}
    assert ("WAN663" in codes) is told


def test_a_written_fraction_of_a_step_is_made_whole_and_is_no_sigma():
    """Values of an older version of the class: ComfyUI reads 0.5 as 0, and the sampler runs."""
    prompt = wrapped(start_step=0.5, end_step=1)
    assert {"WAN726", "WAN522"}.isdisjoint(name for name, _ in grave(prompt))


def test_a_scheduler_node_linked_by_its_noise_levels_does_not_set_the_steps_of_a_sampler():
    """Files of an older class have the scheduler in its first output: the samplers count their own steps."""
    prompt = wrapped(scheduler=("schedule", 0))
    prompt["schedule"] = node("WanVideoScheduler", scheduler="dpm++_sde", steps=30, shift=5.0)
    prompt = changed(prompt, "high", scheduler=("schedule", 0))
    assert {"WAN701", "WAN705", "WAN707"}.isdisjoint(name for name, _ in grave(prompt))
    prompt = changed(
        changed(prompt, "high", scheduler=("schedule", 3)), "low", scheduler=("schedule", 3)
    )
    assert "WAN701" in {name for name, _ in grave(prompt)}, "its output for it sets 30"
