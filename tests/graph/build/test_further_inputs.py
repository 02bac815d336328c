"""Inputs of a stage's node that its call gives by name, and a node of another class in its place."""

from __future__ import annotations

import pytest

from tests.language.library.building import bare, node, nodes, pipeline, prompt_of, source_of
from wan22dsl.api import compiler
from wan22dsl.source import Source

SAMPLED = "wan22.high -> wan22.low"

CLIP = """    size = 640x480
    length = 81f
    conditioning = mine"""


def test_a_call_gives_inputs_of_the_node_that_the_stage_leaves_at_their_defaults() -> None:
    prompt = prompt_of(pipeline(f'{SAMPLED} -> rife(times = 3, fast_mode = false) -> save("a")'))
    made = node(prompt, "RIFE VFI")
    assert (made["multiplier"], made["fast_mode"], made["ensemble"]) == (3, False, True)


def test_the_inputs_of_a_format_are_given_by_name() -> None:
    flow = f'{SAMPLED} -> combine("a", format = "video/nvenc_h264-mp4", bitrate = 20)'
    assert node(prompt_of(pipeline(flow)), "VHS_VideoCombine")["bitrate"] == 20


def test_only_the_call_that_names_an_input_gives_it() -> None:
    flow = f"{SAMPLED} -> rife(fast_mode = false) -> rife -> save_frames"
    prompt = prompt_of(pipeline(flow + '("a")'))
    assert [made["fast_mode"] for made in nodes(prompt, "RIFE VFI")] == [False, True]


@pytest.mark.parametrize(
    ("call", "help"),
    [
        ("rife(multiplier = 3)", "Did you mean `times`?"),
        ("rife(fast_mod = true)", "Did you mean `fast_mode`?"),
        ("rife(node = 5)", "Write a call of a class"),
        ("rife(sharpness = 3)", "Further inputs of its node: `clear_cache_after_n_frames`"),
    ],
)
def test_a_name_that_neither_the_stage_nor_its_node_has_is_an_error(call: str, help: str) -> None:
    text = pipeline(f'{SAMPLED} -> {call} -> save("a")')
    (finding,) = compiler.check(Source(text, "p.wan")).diagnostics
    assert finding.code == "WAN401"
    assert help in (finding.help or "")


def test_a_class_in_the_place_of_a_conditioning_gets_its_inputs_and_more() -> None:
    more = "    conditioning = wan22.image_to_video(node = PainterI2V(motion_amplitude = 1.3))"
    prompt = prompt_of(pipeline(f'{SAMPLED} -> save("a")', f"\n{more}"))
    made = node(prompt, "PainterI2V")
    assert (made["width"], made["length"], made["motion_amplitude"]) == (640, 81, 1.3)
    assert source_of(prompt, made["start_image"]) == ("LoadImage", 0)
    assert not nodes(prompt, "WanImageToVideo")
    first, second = nodes(prompt, "KSamplerAdvanced")
    assert source_of(prompt, first["latent_image"]) == ("PainterI2V", 2)
    assert source_of(prompt, second["negative"]) == ("PainterI2V", 1)


@pytest.mark.parametrize(
    "call",
    [
        "rife(times = 2, node = `RIFE VFI`(multiplier = 3))",
        "rife(node = `RIFE VFI`(frames = pipeline.image))",
    ],
)
def test_an_input_that_the_call_or_its_arrow_gives_too_is_set_twice(call: str) -> None:
    text = pipeline(f'{SAMPLED} -> {call} -> save("a", fps = 16fps)')
    found = compiler.check(Source(text, "p.wan")).diagnostics
    assert [each.code for each in found if each.is_error] == ["WAN211"]


def test_an_input_of_a_class_in_the_place_may_replace_a_default_of_the_stage() -> None:
    made = node(
        prompt_of(pipeline(f'{SAMPLED} -> rife(node = `RIFE VFI`(multiplier = 3)) -> save("a")')),
        "RIFE VFI",
    )
    assert made["multiplier"] == 3


def test_a_class_in_the_place_without_a_call_is_one_error_and_no_string() -> None:
    text = pipeline(f'{SAMPLED} -> rife(node = `FILM VFI`) -> save("a")')
    (finding,) = compiler.check(Source(text, "p.wan")).diagnostics
    assert finding.code == "WAN116"
    assert "`` `FILM VFI`(input = …) ``" in finding.help


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("rife(node = LoadImage())", "a class that takes `frames`"),
        ("rife(node = KSampler())", "a class with an output of type IMAGE"),
    ],
)
def test_a_class_that_does_not_fit_in_the_place_of_the_stage_s_is_one_error(
    place: str, words: str
) -> None:
    text = pipeline(f'{SAMPLED} -> {place} -> save("a", fps = 16fps)')
    (finding,) = compiler.check(Source(text, "p.wan")).diagnostics
    assert (finding.code, words in finding.message) == ("WAN302", True)


