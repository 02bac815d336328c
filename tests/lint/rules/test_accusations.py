"""What the owners of public workflows would reject as an accusation, and what stays one beside it."""

from __future__ import annotations

import json

import pytest

from tests.formats.workflow_read.sketch import Sketch
from tests.lint.rules.mutations.suite import drawn, said_of_json
from tests.lint.rules.test_wrapper import wrapped
from tests.prompts import LORA_HIGH, Prompt, changed, found, node, split
from tests.prompts import picture as scaled

OF_2_1 = "lightx2v_I2V_14B_480p_cfg_step_distill_rank128_bf16.safetensors"


def severities(prompt: object, code: str) -> list[str]:
    return [each.severity.value for each in found(json.dumps(prompt)) if each.code == code]


# --- WAN617: strengths in use ---


@pytest.mark.parametrize(
    ("lora", "strength", "reported"),
    [(OF_2_1, 5.6, []), (OF_2_1, 7.0, ["warning"]), (LORA_HIGH, 5.6, ["warning"])],
)
def test_a_distilled_lora_of_2_1_is_used_at_more_than_five_on_the_high_expert(
    lora, strength, reported
):
    made = split(loras=(lora, OF_2_1), strengths=(strength, 2.0))
    assert severities(made, "WAN617") == reported


def test_on_the_low_expert_it_is_not():
    assert severities(split(loras=(OF_2_1, OF_2_1), strengths=(2.0, 5.6)), "WAN617") == ["warning"]


# --- WAN501: a class that an editor knew ---


@pytest.mark.parametrize(("title", "reported"), [("Stabilize", "note"), ("", "warning")])
def test_a_class_that_an_editor_has_saved_is_a_note(title, reported):
    made = {**scaled(), "odd": node("video_stabilizer_of_nobody", frames=("scale", 0))}
    made["odd"]["_meta"] = {"title": title}
    assert severities(made, "WAN501") == [reported]


def test_a_misspelt_class_stays_an_error_whoever_saved_it():
    made = split()
    made["low_sampler"]["class_type"] = "KSamplerAdvancd"
    made["low_sampler"]["_meta"] = {"title": "The last pass"}
    assert severities(made, "WAN501") == ["error"]


# --- WAN512, WAN502: what is off, and what is a part of a workflow ---


def test_a_saver_that_is_off_is_named_where_nothing_saves():
    workflow = json.loads(drawn(scaled()))
    for each in workflow["nodes"]:
        if each["type"] == "SaveImage":
            each["mode"] = 4
    (finding,) = [each for each in said_of_json(json.dumps(workflow)) if each.code == "WAN512"]
    assert finding.help is not None and finding.help.startswith("Switch #")


def subgraph(*, offers: bool) -> dict[str, object]:
    """One subgraph that shows a picture, without what one of its nodes needs."""
    inside = Sketch()
    inside.node(2, "ImageScaleBy", ("lanczos", 2))
    inside.node(4, "PreviewImage", links={"images": (2, 0)}, gives=())
    outside = Sketch()
    outside.node(1, "part")
    inputs = {"image": [(2, "image")]} if offers else {}
    return outside.workflow(inside.subgraph("part", inputs, {}))


@pytest.mark.parametrize(("offers", "reported"), [(True, "note"), (False, "error")])
def test_only_what_a_subgraph_offers_is_linked_where_it_is_inserted(offers, reported):
    said = said_of_json(json.dumps(subgraph(offers=offers)))
    assert [each.severity.value for each in said if each.code == "WAN502"] == [reported]


# --- WAN515: inputs that only the schema lost ---


@pytest.mark.parametrize(
    ("class_name", "input_", "own"),
    [
        ("ImageResizeKJ", "width_input", {"height": 480}),
        ("WanVideoFunCameraEmbeds", "fun_ref_image", {"height": 480}),
        ("MultiTalkModelLoader", "base_precision", {"model": "infinitetalk.safetensors"}),
    ],
)
def test_an_input_that_the_function_still_takes_is_no_unknown_link(class_name, input_, own):
    made = {**scaled(), "odd": node(class_name, **own, **{input_: ("scale", 0)})}
    made["shown"] = node("PreviewAny", source=("odd", 0))
    assert severities(made, "WAN515") == []
    made = {**made, "odd": node(class_name, **own, of_nobody=("scale", 0))}
    assert severities(made, "WAN515") != []


