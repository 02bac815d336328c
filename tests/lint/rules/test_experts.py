"""Which model, LoRA and conditioning belongs where, and what is odd but right."""

from __future__ import annotations

import pytest

from tests.forms import as_prompt, unchecked_graphs
from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LORA_LOW,
    LOW,
    alone,
    changed,
    codes,
    conditioned,
    found,
    graph_of,
    node,
    said,
    split,
    view_of,
    with_camera,
)
from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.graph.model import AssetFacts
from wan22dsl.lint.rules.engine import judge
from wan22dsl.lint.rules.experts.wording import outside
from wan22dsl.source import Source

T2V_HIGH, T2V_LOW = (name.replace("i2v", "t2v") for name in (HIGH, LOW))
T2V_LORA = "wan2.2_t2v_lightx2v_4steps_lora_v1.1_high_noise.safetensors"


def test_loras_that_have_changed_places_are_one_mistake_with_a_safe_fix():
    (one,) = found(split(loras=(LORA_LOW, LORA_HIGH)))
    assert one.code == "WAN602"
    assert one.fix is not None
    assert one.fix.safe


def test_a_lora_of_the_other_expert_that_is_switched_off_is_told_only_for_that():
    assert codes(split(loras=(LORA_LOW, LORA_LOW), strengths=(0.0, 1.0))) == {"WAN614"}


_TWENTY = {"parts": ((0, 10, 20), (10, 20, 20)), "shifts": (8.0, 8.0), "cfgs": (3.5, 3.5)}


def test_swapped_experts_are_told_with_the_numbers():
    (one,) = found(split((LOW, HIGH), (None, None), **_TWENTY))
    assert one.code == "WAN609"
    assert "#low_sampler" in one.message  # the ids say nothing of the models here
    assert (
        "10 of the 10 steps of #high_sampler (KSamplerAdvanced) are at or above sigma 0.9"
        in one.message
    )
    assert (
        "10 of the 10 steps of #low_sampler (KSamplerAdvanced) are below sigma 0.9" in one.message
    )
    assert one.fix is not None
    assert not one.fix.safe  # nothing but the names says that it is not meant


def test_swapped_experts_under_loras_in_their_places_are_surely_a_slip():
    (one,) = found(split((LOW, HIGH)))
    assert one.code == "WAN609"
    assert one.fix is not None
    assert one.fix.safe


def test_the_high_expert_behind_the_low_one_is_told_with_the_numbers():
    prompt = _again(HIGH, 0.4)
    (one,) = found(prompt)
    assert one.code == "WAN603"
    assert "#again (KSampler) goes from sigma 0.769 to 0" in one.message


def _again(model: str, denoise: float) -> dict:
    """A pass over the latent of a split."""
    prompt = split()
    second = alone(model, None, latent=("low_sampler", 0), denoise=denoise, steps=20, cfg=3.5)
    prompt["again_model"] = second["model_model"]
    prompt["again_shift"] = changed(second, "model_shift", model=("again_model", 0))["model_shift"]
    prompt["again"] = changed(second, "sampler", model=("again_shift", 0))["sampler"]
    return changed(prompt, "decode", samples=("again", 0))


def test_the_low_expert_behind_a_split_at_a_low_denoise_is_fine():
    assert said(_again(LOW, 0.3)) == []


@pytest.mark.parametrize(("model", "lora"), [(HIGH, LORA_HIGH), (LOW, LORA_LOW)])
def test_one_expert_for_a_whole_schedule_is_told_with_the_numbers(model, lora):
    (one,) = found(alone(model, lora))
    assert one.code == "WAN604"
    assert "2 of 4 steps are" in one.message


def test_a_single_picture_from_the_low_expert_alone_is_a_note():
    (one,) = found(alone(start=conditioned(length=1)))
    assert (one.code, one.severity.value) == ("WAN604", "note")


def test_one_expert_in_both_passes_of_a_split_is_told_once():
    (one,) = found(split((LOW, LOW), (LORA_LOW, LORA_LOW)))
    assert one.code == "WAN610"
    assert (
        "#high_sampler (KSamplerAdvanced) and #low_sampler (KSamplerAdvanced) both run"
        in one.message
    )


