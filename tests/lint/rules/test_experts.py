"""Which model, LoRA and conditioning belongs where, and what is odd but right."""

from __future__ import annotations

import pytest

from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LORA_LOW,
    LOW,
    TWENTY_STEPS,
    alone,
    changed,
    conditioned,
    found,
    graph_of,
    node,
    report,
    split,
)
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.graph.model import AssetFacts
from wan22dsl.lint.rules.engine import judge


def test_swapped_experts_are_told_with_the_numbers():
    (finding,) = found(split((LOW, HIGH), (None, None), **TWENTY_STEPS))
    assert finding.code == "WAN609"
    assert "#low_sampler" in finding.message  # the ids say nothing of the models here
    assert (
        "10 of the 10 steps of #high_sampler (KSamplerAdvanced) are at or above sigma 0.9"
        in finding.message
    )
    assert (
        "10 of the 10 steps of #low_sampler (KSamplerAdvanced) are below sigma 0.9"
        in finding.message
    )
    assert finding.fix is not None
    assert not finding.fix.safe  # nothing but the names says that it is not meant


def test_swapped_experts_under_loras_in_their_places_are_surely_a_slip():
    (finding,) = found(split((LOW, HIGH)))
    assert finding.code == "WAN609"
    assert finding.fix is not None
    assert finding.fix.safe


def test_the_high_expert_behind_the_low_one_is_told_with_the_numbers():
    prompt = _again(HIGH, 0.4)
    (finding,) = found(prompt)
    assert finding.code == "WAN603"
    assert "#again (KSampler) goes from sigma 0.769 to 0" in finding.message


def _again(model: str, denoise: float) -> dict:
    """A pass over the latent of a split."""
    prompt = split()
    second = alone(model, None, latent=("low_sampler", 0), denoise=denoise, steps=20, cfg=3.5)
    prompt["again_model"] = second["model_model"]
    prompt["again_shift"] = changed(second, "model_shift", model=("again_model", 0))["model_shift"]
    prompt["again"] = changed(second, "sampler", model=("again_shift", 0))["sampler"]
    return changed(prompt, "decode", samples=("again", 0))


def test_the_low_expert_behind_a_split_at_a_low_denoise_is_fine():
    assert report(_again(LOW, 0.3)) == []


@pytest.mark.parametrize(("model", "lora"), [(HIGH, LORA_HIGH), (LOW, LORA_LOW)])
def test_one_expert_for_a_whole_schedule_is_told_with_the_numbers(model, lora):
    (finding,) = found(alone(model, lora))
    assert finding.code == "WAN604"
    assert "2 of 4 steps are" in finding.message


def test_a_single_picture_from_the_low_expert_alone_is_a_note():
    (finding,) = found(alone(start=conditioned(length=1)))
    assert (finding.code, finding.severity.value) == ("WAN604", "note")


def test_one_expert_in_both_passes_of_a_split_is_told_once():
    (finding,) = found(split((LOW, LOW), (LORA_LOW, LORA_LOW)))
    assert finding.code == "WAN610"
    assert (
        "#high_sampler (KSamplerAdvanced) and #low_sampler (KSamplerAdvanced) both run"
        in finding.message
    )


def test_the_low_expert_alone_over_encoded_frames_at_a_low_denoise_is_fine():
    encoded = {"frames": node("LoadVideo", file="clip.mp4")}
    encoded["parts"] = node("GetVideoComponents", video=("frames", 0))
    encoded["latent"] = node("VAEEncode", pixels=("parts", 0), vae=("vae", 0))
    prompt = {**alone(latent=("latent", 0), denoise=0.3), **encoded}
    assert report(changed(prompt, "video", fps=("parts", 2))) == []


def _declared(prompt, at, **facts):
    graph = graph_of(prompt)
    graph.nodes[at].asset = AssetFacts(**facts)
    return graph


def test_a_declaration_against_the_file_name_is_one_mistake():
    """Which of the two is right nobody knows, so nothing else is concluded from either."""
    graph = _declared(
        split(), "high_model", kind="model", name="mine", file=HIGH, noise="low", family="i2v_14b"
    )
    assert {finding.code for finding in judge(graph)[1]} == {"WAN601"}


def test_a_model_that_is_declared_for_any_noise_is_not_accused():
    prompt = split(("mine.safetensors", "mine.safetensors"), (None, None), cfgs=(3.5, 3.5))
    graph = _declared(prompt, "high_model", kind="model", name="mine", noise="any")
    assert judge(graph)[1] == []


def test_files_that_say_nothing_are_not_accused():
    assert (
        report(split(("a.safetensors", "b.safetensors"), ("c.safetensors", "d.safetensors"))) == []
    )


def test_a_bypassed_group_is_not_judged():
    graph = graph_of(split(loras=(LORA_LOW, LORA_LOW), **TWENTY_STEPS))
    graph.nodes["high_lora"].mode = "bypass"
    graph.nodes["low_lora"].mode = "bypass"
    checked, diagnostics = judge(graph)
    assert diagnostics == []
    assert checked is not None
    assert "high_lora" not in checked.graph.nodes
    assert graph.catalogue is open_catalogue("0.33.0")