# --- WAN728: what only newer versions of WanVideoWrapper refuse ---


@pytest.mark.parametrize(("values", "reported"), [(5, "warning"), (6, "error")])
def test_a_lora_in_a_gguf_file_is_merged_by_no_version_and_refused_by_newer_ones(values, reported):
    made = changed(wrapped(), "high_lora", merge_loras=True)
    file = "Wan2_2-I2V-A14B-high-Q4_K_S.gguf"
    made = changed(made, "high_model", model=file, quantization="disabled")
    workflow = json.loads(drawn(made))
    (loader,) = [each for each in workflow["nodes"] if file in (each["widgets_values"] or [])]
    loader["widgets_values"] = loader["widgets_values"][:values]
    said = said_of_json(json.dumps(workflow))
    assert [each.severity.value for each in said if each.code == "WAN728"] == [reported]


# --- WAN664: guidance away from the prompt itself ---


def guided(away: str) -> Prompt:
    made = split()
    nag = node("WanVideoNAG", model=("high_shift", 0), conditioning=(away, 0), nag_scale=11.0)
    return changed({**made, "nag": nag}, "high_sampler", model=("nag", 0))


@pytest.mark.parametrize(("away", "reported"), [("positive", ["warning"]), ("negative", [])])
def test_attention_that_is_steered_away_from_the_prompt_is_reported(away, reported):
    assert severities(guided(away), "WAN664") == reported


@pytest.mark.parametrize(("away", "reported"), [("text", ["warning"]), ("other", [])])
def test_so_it_is_of_the_wrapper(away, reported):
    made = wrapped()
    made["other"] = node("WanVideoTextEncodeSingle", prompt="bad")
    made["nag"] = node(
        "WanVideoApplyNAG", original_text_embeds=("text", 0), nag_text_embeds=(away, 0)
    )
    made = changed(changed(made, "high", text_embeds=("nag", 0)), "low", text_embeds=("nag", 0))
    assert severities(made, "WAN664") == reported


def test_a_sampler_with_nag_is_a_pass_and_is_told_of_the_same_way():
    made = split(cfgs=(1.0, 1.0))
    nag = {"nag_negative": ("positive", 0), "nag_scale": 5.0}
    for name in ("high_sampler", "low_sampler"):
        made[name]["class_type"] = "KSamplerWithNAG (Advanced)"
        made = changed(made, name, positive=("positive", 0), **nag)
    assert severities(made, "WAN664") == ["warning", "warning"]


# --- WAN702: guidance that is meant ---


@pytest.mark.parametrize(
    ("strength", "cfgs", "reported"),
    [
        (0.3, (5.0, 1.0), ["note"]),
        (0.3, (5.0, 5.0), ["warning"]),
        (1.0, (5.0, 1.0), ["warning"]),
    ],
)
def test_guidance_on_a_weak_distilled_lora_before_passes_without_any_is_a_note(
    strength, cfgs, reported
):
    causvid = "Wan21_CausVid_14B_T2V_lora_rank32_v2.safetensors"
    made = split(loras=(causvid, causvid), strengths=(strength, strength), cfgs=cfgs)
    assert severities(made, "WAN702") == reported


def test_a_latent_consistency_lora_of_other_models_takes_some_guidance():
    made = {
        "model": node("CheckpointLoaderSimple", ckpt_name="toonyou_beta6.safetensors"),
        "lora": node(
            "LoraLoaderModelOnly",
            model=("model", 0),
            lora_name="lcm-lora-sdv1-5.safetensors",
            strength_model=1.0,
        ),
        "words": node("CLIPTextEncode", clip=("model", 1), text="a fox"),
        "bad": node("CLIPTextEncode", clip=("model", 1), text="blurry"),
        "start": node("EmptyLatentImage", width=512, height=512, batch_size=16),
    }
    made["sampler"] = node(
        "KSampler",
        model=("lora", 0),
        positive=("words", 0),
        negative=("bad", 0),
        latent_image=("start", 0),
        seed=1,
        steps=8,
        cfg=1.5,
        sampler_name="lcm",
        scheduler="sgm_uniform",
        denoise=1.0,
    )
    made["frames"] = node("VAEDecode", samples=("sampler", 0), vae=("model", 2))
    made["save"] = node("SaveImage", images=("frames", 0), filename_prefix="x")
    assert severities(made, "WAN702") == []