def test_the_low_expert_alone_over_encoded_frames_at_a_low_denoise_is_fine():
    encoded = {"frames": node("LoadVideo", file="clip.mp4")}
    encoded["parts"] = node("GetVideoComponents", video=("frames", 0))
    encoded["latent"] = node("VAEEncode", pixels=("parts", 0), vae=("vae", 0))
    prompt = {**alone(latent=("latent", 0), denoise=0.3), **encoded}
    assert said(changed(prompt, "video", fps=("parts", 2))) == []


@pytest.mark.parametrize(
    ("parts", "severity"),
    [
        (((0, 2, 4), (2, 4, 4)), None),
        (((0, 1, 4), (1, 4, 4)), "warning"),
        (((0, 3, 4), (3, 4, 4)), "warning"),
        (((0, 1, 5), (1, 5, 5)), "warning"),  # the first step of five that falls to another expert
        (((0, 2, 6), (2, 6, 6)), None),
        (((0, 1, 6), (1, 6, 6)), "warning"),
        (((0, 4, 8), (4, 8, 8)), None),
        (((0, 6, 8), (6, 8, 8)), "warning"),
        (((0, 8, 20), (8, 20, 20)), None),
        (((0, 10, 20), (10, 20, 20)), "note"),
        (((0, 15, 20), (15, 20, 20)), "warning"),
    ],
)
def test_a_split_is_judged_by_where_the_experts_change(parts, severity):
    prompt = split(("a.safetensors", "b.safetensors"), (None, None), parts=parts, cfgs=(3.5, 3.5))
    graph = graph_of(prompt)
    for name, noise in (("high_model", "high"), ("low_model", "low")):
        graph.nodes[name].asset = AssetFacts(
            "model", name, noise=noise, family="i2v_14b", boundary=0.9
        )
    diagnostics = judge(graph)[1]
    assert [(one.code, one.severity.value) for one in diagnostics] == (
        [("WAN605", severity)] if severity else []
    )


def test_a_step_right_at_the_boundary_is_a_note():
    """At shift 8 the third of four steps is at sigma .889, where the experts change at .9."""
    parts = ((0, 3, 4), (3, 4, 4))
    (near,) = (one for one in found(split(parts=parts, shifts=(8.0, 8.0))) if one.code == "WAN605")
    (far,) = (one for one in found(split(parts=parts)) if one.code == "WAN605")
    assert (near.severity.value, far.severity.value) == ("note", "warning")


def test_a_split_is_judged_by_sigma_not_by_step_numbers():
    """3 of 24 steps and then 1 of 8 hand over at the same sigma."""
    prompt = split(loras=(None, LORA_LOW), parts=((0, 3, 24), (1, 8, 8)), cfgs=(3.5, 1.0))
    assert "WAN705" not in codes(prompt)


@pytest.mark.parametrize("lora", [T2V_LORA, "wan2.2_5b_style_lora.safetensors"])
def test_a_lora_of_another_family_is_told(lora):
    assert codes(split(loras=(lora, LORA_LOW))) == {"WAN606"}


@pytest.mark.parametrize(
    ("strength", "meant"),
    [(80.0, "0.8"), (150.0, None), (100.0, "1"), (11.0, "0.11"), (-15.0, "1"), (10.0, None)]
    + [(one, None) for one in (3.0, 1.5, 0.4, -1.0, -5.0, -10.0)],
)
def test_no_lora_is_meant_to_be_far_beyond_1_though_sliders_go_to_10(strength, meant):
    prompt = split()
    prompt["style"] = node(
        "LoraLoaderModelOnly",
        model=("high_lora", 0),
        lora_name="my_style.safetensors",
        strength_model=strength,
    )
    prompt = changed(prompt, "high_shift", model=("style", 0))
    told = [one for one in found(prompt) if one.code == "WAN617"]
    assert [f"strength to {meant}," in one.help for one in told] == ([True] if meant else [])
    assert all((one.fix is not None) is (strength > 0) for one in told)
    assert all(not one.fix.safe for one in told if one.fix is not None)


