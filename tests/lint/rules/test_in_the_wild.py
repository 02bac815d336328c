"""What people write, and their packs take: no rule calls it wrong. What is wrong beside it is still told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.lint.rules.mutations.suite import drawn, said_of_json
from tests.lint.rules.test_wrapper import wrapped
from tests.prompts import (
    HIGH,
    LOW,
    Prompt,
    alone,
    changed,
    codes,
    complete,
    conditioned,
    found,
    node,
    split,
)


def severities(prompt: Prompt, code: str) -> list[str]:
    return [each.severity.value for each in found(prompt) if each.code == code]


def played(frames: tuple[str, int], **more: Any) -> dict[str, Any]:
    more = {"frame_rate": 16.0, "pingpong": False, "save_output": True, **more}
    given = {"loop_count": 0, "filename_prefix": "x", "format": "video/h264-mp4"}
    return node("VHS_VideoCombine", images=frames, **given, **more)


# --- types and inputs that a pack's function takes ---


def test_a_rate_of_vhs_may_be_a_whole_number_by_link():
    prompt = {**split(), "rate": node("PrimitiveInt", value=16)}
    prompt["played"] = played(("decode", 0), frame_rate=("rate", 0))
    assert "WAN503" not in codes(prompt)
    prompt["rate"] = node("PrimitiveString", value="16")
    assert severities(prompt, "WAN503") == ["warning"]


def test_vhs_also_saves_latents():
    prompt = {**split(), "played": played(("low_sampler", 0), vae=("vae", 0))}
    assert "WAN503" not in codes(prompt)


@pytest.mark.parametrize("name", ["options", "options 2"])
def test_samplers_of_res4lyf_still_take_their_options_by_the_older_names(name):
    prompt = alone()
    given = {
        "eta": 0.5,
        "sampler_name": "linear/euler",
        "scheduler": "simple",
        "steps": 4,
        "cfg": 1.0,
    }
    more = {
        "steps_to_run": -1,
        "denoise": 1.0,
        "seed": 7,
        "sampler_mode": "standard",
        "bongmath": True,
    }
    links = {"model": ("model_shift", 0), "positive": ("start", 0), "negative": ("start", 1)}
    prompt["sampler"] = node(
        "ClownsharKSampler_Beta", **given, **more, **links, latent_image=("start", 2)
    )
    prompt["about"] = node("ClownOptions_ExtraOptions_Beta", extra_options="")
    prompt["sampler"]["inputs"][name] = ["about", 0]
    assert "WAN515" not in codes(prompt)


def test_an_input_that_another_version_of_a_pack_may_have_is_a_note_where_nothing_is_missing():
    prompt = {**wrapped(), "more": node("LoadImage", image="more.png")}
    prompt["size"]["inputs"]["anchors"] = ["more", 0]
    (finding,) = [each for each in found(prompt) if each.code == "WAN515"]
    assert finding.severity.value == "note"
    assert "unless your version of ComfyUI-WanVideoWrapper has it" in finding.message


def test_an_input_that_another_version_names_otherwise_is_told_once():
    prompt = wrapped()
    prompt["low"]["inputs"]["diffusion_model"] = prompt["low"]["inputs"].pop("model")
    reported = [each for each in found(prompt) if each.code in {"WAN502", "WAN515"}]
    assert [(each.code, each.severity.value) for each in reported] == [("WAN515", "warning")]
    assert "did you mean `model`?" in reported[0].message


def test_what_a_missing_choice_would_bring_along_is_not_missed():
    prompt = split()
    save = prompt["save"]["inputs"]
    del save["format"], save["codec"]
    missing = [each.message for each in found(prompt) if each.code == "WAN502"]
    assert len(missing) == 1 and "`format`" in missing[0]


# --- numbers that only look wrong ---


def rounded(factor: float) -> Prompt:
    """A picture that is scaled down to a sixteenth, and up again by a linked number."""
    return {
        "factor": node("PrimitiveFloat", value=factor),
        "empty": node("EmptyImage", width=520, height=760, batch_size=1, color=0),
        "down": node("ImageScaleBy", image=("empty", 0), upscale_method="area", scale_by=0.0625),
        "up": node(
            "ImageScaleBy", image=("down", 0), upscale_method="area", scale_by=("factor", 0)
        ),
        "save": node("SaveImage", images=("up", 0), filename_prefix="x"),
    }


def test_a_large_factor_that_gives_a_usual_size_is_right():
    assert codes(rounded(16.0)) == set()
    assert codes(rounded(400.0)) == {"WAN518"}


def test_single_pictures_may_be_larger_than_videos():
    size = {"width": 1536, "height": 1536, "batch_size": 1}
    for frames, expected in ((1, False), (81, True)):
        prompt = split((HIGH.replace("i2v", "t2v"), LOW.replace("i2v", "t2v")), (None, None))
        prompt["empty"] = node("EmptyHunyuanLatentVideo", **size, length=frames)
        for name in ("high", "low"):
            prompt[f"{name}_sampler"]["inputs"].update(
                positive=["positive", 0], negative=["negative", 0]
            )
        prompt["high_sampler"]["inputs"]["latent_image"] = ["empty", 0]
        assert ("WAN805" in codes(prompt)) is expected


@pytest.mark.parametrize(("shift", "severity"), [(5.0 + 1e-15, "note"), (8.0, "warning")])
def test_a_shift_that_the_same_shift_replaces_is_a_note(shift, severity):
    prompt = split()
    prompt["first"] = node("ModelSamplingSD3", shift=shift)
    prompt["first"]["inputs"]["model"] = prompt["high_shift"]["inputs"]["model"]
    prompt["high_shift"]["inputs"].update(model=["first", 0], shift=5.0)
    assert severities(prompt, "WAN723") == [severity]


def test_an_empty_latent_whose_size_is_linked_is_kept_for_later():
    prompt = split()
    prompt["side"] = node("PrimitiveInt", value=640)
    prompt["kept"] = node("EmptyHunyuanLatentVideo", width=("side", 0), height=640, length=81)
    prompt["kept"]["inputs"]["batch_size"] = 1
    assert severities(prompt, "WAN513") == ["note"]


@pytest.mark.parametrize(("frames", "severity"), [(81, []), (97, ["note"]), (101, ["warning"])])
def test_a_second_more_than_the_official_length_is_a_note(frames, severity):
    assert severities(split(start=conditioned(length=frames)), "WAN803") == severity


@pytest.mark.parametrize(("steps", "severity"), [(4, []), (3, ["note"]), (2, ["warning"])])
def test_a_distilled_lora_with_three_steps_of_four_is_a_note(steps, severity):
    assert severities(split(parts=((0, 1, steps), (1, steps, steps))), "WAN701") == severity


def test_the_last_steps_of_a_guided_model_may_do_without_guidance():
    whole = {"parts": ((0, 10, 20), (10, 20, 20)), "loras": (None, None)}
    assert "WAN722" not in codes(split((HIGH, HIGH), cfgs=(3.5, 1.0), **whole))
    assert "WAN722" in codes(split((HIGH, LOW), cfgs=(1.0, 1.0), **whole))


def test_wan_2_1_has_a_higher_cfg_than_2_2():
    settings = {"lora": None, "steps": 20, "shift": 8.0}
    for cfg, expected in ((6.8, False), (9.0, True)):
        prompt = alone("wan2.1_i2v_720p_14B_fp16.safetensors", cfg=cfg, **settings)
        assert ("WAN722" in codes(prompt)) is expected
    (finding,) = [each for each in found(prompt) if each.code == "WAN722"]
    assert "5 to 6 is usual" in finding.message and finding.help == "Set cfg to 5."


def test_a_sampler_of_res4lyf_is_a_note_as_a_node_of_it_would_be():
    prompt = split()
    for name in ("high", "low"):
        prompt[f"{name}_sampler"]["inputs"]["sampler_name"] = "res_2s"
    assert set(severities(prompt, "WAN505")) == {"note"}


# --- models and LoRAs ---


def packed(**more: Any) -> Prompt:
    """The wrapper with a GGUF file, and a node for five LoRAs before it."""
    prompt = changed(
        wrapped(), "low_model", model="Wan2_2-I2V-A14B-low-Q8_0.gguf", lora=("five", 0)
    )
    none = {f"lora_{number}": "none" for number in range(5)}
    strengths = {f"strength_{number}": 1.0 for number in range(5)}
    prompt["five"] = node(
        "WanVideoLoraSelectMulti", **{**none, **strengths, "merge_loras": True, **more}
    )
    return prompt


def test_a_node_that_loads_no_lora_merges_none():
    assert "WAN728" not in codes(packed())
    assert "WAN728" not in codes(packed(lora_0="a.safetensors", strength_0=0.0))
    assert severities(packed(lora_0="a.safetensors"), "WAN728") == ["error"]


def test_longcat_is_no_model_of_wan_s_families():
    prompt = wrapped()
    for name in ("high", "low"):
        prompt = changed(prompt, f"{name}_model", model="LongCat_TI2V_comfy_bf16.safetensors")
        prompt = changed(
            prompt, f"{name}_lora", lora="LongCat_distill_lora_rank128_bf16.safetensors"
        )
        prompt = changed(prompt, name, steps=12)
    prompt = changed(prompt, "save", fps=15.0)
    prompt = changed(changed(prompt, "high", end_step=6), "low", start_step=6)
    assert not {"WAN651", "WAN701", "WAN804"} & codes(prompt)


# --- rates ---


def test_sound_for_lips_sets_the_rate():
    prompt = wrapped()
    prompt["sound"] = node("LoadAudio", audio="speech.wav")
    prompt["reader"] = node("Wav2VecModelLoader", model="wav2vec.safetensors")
    prompt["talk"] = node("FantasyTalkingModelLoader", model="fantasy.safetensors")
    prompt["lips"] = node(
        "FantasyTalkingWav2VecEmbeds", wav2vec_model=("reader", 0), fantasytalking_model=("talk", 0),
        audio=("sound", 0), num_frames=81, fps=23.0, audio_scale=1.0, audio_cfg_scale=1.0,
    )  # fmt: skip
    for name in ("high", "low"):
        prompt = changed(prompt, name, fantasytalking_embeds=("lips", 0))
    assert "WAN804" not in codes(changed(prompt, "save", fps=23.0))
    assert severities(changed(prompt, "save", fps=16.0), "WAN804") == ["warning"]


def test_gimm_vfi_makes_more_frames():
    prompt = wrapped()
    prompt["gimm"] = node("DownloadAndLoadGIMMVFIModel", model="gimmvfi_r.safetensors")
    prompt["more"] = node(
        "GIMMVFI_interpolate", gimmvfi_model=("gimm", 0), images=("decode", 0), ds_factor=1.0,
        interpolation_factor=2, seed=0,
    )  # fmt: skip
    prompt = changed(prompt, "save", images=("more", 0), fps=32.0)
    assert "WAN804" not in codes(prompt)
    assert severities(changed(prompt, "save", fps=16.0), "WAN804") == ["warning"]


# --- what the editor saves ---


def test_numbers_files_and_options_that_nothing_needs_are_notes():
    prompt = {**split(), "slider": node("PrimitiveInt", value=3)}
    prompt["spare"] = node("UpscaleModelLoader", model_name="4x.pth")
    assert severities(prompt, "WAN513") == ["note"]
    prompt["dead"] = node("VAEDecode", samples=("low_sampler", 0), vae=("vae", 0))
    assert sorted(severities(prompt, "WAN513")) == ["note", "warning"]


def test_what_only_a_muted_node_needs_is_no_finding():
    prompt = {**split(), "dead": node("VAEDecode", samples=("high_sampler", 0), vae=("vae", 0))}
    prompt["look"] = node("PreviewImage", images=("dead", 0))
    workflow = json.loads(drawn(prompt))
    (look,) = [each for each in workflow["nodes"] if each["type"] == "PreviewImage"]
    look["mode"] = 2
    assert "WAN513" not in {each.code for each in said_of_json(json.dumps(workflow))}


def _scaled_by_an_older_version(mode: int) -> str:
    """A picture that ImageResizeKJ scales to a width by link, which it takes no more."""
    size = {"width": 512, "height": 512, "upscale_method": "lanczos", "keep_proportion": False}
    prompt = {**split(), "load2": node("LoadImage", image="b.png")}
    prompt["size"] = node("GetImageSize", image=("load2", 0))
    prompt["scale"] = node("ImageResizeKJ", image=("load2", 0), **size, divisible_by=16)
    prompt["look"] = node("PreviewImage", images=("scale", 0))
    workflow = json.loads(drawn(prompt))
    nodes = {each["type"]: each for each in workflow["nodes"]}
    scale, measured = nodes["ImageResizeKJ"], nodes["GetImageSize"]
    link = [9999, measured["id"], 0, scale["id"], len(scale["inputs"]), "INT"]
    workflow["links"].append(link)
    scale["mode"] = mode
    scale["widgets_values"] = [512, 512, "lanczos", False, 16, 0, 0, "disabled"]
    widget = {"name": "width_input"}
    scale["inputs"].append({**widget, "type": "INT", "link": link[0], "widget": widget})
    return json.dumps(workflow)


def test_a_node_of_another_version_is_reported_where_it_runs():
    assert "WAN566" in {each.code for each in said_of_json(_scaled_by_an_older_version(0))}


@pytest.mark.parametrize("mode", [2, 4])
def test_a_muted_or_bypassed_node_of_another_version_is_not_reported(mode):
    assert "WAN566" not in {each.code for each in said_of_json(_scaled_by_an_older_version(mode))}


def test_nothing_is_read_from_an_empty_value_behind_the_fields_of_a_node():
    workflow = json.loads(drawn(split()))
    (save,) = [each for each in workflow["nodes"] if each["type"] == "SaveVideo"]
    save["widgets_values"] = ["demo", "auto", "auto", ""]
    assert "WAN505" not in {each.code for each in said_of_json(json.dumps(workflow))}


def test_a_list_of_values_with_too_few_of_them_is_not_held_against_its_fields():
    prompt = {**split(), "video": node("LoadVideo", file="a.mp4")}
    prompt["frames"] = node(
        "VHS_LoadVideo", video="a.mp4", force_rate=16, custom_width=0, custom_height=0,
        frame_load_cap=0, skip_first_frames=0, select_every_nth=1, format="AnimateDiff",
    )  # fmt: skip
    prompt["look"] = node("PreviewImage", images=("frames", 0))
    workflow = json.loads(drawn(prompt))
    (frames,) = [each for each in workflow["nodes"] if each["type"] == "VHS_LoadVideo"]
    frames["widgets_values"] = ["a.mp4", 16, 0, 1, "AnimateDiff"]
    reported = said_of_json(json.dumps(workflow))
    assert "WAN566" in {each.code for each in reported}
    assert not any(each.is_error for each in reported)


def test_the_number_of_frames_by_link_gives_the_last_frame():
    prompt = {**split(), "frames": node("PrimitiveInt", value=81)}
    prompt["last"] = node(
        "ImageFromBatch", image=("decode", 0), batch_index=("frames", 0), length=1
    )
    prompt["look"] = node("PreviewImage", images=("last", 0))
    assert severities(prompt, "WAN821") == ["note"]
    assert severities(changed(prompt, "last", batch_index=81), "WAN821") == ["note"]
    assert severities(changed(prompt, "last", batch_index=100), "WAN821") == ["warning"]
    assert severities(changed(prompt, "last", batch_index=4095), "WAN821") == []


def test_a_cloned_choice_has_those_of_the_input_that_it_is_linked_to():
    prompt = {**split(), "choice": node("Combo Clone", combo="euler")}
    for name in ("high", "low"):
        prompt[f"{name}_sampler"]["inputs"]["sampler_name"] = ["choice", 0]
    assert "WAN505" not in codes(prompt)


def test_loras_behind_the_named_values_are_those_of_lora_manager():
    prompt = wrapped()
    del prompt["high_lora"]
    row = {"name": "wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise", "strength": 1.0, "active": True}
    prompt["lm"] = node(
        "WanVideo Lora Select (LoraManager)",
        low_mem_load=False,
        merge_loras=True,
        text="",
        loras={"__value__": [row]},
    )
    prompt = changed(prompt, "high_model", lora=("lm", 0))
    workflow = json.loads(drawn(prompt))
    (lora,) = [each for each in workflow["nodes"] if "LoraManager" in each["type"]]
    lora["inputs"] = [
        {"name": name, "type": kind, "link": None, "widget": {"name": name}}
        for name, kind in (("low_mem_load", "BOOLEAN"), ("text", "STRING"))
    ]
    lora["widgets_values"] = [False, "<lora:a:1>", [row]]
    assert not [each for each in said_of_json(json.dumps(workflow)) if each.is_error]


def test_a_value_that_is_not_shown_stops_no_other_output():
    prompt = {**split(), "show": node("ShowText|pysssss")}
    assert severities(prompt, "WAN502") == ["warning"]
    prompt["encode"] = node("CLIPTextEncode", clip=("clip", 0), text=("show", 0))
    prompt["start"]["inputs"]["positive"] = ["encode", 0]
    assert severities(prompt, "WAN502") == ["error"]


def test_a_preview_without_a_picture_stops_no_other_output():
    assert severities({**split(), "look": node("PreviewImage")}, "WAN502") == ["warning"]
    prompt = {**split(), "more": node("SaveImage", filename_prefix="x")}
    assert severities(prompt, "WAN502") == ["error"]


def test_steps_beside_sigmas_by_link_in_a_schedule_of_the_wrapper_mean_nothing():
    prompt = wrapped()
    del prompt["high"], prompt["low"]
    prompt["cut"] = node("Some Sigmas Split")
    before: dict[str, Any] = {}
    for number, name in enumerate(("high", "low")):
        prompt[f"{name}_plan"] = node(
            "WanVideoSchedulerv2", scheduler="dpm++_sde", steps=6, shift=5.0, start_step=0, end_step=-1,
            sigmas=("cut", number),
        )  # fmt: skip
        prompt[name] = node(
            "WanVideoSamplerv2", model=(f"{name}_model", 0), image_embeds=("size", 0), cfg=1.0, seed=7,
            text_embeds=("text", 0), scheduler=(f"{name}_plan", 0), force_offload=True, **before,
        )  # fmt: skip
        before = {"samples": ("high", 0)}
    assert "WAN707" not in codes(prompt)
    for name in ("high", "low"):
        prompt = changed(prompt, f"{name}_plan", sigmas=None)
    assert severities(prompt, "WAN707") == ["warning"]


def test_diffusion_forcing_makes_as_many_frames_as_its_conditioning_has():
    prompt = wrapped()
    del prompt["high"]
    prompt["first"] = node("WanVideoEncode", vae=("vae", 0), image=("image", 0))
    prompt["size"] = node("WanVideoEmptyEmbeds", width=832, height=480, num_frames=97)
    prompt["low"] = node(
        "WanVideoDiffusionForcingSampler", model=("low_model", 0), text_embeds=("text", 0), steps=6,
        image_embeds=("size", 0), addnoise_condition=10, fps=24.0, cfg=1.0, shift=5.0, seed=7,
        force_offload=True, scheduler="unipc", prefix_samples=("first", 0),
    )  # fmt: skip
    prompt["many"] = node("GetImageSizeAndCount", image=("decode", 0))
    prompt["rest"] = node(
        "GetImageRangeFromBatch", images=("decode", 0), start_index=-1, num_frames=("many", 3)
    )
    prompt = changed(prompt, "save", images=("rest", 0), fps=24.0)
    assert not {"WAN518", "WAN804"} & codes(prompt)
    assert severities(changed(prompt, "save", fps=16.0), "WAN804") == ["warning"]


def test_an_empty_value_behind_the_last_field_is_no_sign_of_another_version():
    workflow = json.loads(drawn(split()))
    for sampler in [each for each in workflow["nodes"] if each["type"] == "KSamplerAdvanced"]:
        sampler["widgets_values"] = [*sampler["widgets_values"], ""]
        sampler["widgets_values"][5] = "res_2s"
    reported = {each.code for each in said_of_json(json.dumps(workflow))}
    assert "WAN566" not in reported and "WAN505" in reported


def test_an_empty_latent_that_lies_about_is_a_note():
    prompt = {**split(), "spare": node("EmptyLatentImage", width=832, height=480, batch_size=1)}
    assert severities(prompt, "WAN513") == ["note"]
    prompt["spare"] = node("VAEEncode", pixels=("load", 0), vae=("vae", 0))
    assert severities(prompt, "WAN513") == ["warning"]


def test_what_stays_of_the_editor_in_prompt_json_is_a_note():
    prompt = {**split(), "send": node("Anything Everywhere", anything=("vae", 0))}
    assert severities(prompt, "WAN513") == ["note"]


def test_control_by_the_first_expert_only_is_a_note_where_each_has_its_own_conditioning():
    prompt = wrapped()
    prompt = changed(prompt, "high_model", model="Wan2_2-Fun-Control-A14B-HIGH.safetensors")
    prompt["own"] = prompt["size"]
    assert severities(changed(prompt, "low", image_embeds=("own", 0)), "WAN611") == ["warning"]
    prompt["control"] = node("WanVideoEncode", vae=("vae", 0), image=("image", 0))
    prompt["embeds"] = node("WanVideoControlEmbeds", latents=("control", 0))
    prompt = changed(complete(prompt), "size", control_embeds=("embeds", 0))
    assert severities(prompt, "WAN611") == ["warning"]
    prompt = changed(prompt, "low", image_embeds=("own", 0))
    assert severities(prompt, "WAN611") == ["note"]
    assert "WAN653" not in codes(prompt)


def test_a_pass_whose_clean_picture_is_decoded_may_end_before_its_schedule():
    prompt = alone()
    given = {"eta": 0.5, "sampler_name": "linear/euler", "scheduler": "simple", "steps": 15}
    given |= {"cfg": 1.0, "steps_to_run": 3, "denoise": 1.0, "seed": 7}
    links = {"model": ("model_shift", 0), "positive": ("start", 0), "negative": ("start", 1)}
    prompt["sampler"] = node(
        "ClownsharKSampler_Beta",
        **given,
        sampler_mode="standard",
        bongmath=True,
        **links,
        latent_image=("start", 2),
    )
    assert "WAN712" in codes(prompt)
    prompt = changed(prompt, "decode", samples=("sampler", 1))
    assert "WAN712" not in codes(prompt)


def test_an_expert_of_its_own_many_steps_has_them_though_its_cfg_is_not_known():
    """ScheduledCFGGuidance holds its cfg in some of the steps only."""
    prompt = split(parts=((0, 6, 10), (6, 10, 10)), strengths=(0.0, 1.0), cfgs=(4.0, 1.0))
    prompt["cfg"] = node("Some Number (pack)")
    assert "WAN701" not in codes(prompt)
    assert "WAN701" not in codes(changed(prompt, "high_sampler", cfg=("cfg", 0)))
    assert "WAN701" in codes(changed(prompt, "high_sampler", cfg=1.0))