def test_what_a_class_gives_does_not_matter_where_the_stage_gives_its_input() -> None:
    text = pipeline(f'{SAMPLED} -> save_frames("a", node = PreviewImage())')
    found = compiler.check(Source(text, "p.wan")).diagnostics
    assert not [each for each in found if each.is_error]
    made = pipeline(f'{SAMPLED} -> combine("a", node = SaveAnimatedWEBP())')
    found = compiler.check(Source(made, "p.wan")).diagnostics
    assert not [each for each in found if each.is_error]


def test_a_class_that_is_no_conditioning_is_one_error_in_its_place() -> None:
    more = "    conditioning = wan22.image_to_video(node = KSampler())"
    text = pipeline(f'{SAMPLED} -> save("a")', f"\n{more}")
    (finding,) = compiler.check(Source(text, "p.wan")).diagnostics
    assert finding.code == "WAN302"


def test_a_misspelt_input_of_which_there_is_a_default_gets_the_suggestion() -> None:
    more = "    conditioning = wan22.image_to_video(node = PainterI2V(motion_amplitud = 1.3))"
    text = pipeline(f'{SAMPLED} -> save("a")', f"\n{more}")
    (finding,) = compiler.check(Source(text, "p.wan")).diagnostics
    assert (finding.code, finding.help) == ("WAN514", "Write `motion_amplitude`.")


def test_an_unknown_class_has_the_outputs_of_the_class_in_whose_place_it_is() -> None:
    more = "    conditioning = wan22.image_to_video(node = MyImageToVideo(motion = 1.3))"
    prompt = prompt_of(pipeline(f'{SAMPLED} -> save("a")', f"\n{more}"))
    first = nodes(prompt, "KSamplerAdvanced")[0]
    assert source_of(prompt, first["latent_image"]) == ("MyImageToVideo", 2)


def test_each_expert_takes_the_output_that_a_class_has_for_it() -> None:
    more = "    conditioning = wan22.image_to_video(node = WanAdvancedI2V())"
    prompt = prompt_of(pipeline(f'{SAMPLED} -> save("a")', f"\n{more}"))
    first, second = nodes(prompt, "KSamplerAdvanced")
    taken = [[made[name][1] for name in ("positive", "negative")] for made in (first, second)]
    assert taken == [[0, 2], [1, 2]]
    assert source_of(prompt, first["latent_image"]) == ("WanAdvancedI2V", 3)


def test_a_conditioning_of_a_file_may_have_outputs_for_the_low_noise_expert() -> None:
    stage = """stage mine(size: size = pipeline.size, length: frames = pipeline.length) -> (
    positive: CONDITIONING, positive_low: CONDITIONING, negative: CONDITIONING, latent: LATENT
) {
    positive     = wan22.encode("high")
    positive_low = wan22.encode("low")
    negative     = wan22.encode("none")
    latent       = EmptyHunyuanLatentVideo(width = size.width, height = size.height, length = length)
}"""
    flow = 'wan22.text_high -> wan22.text_low -> save("a")'
    prompt = prompt_of(f"{bare(flow, CLIP)}\n{stage}\n")
    first, second = nodes(prompt, "KSamplerAdvanced")
    texts = [prompt[made["positive"][0]]["inputs"]["text"] for made in (first, second)]
    assert texts == ["high", "low"]


def test_a_conditioning_may_change_the_model_behind_loras_and_patches() -> None:
    stage = """
stage mine(
    model: MODEL = pipeline.model, size: size = pipeline.size, length: frames = pipeline.length
) -> (positive: CONDITIONING, negative: CONDITIONING, latent: LATENT, model: MODEL) {
    let latent = EmptyHunyuanLatentVideo(width = size.width, height = size.height, length = length)
    positive = wan22.encode("x")
    negative = wan22.encode("y")
    latent   = latent
    model    = VaceAdvancedModelPatch(model = model)
}
"""
    flow = 'wan22.text_high -> wan22.text_low -> save("a")'
    prompt = prompt_of(f"{bare(flow, CLIP)}{stage}")
    patched = nodes(prompt, "VaceAdvancedModelPatch")
    assert [source_of(prompt, made["model"])[0] for made in patched] == ["ModelSamplingSD3"] * 2
    for sampler in nodes(prompt, "KSamplerAdvanced"):
        assert source_of(prompt, sampler["model"]) == ("VaceAdvancedModelPatch", 0)
    assert len({sampler["model"][0] for sampler in nodes(prompt, "KSamplerAdvanced")}) == 2