@pytest.mark.parametrize(
    "lora",
    [
        "lightx2v_T2V_14B_cfg_step_distill_v2_lora_rank64_bf16.safetensors",
        "Wan21_T2V_14B_lightx2v_cfg_step_distill_lora_rank32.safetensors",
        "Wan21_CausVid_14B_T2V_lora_rank32.safetensors",
        "my_style.safetensors",
    ],
)
def test_loras_of_the_version_before_are_used_on_both_experts_on_purpose(lora):
    assert said(split(loras=(lora, lora), strengths=(3.0, 1.5))) == []


@pytest.mark.parametrize("kind", ["fun_control", "fun_inpaint", "fun_camera"])
def test_the_fun_models_take_the_lora_of_i2v(kind):
    conditioning = {
        "fun_control": "Wan22FunControlToVideo",
        "fun_inpaint": "WanFunInpaintToVideo",
        "fun_camera": "WanCameraImageToVideo",
    }[kind]
    start = conditioned(conditioning)
    if kind == "fun_control":
        start = changed(
            start, "start", start_image=None, ref_image=("load", 0), control_video=("load", 0)
        )
    if kind == "fun_camera":
        start = with_camera(start)
    models = tuple(
        f"wan2.2_{kind}_{level}_noise_14B_fp8_scaled.safetensors" for level in ("high", "low")
    )
    assert said(split(models, shifts=(8.0, 8.0), start=start)) == []


def _empty() -> dict:
    start = conditioned()
    del start["load"]
    start["latent"] = node(
        "EmptyHunyuanLatentVideo", width=640, height=640, length=81, batch_size=1
    )
    del start["start"]
    return start


def _t2v(models, loras, **more):
    prompt = split(models, loras, start=_empty(), **more)
    for name in ("high_sampler", "low_sampler"):
        prompt = changed(prompt, name, positive=("positive", 0), negative=("negative", 0))
    return changed(prompt, "high_sampler", latent_image=("latent", 0))


@pytest.mark.parametrize("shift", [5.0, 8.0])
def test_text_to_video_as_published_is_fine(shift):
    loras = (T2V_LORA, T2V_LORA.replace("high", "low"))
    assert said(_t2v((T2V_HIGH, T2V_LOW), loras, shifts=(5.0, 5.0))) == []
    plain = _t2v(
        (T2V_HIGH, T2V_LOW),
        (None, None),
        parts=((0, 10, 20), (10, 20, 20)),
        shifts=(shift, shift),
        cfgs=(3.5, 3.5),
    )
    assert not [one for one in found(plain) if one.severity.value != "note"]


def test_an_empty_latent_for_a_model_that_expects_a_picture_is_told():
    assert codes(_t2v((HIGH, LOW), (LORA_HIGH, LORA_LOW))) == {"WAN607"}


def test_fun_control_with_an_i2v_model_cannot_run():
    start = changed(
        conditioned("Wan22FunControlToVideo"), "start", start_image=None, ref_image=("load", 0)
    )
    assert [one[:12] for one in said(split(start=start))] == ["error WAN607"]


def test_the_latent_of_the_5b_model_with_a_picture_cannot_run_with_the_14b_models():
    start = conditioned()
    inputs = start["start"]["inputs"]
    start["start"] = node(
        "Wan22ImageToVideoLatent",
        **{name: inputs[name] for name in ("vae", "start_image", "length", "batch_size")},
        width=1280,
        height=704,
    )
    prompt = split(start=start)
    for name in ("high_sampler", "low_sampler"):
        prompt = changed(prompt, name, positive=("positive", 0), negative=("negative", 0))
    prompt = changed(prompt, "high_sampler", latent_image=("start", 0))
    assert "error WAN607" in [one[:12] for one in said(prompt)]


def _declared(prompt, at, **facts):
    graph = graph_of(prompt)
    graph.nodes[at].asset = AssetFacts(**facts)
    return graph


def test_a_declaration_against_the_file_name_is_one_mistake():
    """Which of the two is right nobody knows, so nothing else is concluded from either."""
    graph = _declared(
        split(), "high_model", kind="model", name="mine", file=HIGH, noise="low", family="i2v_14b"
    )
    assert {one.code for one in judge(graph)[1]} == {"WAN601"}


