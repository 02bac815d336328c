"""Passes are recognised on the graph, however it came about."""

from __future__ import annotations

import pytest

from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LOW,
    alone,
    changed,
    conditioned,
    graph_of,
    mixed,
    mixed_sampler,
    node,
    sage,
    split,
    view_of,
)
from wan22dsl.api.compiler import compile
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Graph
from wan22dsl.graph.passes.recognition import recognise, schedules
from wan22dsl.source import Source

PORTRAIT = """
wan 1
use wan22

pipeline portrait {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("portrait")
}
"""


def test_the_two_passes_of_a_split():
    high, low = view_of(split()).passes
    assert (high.id, low.id) == ("high_sampler", "low_sampler")
    assert high.model is not None
    assert (high.model.file, high.noise, high.model.told) == (HIGH, "high", "file name")
    assert (high.model.family, high.boundary) == ("i2v_14b", 0.9)
    assert [(lora.file, lora.strength, lora.noise, lora.steps) for lora in high.loras] == [
        (LORA_HIGH, 1.0, "high", 4)
    ]
    settings = high.settings
    assert (settings.start, settings.end, settings.steps) == (0, 2, 4)
    assert (settings.cfg, settings.sampler, settings.scheduler) == (1.0, "euler", "simple")
    assert (settings.add_noise, settings.leftover_noise, settings.seed) == (True, True, 7)
    assert high.shift == 5.0
    assert high.conditioning is not None
    assert high.conditioning.id == "start"
    assert (high.before, high.handoff) == (None, None)
    assert (low.before, low.handoff, low.noise) == ("high_sampler", "latent", "low")
    assert low.latent.frames == 81
    assert not high.whole


def test_a_pass_that_keeps_no_noise_goes_to_nothing_in_its_last_step_even_if_that_is_its_only_one():
    prompt = changed(split(parts=((0, 2, 4), (1, 2, 4))), "low_sampler", start_at_step=1)
    _, low = view_of(prompt).passes
    assert low.sigmas == pytest.approx((0.9375, 0.0))
    _, longer = view_of(changed(prompt, "low_sampler", end_at_step=3)).passes
    assert longer.sigmas == pytest.approx((0.9375, 0.8333, 0.0), abs=1e-4)
    kept = changed(prompt, "low_sampler", return_with_leftover_noise="enable")
    assert view_of(kept).passes[1].sigmas == pytest.approx((0.9375, 0.8333), abs=1e-4)


def test_the_language_gives_the_same_passes_with_what_was_declared():
    compiled = compile(Source(PORTRAIT, "portrait.wan"))
    assert compiled.graph is not None
    from wan22dsl.lint.rules.view import View

    high, low = View(compiled.graph.graph).passes
    assert (high.name, low.name) == ("high", "low")
    assert high.model is not None
    assert (high.model.told, high.noise, high.model.family) == ("declared", "high", "i2v_14b")
    assert [lora.steps for lora in low.loras] == [4]
    assert (low.before, low.handoff) == (high.id, "latent")


def test_the_sampler_that_changes_experts_by_itself_is_two_passes():
    high, low = view_of(mixed(cfg_high_noise=3.5)).passes
    assert [each.id for each in (high, low)] == ["moe:high", "moe:low"]
    assert [each.noise for each in (high, low)] == ["high", "low"]
    assert [each.settings.cfg for each in (high, low)] == [3.5, 1.0]
    assert (low.before, low.handoff, low.shift) == ("moe:high", "latent", 5.0)


def test_what_takes_up_such_a_sampler_takes_up_its_low_pass():
    prompt = alone(latent=("moe", 0), denoise=0.3)
    prompt["moe"] = mixed_sampler("model_model", "model_model")
    assert view_of(prompt).passes[0].before == "moe:low"


def test_models_are_followed_through_patches_reroutes_and_switches():
    prompt = split()
    prompt["patch"] = sage("high_shift")
    prompt["way"] = node("Reroute", anything=("patch", 0))
    prompt["on"] = node("PrimitiveBoolean", value=True)
    prompt["switch"] = node(
        "ComfySwitchNode", switch=("on", 0), on_false=("low_model", 0), on_true=("way", 0)
    )
    prompt["odd"] = node("Some Patch (pack)", what=("switch", 0), strength=0.5)
    high, _ = view_of(changed(prompt, "high_sampler", model=("odd", 0))).passes
    assert high.noise == "high"
    assert [patche.id for patche in high.patches] == ["patch", "odd"]
    assert high.shift == 5.0
    assert len(high.loras) == 1


