"""Which LoRA belongs to which expert, and how strong it is."""

from __future__ import annotations

import pytest

from tests.forms import as_prompt, unchecked_graphs
from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LORA_LOW,
    LOW,
    T2V_LORA,
    TWENTY_STEPS,
    changed,
    codes,
    conditioned,
    found,
    node,
    report,
    split,
    with_camera,
)
from wan22dsl.api import compiler
from wan22dsl.lint.rules.engine import judge
from wan22dsl.source import Source


def test_loras_that_have_changed_places_are_one_mistake_with_a_safe_fix():
    (finding,) = found(split(loras=(LORA_LOW, LORA_HIGH)))
    assert finding.code == "WAN602"
    assert finding.fix is not None
    assert finding.fix.safe


def test_a_lora_of_the_other_expert_that_is_switched_off_is_told_only_for_that():
    assert codes(split(loras=(LORA_LOW, LORA_LOW), strengths=(0.0, 1.0))) == {"WAN614"}


@pytest.mark.parametrize(
    ("model", "severity"),
    [(HIGH, "warning"), ("Wan22-I2V-FastMix_v10-H-Q4_K_M.safetensors", "note")],
)
def test_a_mix_of_other_makers_may_have_a_distilled_lora_in_it(model, severity):
    reported = found(split((model, LOW), strengths=(0.0, 1.0)))
    assert [each.severity.value for each in reported if each.code == "WAN614"] == [severity]


@pytest.mark.parametrize("lora", [T2V_LORA, "wan2.2_5b_style_lora.safetensors"])
def test_a_lora_of_another_family_is_told(lora):
    assert codes(split(loras=(lora, LORA_LOW))) == {"WAN606"}


@pytest.mark.parametrize(
    ("strength", "meant"),
    [(80.0, "0.8"), (150.0, None), (100.0, "1"), (11.0, "0.11"), (-15.0, "1"), (10.0, None)]
    + [(each, None) for each in (3.0, 1.5, 0.4, -1.0, -5.0, -10.0)],
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
    reported = [finding for finding in found(prompt) if finding.code == "WAN617"]
    assert [f"strength to {meant}," in each.help for each in reported] == ([True] if meant else [])
    assert all((each.fix is not None) is (strength > 0) for each in reported)
    assert all(not each.fix.safe for each in reported if each.fix is not None)


_OLDER = [
    "lightx2v_T2V_14B_cfg_step_distill_v2_lora_rank64_bf16.safetensors",
    "Wan21_T2V_14B_lightx2v_cfg_step_distill_lora_rank32.safetensors",
    "Wan21_CausVid_14B_T2V_lora_rank32.safetensors",
]


@pytest.mark.parametrize(
    "lora", [*(each.replace("T2V", "I2V") for each in _OLDER), "my_style.safetensors"]
)
def test_loras_of_the_version_before_are_used_on_both_experts_on_purpose(lora):
    assert report(split(loras=(lora, lora), strengths=(3.0, 1.5))) == []


@pytest.mark.parametrize("lora", _OLDER)
def test_distilled_loras_of_the_version_before_for_another_family_are_a_note(lora):
    told = found(split(loras=(lora, lora), strengths=(3.0, 1.5)))
    assert {(each.code, each.severity.value) for each in told} == {("WAN606", "note")}


@pytest.mark.parametrize(
    ("model", "severities"),
    [
        ("wan2.2_i2v_lightx2v_4steps_{}_noise_14B_fp8.safetensors", {"warning"}),
        ("Wan2.2_Remix_NSFW_i2v_14b_{}_lighting_v2.0.safetensors", {"note"}),
        ("smoothMixWan2214BI2V_i2vV20{}.safetensors", {"note"}),
        ("wan2.2_i2v_{}_noise_14B_fp8_scaled.safetensors", set()),
        ("Wan22-I2V-FastMix_v10-{}-Q4_K_M.safetensors", set()),
    ],
)
def test_a_distilled_lora_on_a_model_that_is_distilled_is_told(model, severities):
    told = found(split((model.format("high"), model.format("low"))))
    assert {each.severity.value for each in told if each.code == "WAN618"} == severities


def test_a_weak_distilled_lora_on_a_distilled_model_is_not_told():
    model = "wan2.2_i2v_lightx2v_4steps_{}_noise_14B_fp8.safetensors"
    prompt = split((model.format("high"), model.format("low")), strengths=(0.3, 0.3))
    assert "WAN618" not in codes(prompt)


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
    assert report(split(models, shifts=(8.0, 8.0), start=start)) == []


def test_a_weak_distilled_lora_is_fine_beside_one_that_makes_up_for_the_steps():
    weak = split(strengths=(0.3, 1.0))
    assert "WAN617" in codes(weak)
    both = dict(weak)
    both["more"] = node(
        "LoraLoaderModelOnly", model=("high_lora", 0), lora_name=LORA_HIGH, strength_model=1.0
    )
    assert "WAN617" not in codes(changed(both, "high_shift", model=("more", 0)))


def test_distilled_loras_stacked_at_a_part_of_their_strength_are_not_judged_by_one():
    both = split(strengths=(0.4, 1.0))
    both["more"] = node(
        "LoraLoaderModelOnly",
        model=("high_lora", 0),
        lora_name="Wan2.1_T2V_14B_FusionX_LoRA.safetensors",
        strength_model=0.4,
    )
    assert "WAN617" not in codes(changed(both, "high_shift", model=("more", 0)))


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
    (finding,) = found(split(loras=(of_high, of_low), **TWENTY_STEPS))
    assert (finding.code, finding.severity.value) == ("WAN602", "warning")
    assert f'"{of_high}" is a LoRA for the low-noise expert' in finding.message
    assert finding.fix is not None
    assert not finding.fix.safe
    assert "WAN602" not in codes(split(loras=(of_low, of_high), **TWENTY_STEPS))


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
    assert "WAN602" not in codes(split(loras=(of_high, of_low), **TWENTY_STEPS))


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
    (finding,) = compiler.check(Source(text, "a.wan")).diagnostics
    assert finding.code == "WAN602"
    assert [edit.text for edit in finding.fix.edits] == [
        '"anna_high.safetensors"',
        '"anna_low.safetensors"',
    ]
    (graph,) = unchecked_graphs(text)
    (again,) = unchecked_graphs(as_prompt(graph), "demo.json")
    assert {each.code for each in judge(again)[1]} == {"WAN602"}


def test_a_file_under_the_name_that_a_converter_gave_it_is_judged_too():
    prompt = split(loras=(LORA_HIGH, LORA_HIGH))
    for name, was in (("low_model", "unet_name"), ("low_lora", "lora_name")):
        inputs = prompt[name]["inputs"]
        inputs["filename"] = inputs.pop(was)
    assert {"WAN502", "WAN602"} <= codes(prompt)