def test_a_model_that_is_declared_for_any_noise_is_not_accused():
    prompt = split(("mine.safetensors", "mine.safetensors"), (None, None), cfgs=(3.5, 3.5))
    graph = _declared(prompt, "high_model", kind="model", name="mine", noise="any")
    assert judge(graph)[1] == []


def test_files_that_say_nothing_are_not_accused():
    assert said(split(("a.safetensors", "b.safetensors"), ("c.safetensors", "d.safetensors"))) == []


def test_the_high_expert_twice_and_then_the_low_one_is_a_published_recipe():
    prompt = split(loras=(None, LORA_LOW), parts=((0, 2, 8), (4, 8, 8)), cfgs=(3.5, 1.0))
    prompt["between_lora"] = node(
        "LoraLoaderModelOnly", model=("high_model", 0), lora_name=LORA_HIGH, strength_model=1.0
    )
    prompt["between_shift"] = node("ModelSamplingSD3", model=("between_lora", 0), shift=5.0)
    between = dict(prompt["low_sampler"]["inputs"])
    between.update(
        model=["between_shift", 0],
        latent_image=["high_sampler", 0],
        start_at_step=2,
        end_at_step=4,
        return_with_leftover_noise="enable",
    )
    prompt["between"] = {"class_type": "KSamplerAdvanced", "inputs": between}
    prompt = changed(prompt, "low_sampler", latent_image=("between", 0))
    assert said(prompt) == []  # both experts have the LoRA


def test_a_bypassed_group_is_not_judged():
    graph = graph_of(split(loras=(LORA_LOW, LORA_LOW), **_TWENTY))
    graph.nodes["high_lora"].mode = "bypass"
    graph.nodes["low_lora"].mode = "bypass"
    checked, diagnostics = judge(graph)
    assert diagnostics == []
    assert checked is not None
    assert "high_lora" not in checked.graph.nodes
    assert graph.catalogue is open_catalogue("0.33.0")


@pytest.mark.parametrize(
    ("file", "kind", "accused"),
    [
        ("umt5_xxl_fp8_e4m3fn_scaled.safetensors", "sd3", True),
        ("umt5_xxl_fp16.safetensors", "wan", False),
        ("umt5_base.safetensors", "ace", False),
    ],
)
def test_the_text_encoder_of_wan_is_loaded_as_such(file, kind, accused):
    prompt = changed(split(), "clip", clip_name=file, type=kind)
    assert [one[:12] for one in said(prompt)] == (["error WAN608"] if accused else [])


def test_a_split_between_two_totals_is_reported_without_a_fix():
    prompt = split(loras=(None, None), cfgs=(3.5, 3.5), parts=((0, 12, 24), (4, 8, 8)))
    odd = [one for one in found(prompt) if one.code == "WAN605"]
    same = split(loras=(None, None), cfgs=(3.5, 3.5), parts=((0, 12, 24), (12, 24, 24)))
    assert [one.fix for one in odd] == [None]
    assert [one.fix is not None for one in found(same) if one.code == "WAN605"] == [True]


def test_a_weak_distilled_lora_is_fine_beside_one_that_makes_up_for_the_steps():
    weak = split(strengths=(0.3, 1.0))
    assert "WAN617" in codes(weak)
    both = dict(weak)
    both["more"] = node(
        "LoraLoaderModelOnly", model=("high_lora", 0), lora_name=LORA_HIGH, strength_model=1.0
    )
    assert "WAN617" not in codes(changed(both, "high_shift", model=("more", 0)))


#: The recipe without LoRAs of its own, so that those of a test are the only ones.
_OWN = {"parts": ((0, 10, 20), (10, 20, 20)), "shifts": (8.0, 8.0), "cfgs": (3.5, 3.5)}