def test_the_shift_nearest_to_the_sampler_counts():
    prompt = split()
    prompt["again"] = node("ModelSamplingSD3", model=("high_shift", 0), shift=8.0)
    high, _ = view_of(changed(prompt, "high_sampler", model=("again", 0))).passes
    assert high.shift == 8.0


def test_a_loader_of_many_loras_is_read_and_what_is_off_is_left_out():
    prompt = split()
    prompt["power"] = node(
        "Power Lora Loader (rgthree)",
        model=("high_model", 0),
        lora_1={"on": True, "lora": LORA_HIGH, "strength": 0.8},
        lora_2={"on": False, "lora": "other.safetensors", "strength": 1.0},
    )
    high, _ = view_of(changed(prompt, "high_shift", model=("power", 0))).passes
    assert [(lora.file, lora.strength) for lora in high.loras] == [(LORA_HIGH, 0.8)]


def test_a_gguf_loader_is_a_loader():
    prompt = split()
    prompt["high_model"] = node("UnetLoaderGGUF", unet_name="Wan2.2-I2V-A14B-HighNoise-Q5_K_M.gguf")
    high, _ = view_of(prompt).passes
    assert (high.noise, high.boundary) == ("high", 0.9)


def test_a_loader_of_both_experts_says_nothing_of_either():
    prompt = split()
    both = node("Both Experts (pack)", high_name=HIGH, low_name=LOW)
    prompt["high_model"] = prompt["low_model"] = both
    assert [pass_.noise for pass_ in view_of(prompt).passes] == [None, None]


def test_a_merge_of_two_models_is_neither():
    prompt = split()
    prompt["merge"] = node(
        "ModelMergeSimple", model1=("high_model", 0), model2=("low_model", 0), ratio=0.5
    )
    high, _ = view_of(changed(prompt, "high_lora", model=("merge", 0))).passes
    assert high.model is None
    assert high.noise is None


def test_steps_that_come_by_link_are_followed_and_unknown_ones_are_none():
    prompt = {**split(), "steps": node("PrimitiveInt", value=8), "odd": node("Seed Maker (pack)")}
    prompt = changed(prompt, "high_sampler", steps=("steps", 0), noise_seed=("odd", 0))
    high, _ = view_of(prompt).passes
    assert high.settings.steps == 8
    assert high.settings.seed is None


def test_frames_that_are_encoded_again_are_a_hand_over():
    prompt = alone(latent=("latent", 0), denoise=0.3)
    prompt.update(split())
    prompt["large"] = node(
        "ImageScaleBy", image=("decode", 0), upscale_method="lanczos", scale_by=1.5
    )
    prompt["latent"] = node("VAEEncode", pixels=("large", 0), vae=("vae", 0))
    prompt["again"] = node("VAEDecode", samples=("sampler", 0), vae=("vae", 0))
    prompt["show"] = node("PreviewImage", images=("again", 0))
    last = next(pass_ for pass_ in view_of(prompt).passes if pass_.id == "sampler")
    assert (last.before, last.handoff) == ("low_sampler", "encoded")


def test_passes_that_share_a_schedule_stand_together_in_their_order():
    prompt = split()
    turned = {name: prompt[name] for name in sorted(prompt, reverse=True)}
    (schedule,) = schedules(view_of(turned).passes)
    assert [each.id for each in schedule] == ["high_sampler", "low_sampler"]


def test_a_new_clip_after_sound_is_no_refinement():
    prompt = split()
    prompt["next"] = node(
        "WanSoundImageToVideoExtend",
        positive=("positive", 0),
        negative=("negative", 0),
        vae=("vae", 0),
        length=77,
        video_latent=("low_sampler", 0),
    )
    second = alone(LOW, None)
    prompt["again"] = changed(second, "sampler", model=("low_shift", 0), latent_image=("next", 2))[
        "sampler"
    ]
    prompt["frames"] = node("VAEDecode", samples=("again", 0), vae=("vae", 0))
    prompt["show"] = node("PreviewImage", images=("frames", 0))
    again = next(pass_ for pass_ in view_of(prompt).passes if pass_.id == "again")
    assert again.before is None
    assert again.latent.frames == 77


def test_circles_and_lost_links_do_not_stop_the_recognition():
    prompt = changed(split(), "high_sampler", model=("lost", 0), latent_image=("low_sampler", 0))
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.passes.recognition import recognise

    graph = view_of(prompt).graph
    passes = recognise(graph, FactTable(graph))
    assert {pass_.id for pass_ in passes} == {"high_sampler", "low_sampler"}
    assert sum(len(schedule) for schedule in schedules(passes)) == 2


