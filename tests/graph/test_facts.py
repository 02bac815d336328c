"""What is known of a link without running: the table of facts, rates of models, and clips of a batch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.comfyui.nodes.outputs import CATALOGUE, CLIP, LATENT, of, shape
from tests.prompts import changed, conditioned, graph_of, node, split
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import FactTable, derive
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Graph, Link, Node

T2V = "wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors"
EMPTY = Facts(frames=81, width=832, height=480, empty=True)


@pytest.mark.parametrize(
    ("file", "fps"),
    [
        (T2V, 16.0),
        ("wan2.1_t2v_1.3B_fp16.safetensors", 16.0),
        ("wan2.2_ti2v_5B_fp16.safetensors", 24.0),
        ("hunyuan_video_t2v_720p_bf16.safetensors", None),
        ("Wan2_2-Animate-14B_fp8_e4m3fn_scaled_KJ.safetensors", None),
        ("mine.safetensors", None),
    ],
)
def test_an_empty_latent_gets_the_rate_of_the_model_that_samples_it(file, fps):
    model = of("UNETLoader", unet_name=file)
    assert model.model_fps == fps
    made = of("KSampler", 0, {"model": model, "latent_image": EMPTY})
    assert (made.fps, made.empty, made.frames) == (fps, fps is None, 81)


def test_a_latent_of_frames_keeps_their_rate_or_has_none():
    """Video to video: the model has nothing to say about the rate."""
    model = of("UNETLoader", unet_name=T2V)
    for fps in (30.0, None):
        frames = EMPTY._replace(fps=fps, empty=False)
        assert of("KSampler", 0, {"model": model, "latent_image": frames}).fps == fps


def _sampled(*changes: tuple[str, dict[str, Any]], **nodes: Any) -> float | None:
    """The rate of a decoded text-to-video clip, with other nodes and inputs."""
    prompt = {
        "loader": node("UNETLoader", unet_name=T2V, weight_dtype="default"),
        "lora": node("LoraLoaderModelOnly", model=("loader", 0), lora_name="a.safetensors"),
        "shift": node("ModelSamplingSD3", model=("lora", 0), shift=5.0),
        "latent": node("EmptyHunyuanLatentVideo", width=832, height=480, length=81, batch_size=1),
        "sampler": node("KSampler", model=("shift", 0), latent_image=("latent", 0)),
        "decode": node("VAEDecode", samples=("sampler", 0)),
        **nodes,
    }
    for name, inputs in changes:
        prompt = changed(prompt, name, **inputs)
    return FactTable(graph_of(prompt)).of(Link("decode", 0)).fps


def test_the_rate_of_a_model_goes_through_loras_patches_switches_and_guiders():
    assert _sampled() == 16.0
    odd = node("Some Patch (pack)", what=("shift", 0))
    assert _sampled(("sampler", {"model": ("odd", 0)}), odd=odd) == 16.0
    on = node("PrimitiveBoolean", value=True)
    switch = node("ComfySwitchNode", switch=("on", 0), on_false=("none", 0), on_true=("shift", 0))
    assert _sampled(("sampler", {"model": ("switch", 0)}), on=on, switch=switch) == 16.0
    guider = node("CFGGuider", model=("shift", 0), cfg=1.0)
    custom = node("SamplerCustomAdvanced", guider=("guider", 0), latent_image=("latent", 0))
    assert _sampled(guider=guider, sampler=custom) == 16.0
    moe = node(
        "WanMoeKSampler",
        model_high_noise=("shift", 0),
        model_low_noise=("loader", 0),
        latent_image=("latent", 0),
    )
    assert _sampled(sampler=moe) == 16.0


def test_of_models_of_two_rates_nothing_is_known():
    other = node("UNETLoader", unet_name="wan2.2_ti2v_5B_fp16.safetensors")
    merged = node("ModelMergeSimple", model1=("shift", 0), model2=("other", 0), ratio=0.5)
    assert _sampled(("sampler", {"model": ("merged", 0)}), other=other, merged=merged) is None


def test_what_is_stated_wins_over_what_is_worked_out():
    stated = Facts(frames=5, width=64)
    made = Node("a", "ImageScaleBy", {"image": Link("x", 0), "scale_by": 2.0}, stated=stated)
    facts = derive(made, 0, CATALOGUE.get("ImageScaleBy"), lambda link: CLIP)
    assert shape(facts) == (5, 16.0, 64, 2432)


def test_an_unknown_class_keeps_the_rate_where_its_inputs_agree():
    assert record_of("My VFI (custom)").facts is None
    assert shape(of("My VFI (custom)", 0, {"images": CLIP})) == (None, 16.0, None, None)
    different = {"one": CLIP, "other": Facts(fps=24.0)}
    assert of("My VFI (custom)", 0, different) == NOTHING_KNOWN


def test_a_class_without_facts_keeps_the_rate_of_frames_and_all_of_latents():
    assert shape(of("LTXVPreprocess", 0, {"image": CLIP})) == (None, 16.0, None, None)
    assert of("LatentMultiply", 0, {"samples": LATENT}) == LATENT
    assert of("CLIPTextEncode", 0) == NOTHING_KNOWN


def test_a_table_works_out_each_link_once_and_only_those_that_are_needed():
    graph = graph_of(split())
    table = FactTable(graph)
    assert table.of(Link("decode", 0)).frames == 81
    assert table.of(Link("decode", 0)) is table.of(Link("decode", 0))
    assert Link("positive", 0) not in table._known


def test_a_table_is_not_stopped_by_circles_and_links_to_nothing():
    graph = graph_of(changed(split(), "high_sampler", latent_image=("low_sampler", 0)))
    assert FactTable(graph).of(Link("decode", 0)) == NOTHING_KNOWN
    assert FactTable(graph).of(Link("lost", 0)) == NOTHING_KNOWN


def test_a_table_follows_a_long_chain_without_recursion():
    nodes = {"start": Node("start", "EmptyImage", {"width": 64, "height": 64, "batch_size": 9})}
    last = "start"
    for number in range(20_000):
        nodes[f"n{number}"] = Node(f"n{number}", "ImageInvert", {"image": Link(last, 0)})
        last = f"n{number}"
    assert FactTable(Graph("long", nodes, CATALOGUE)).of(Link(last, 0)).frames == 9


def test_facts_of_a_whole_prompt():
    prompt = split(start=conditioned(length=80))
    prompt["smooth"] = node("RIFE VFI", frames=("decode", 0), ckpt_name="rife49.pth", multiplier=2)
    facts = FactTable(graph_of(prompt)).of(Link("smooth", 0))
    assert shape(facts) == (153, 32.0, 832, 1216)


def test_clips_of_a_batch_are_decoded_one_behind_the_other():
    table = FactTable(graph_of(split(start=conditioned(batch_size=2))))
    latent = table.of(Link("low_sampler", 0))
    assert (latent.frames, latent.clips) == (81, 2)
    assert (table.of(Link("decode", 0)).frames, table.of(Link("decode", 0)).clips) == (162, 1)


def test_a_batch_of_a_size_that_is_not_known_has_frames_that_are_not():
    table = FactTable(graph_of(split(start=conditioned(batch_size=("clip", 0)))))
    assert table.of(Link("low_sampler", 0)).frames == 81
    assert table.of(Link("decode", 0)).frames is None


@pytest.mark.parametrize(
    ("mode", "rate"), [("active", 32.0), ("bypass", 16.0), ("mute", 32.0)], ids=str
)
def test_a_bypassed_node_changes_nothing_of_what_goes_through_it(mode, rate):
    nodes = {
        "video": Node("video", "LoadVideo", {"file": "clip.mp4"}),
        "parts": Node("parts", "GetVideoComponents", {"video": Link("video", 0)}),
        "made": Node("made", "CreateVideo", {"images": Link("parts", 0), "fps": 16.0}),
        "again": Node("again", "GetVideoComponents", {"video": Link("made", 0)}),
        "rife": Node(
            "rife",
            "RIFE VFI",
            {"frames": Link("again", 0), "multiplier": 2, "ckpt_name": "rife49.pth"},
            mode=mode,
        ),
    }
    assert FactTable(Graph("clip", nodes, CATALOGUE)).of(Link("rife", 0)).fps == rate


@pytest.mark.parametrize(
    ("mode", "value"), [("active", "first"), ("bypass", "second"), ("mute", "second")], ids=str
)
def test_a_switch_gives_the_first_of_what_is_not_off(mode, value):
    nodes = {
        "a": Node("a", "PrimitiveString", {"value": "first"}, mode=mode),
        "b": Node("b", "PrimitiveString", {"value": "second"}),
        "either": Node(
            "either", "Any Switch (rgthree)", {"any_01": Link("a", 0), "any_02": Link("b", 0)}
        ),
    }
    assert FactTable(Graph("clip", nodes, CATALOGUE)).of(Link("either", 0)).value == value