@pytest.mark.parametrize(
    ("of_high", "of_low"),
    [
        ("anna_low.safetensors", "anna_high.safetensors"),
        ("Anna-LOW-e30.safetensors", "Anna-HIGH-e30.safetensors"),
        ("annaLow.safetensors", "annaHigh.safetensors"),
        ("anna/low.safetensors", "anna/high.safetensors"),
    ],
)
def test_two_names_that_differ_only_in_high_and_low_are_a_pair(of_high, of_low):
    (one,) = found(split(loras=(of_high, of_low), **_OWN))
    assert (one.code, one.severity.value) == ("WAN602", "warning")
    assert f'"{of_high}" is a LoRA for the low-noise expert' in one.message
    assert one.fix is not None
    assert not one.fix.safe
    assert "WAN602" not in codes(split(loras=(of_low, of_high), **_OWN))


@pytest.mark.parametrize(
    ("of_high", "of_low"),
    [
        ("low_poly.safetensors", "high_detail.safetensors"),
        ("anna_low.safetensors", "anna_low.safetensors"),
        ("anna_low_e10.safetensors", "anna_high_e20.safetensors"),
        ("slow.safetensors", "shigh.safetensors"),
        ("low_high.safetensors", "high_low.safetensors"),
    ],
)
def test_a_word_of_a_name_alone_proves_nothing(of_high, of_low):
    assert "WAN602" not in codes(split(loras=(of_high, of_low), **_OWN))


def test_a_lora_with_its_two_files_exchanged_is_reported_with_a_fix():
    text = """\
wan 1
use wan22

lora anna { high = "anna_low.safetensors", low = "anna_high.safetensors" }

pipeline demo {
    image     = "portrait.png"
    prompt    = "She smiles"
    size      = 832x1216
    length    = 81f
    add_loras = [anna]
    flow      = wan22.high -> wan22.low -> save("demo")
}
"""
    (one,) = compiler.check(Source(text, "a.wan")).diagnostics
    assert one.code == "WAN602"
    assert [edit.text for edit in one.fix.edits] == [
        '"anna_high.safetensors"',
        '"anna_low.safetensors"',
    ]
    (graph,) = unchecked_graphs(text)
    (again,) = unchecked_graphs(as_prompt(graph), "demo.json")
    assert {each.code for each in judge(again)[1]} == {"WAN602"}


def test_a_step_right_at_the_boundary_belongs_to_the_high_noise_expert():
    high, low = view_of(split()).schedules[0]
    sigmas = (1.0, 0.9, 0.5, 0.25, 0.0)
    for one, start, end, count in (
        (high, 0, 2, 0),
        (low, 1, 4, 1),
        (low, 2, 4, 0),
        (high, 1, 3, 1),
    ):
        settings = one.settings._replace(sigmas=sigmas, start=start, end=end)
        assert outside(one._replace(settings=settings)) == count


_OF_PICTURES = {
    "WanTrackToVideo": {"tracks": "[]", "temperature": 220.0, "topk": 2},
    "WanMoveTrackToVideo": {"strength": 1.0},
    "WanImageToVideo": {},
}


@pytest.mark.parametrize("class_type", _OF_PICTURES)
def test_pictures_for_a_text_to_video_model_are_told_whatever_puts_them_there(class_type):
    start = conditioned(class_type, **_OF_PICTURES[class_type])
    assert codes(split(start=start)) == set()
    prompt = split((T2V_HIGH, T2V_LOW), (None, None), **_TWENTY, start=start)
    assert "WAN607" in codes(prompt)


def test_a_conditioning_for_two_pictures_that_has_none_is_an_empty_latent_of_text_to_video():
    for class_type in ("WanFunInpaintToVideo", "WanFirstLastFrameToVideo"):
        start = conditioned(class_type)
        del start["start"]["inputs"]["start_image"], start["load"]
        prompt = split((T2V_HIGH, T2V_LOW), (None, None), **_TWENTY, start=start)
        assert "WAN607" not in codes(prompt)


def test_sound_for_a_model_that_hears_none_is_told():
    start = conditioned("WanHuMoImageToVideo", start_image=None, ref_image=("load", 0))
    start = changed(start, "start", start_image=None)
    prompt = split((T2V_HIGH, T2V_LOW), (None, None), **_TWENTY, start=start)
    assert "WAN607" in codes(prompt)