def test_sigmas_of_a_pass_are_those_of_its_part():
    high, low = view_of(split(start=conditioned())).passes
    assert high.sigmas is not None
    assert low.sigmas is not None
    assert high.sigmas[-1] == low.sigmas[0]
    assert low.sigmas[-1] == 0


@pytest.mark.parametrize(
    ("strength", "counts"), [(1.0, True), (0.5, True), (0.49, False), (-0.5, True), (0.0, False)]
)
def test_a_distilled_lora_counts_from_half_its_strength(strength, counts):
    high, _ = view_of(split(strengths=(strength, 1.0))).passes
    assert [lora.counts for lora in high.loras] == [counts]


def test_the_conditioning_of_a_pass_comes_before_the_node_of_its_latent():
    shape = {"width": 832, "height": 1216, "length": 81, "batch_size": 1}
    prompt = changed(split(), "high_sampler", latent_image=("empty", 0))
    prompt["empty"] = node("EmptyHunyuanLatentVideo", **shape)
    first = view_of(prompt).passes[0]
    assert first.conditioning is not None
    assert first.conditioning.id == "start"


@pytest.mark.parametrize(("length", "before"), [(1, None), (5, "low_sampler")])
def test_one_picture_of_a_clip_begins_a_new_one_and_several_go_on_with_it(length, before):
    prompt = split()
    prompt["last"] = node("ImageFromBatch", image=("decode", 0), batch_index=76, length=length)
    prompt["next"] = {**prompt["start"], "inputs": {**prompt["start"]["inputs"]}}
    prompt["next"]["inputs"]["start_image"] = ["last", 0]
    sampler = {**prompt["high_sampler"]["inputs"]}
    sampler |= {"positive": ["next", 0], "negative": ["next", 1], "latent_image": ["next", 2]}
    prompt["next_sampler"] = {"class_type": "KSamplerAdvanced", "inputs": sampler}
    prompt["next_decode"] = node("VAEDecode", samples=("next_sampler", 0), vae=("vae", 0))
    prompt["next_save"] = node("SaveImage", images=("next_decode", 0), filename_prefix="next")
    found = {pass_.id: pass_ for pass_ in view_of(prompt).passes}
    assert found["next_sampler"].before == before


def test_passes_of_one_name_are_numbered_in_the_order_in_which_they_run():
    graph = graph_of(split())
    samplers = {"high_sampler", "low_sampler"}
    nodes = {
        id: each.changed(stage="p") if id in samplers else each
        for id, each in reversed(graph.nodes.items())
    }
    backwards = Graph(graph.name, nodes, graph.catalogue, graph.span)
    found = recognise(backwards, FactTable(backwards))
    assert {finding.id: finding.number for finding in found} == {
        "high_sampler": 1,
        "low_sampler": 2,
    }
    assert {each.number for each in recognise(graph, FactTable(graph))} == {0}


def test_a_shift_that_follows_the_size_of_the_latent_is_not_known():
    """ModelSamplingLTXV replaces how a model samples."""
    prompt = changed(split(), "high_sampler", model=("ltxv", 0))
    prompt["ltxv"] = node(
        "ModelSamplingLTXV", model=("high_lora", 0), max_shift=2.05, base_shift=0.95
    )
    high = view_of(prompt).passes[0]
    assert high.shift is None and high.shift_node is not None and high.schedule is None


@pytest.mark.parametrize(
    ("high", "low", "noise"),
    [
        ("Wan2.2_Remix_i2v_14b_high_lighting_v0.6.safetensors",
         "Wan2.2_Remix_i2v_14b_low_lighting_v0.6.safetensors", ["high", "low"]),
        ("Wan2.2_Remix_i2v_14b_high_lighting_v0.6.safetensors",
         "Wan2.2_Remix_i2v_14b_low_lighting_v0.7.safetensors", [None, None]),
        ("Wan2.2_Remix_i2v_14b_high_lighting_v0.6.safetensors",
         "Wan2.2_Remix_i2v_14b_high_lighting_v0.6.safetensors", [None, None]),
    ],
)  # fmt: skip
def test_two_models_whose_names_differ_in_the_level_alone_are_the_experts(high, low, noise):
    assert [pass_.noise for pass_ in view_of(split((high, low), (None, None))).passes] == noise
