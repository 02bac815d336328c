"""Sizes, lengths and other values that are known only when the prompt runs."""

from __future__ import annotations

import pytest

from tests.language.library.building import node, nodes, prompt_of, source_of
from wan22dsl.api import compiler
from wan22dsl.source import Source

FITTED = """let fitted = ImageResizeKJv2(
        image = LoadImage(image = "b.png").IMAGE, width = 480, height = 0, keep_proportion = "resize"
    )"""


def text_of(*settings: str, flow: str = 'wan22.high -> wan22.low -> save("p")') -> str:
    """A pipeline with these settings, of which those that are missing have a value."""
    known = {
        "image": 'image = "nowhere.png"',
        "prompt": 'prompt = "She turns"',
        "size": "size = 832x480",
        "length": "length = 81f",
    }
    for setting in settings:
        known.pop(setting.partition(" =")[0], None)
    body = "\n    ".join([*settings, *known.values(), f"flow = {flow}"])
    return f"wan 1\nuse wan22\n\npipeline p {{\n    {body}\n}}\n"


def test_a_size_is_that_of_a_picture_which_is_measured_when_it_runs() -> None:
    prompt = prompt_of(text_of("size = pipeline.image.size"))
    made = node(prompt, "WanImageToVideo")
    assert source_of(prompt, made["width"]) == ("GetImageSize", 0)
    assert source_of(prompt, made["height"]) == ("GetImageSize", 1)
    assert node(prompt, "GetImageSize")["image"] == made["start_image"]


@pytest.mark.parametrize("node_", ["fitted", "{ width = fitted.width, height = fitted.height }"])
def test_a_size_is_that_of_any_node_with_a_width_and_a_height(node_: str) -> None:
    prompt = prompt_of(text_of(FITTED, "image = fitted.IMAGE", f"size = {node_}"))
    made = node(prompt, "WanImageToVideo")
    sides = [source_of(prompt, made[side]) for side in ("width", "height")]
    assert sides == [("ImageResizeKJv2", 1), ("ImageResizeKJv2", 2)]
    assert len(nodes(prompt, "KSamplerAdvanced")) == 2


def test_a_side_may_be_a_number() -> None:
    prompt = prompt_of(text_of(FITTED, "size = { width = 480, height = fitted.height }"))
    made = node(prompt, "WanImageToVideo")
    assert made["width"] == 480
    assert source_of(prompt, made["height"]) == ("ImageResizeKJv2", 2)


def test_a_length_is_a_link_to_a_whole_number() -> None:
    prompt = prompt_of(text_of('length = VHS_LoadVideo(video = "x.mp4").frame_count'))
    assert source_of(prompt, node(prompt, "WanImageToVideo")["length"]) == ("VHS_LoadVideo", 1)


def test_a_length_is_that_of_frames_which_are_counted_when_it_runs() -> None:
    prompt = prompt_of(text_of('let clip = VHS_LoadVideo(video = "x.mp4")', "length = clip.length"))
    assert source_of(prompt, node(prompt, "WanImageToVideo")["length"]) == ("GetImageSize", 2)


def test_the_seed_and_the_prompt_may_be_links() -> None:
    settings = ("seed = `Seed (rgthree)`(seed = -1)", 'prompt = PrimitiveString(value = "x")')
    prompt = prompt_of(text_of(*settings))
    first = nodes(prompt, "KSamplerAdvanced")[0]
    assert source_of(prompt, first["noise_seed"]) == ("Seed (rgthree)", 0)
    assert source_of(prompt, nodes(prompt, "CLIPTextEncode")[0]["text"]) == ("PrimitiveString", 0)


def test_a_parameter_of_a_stage_may_be_a_link() -> None:
    flow = 'wan22.high -> wan22.low -> save("p", fps = FloatConstant(value = 24.0))'
    prompt = prompt_of(text_of(flow=flow))
    assert source_of(prompt, node(prompt, "CreateVideo")["fps"]) == ("FloatConstant", 0)


@pytest.mark.parametrize(
    ("settings", "flow"),
    [
        (("fps = FloatConstant(value = 24.0)",), 'wan22.high -> save("p")'),
        (("size = FloatConstant(value = 24.0)",), 'wan22.high -> save("p")'),
        (("size = { width = 480, height = 2.5 }",), 'wan22.high -> save("p")'),
        (("length = 2 * INTConstant(value = 24)",), 'wan22.high -> save("p")'),
        (('loras_by = PrimitiveString(value = "x")',), 'wan22.high -> save("p")'),
        ((), 'wan22.high -> save("{x}")'),
    ],
)
def test_a_link_where_the_value_decides_what_is_built_is_an_error(
    settings: tuple[str, ...], flow: str
) -> None:
    text = text_of("let x = INTConstant(value = 3)", *settings, flow=flow)
    assert any(found.is_error for found in compiler.check(Source(text, "p.wan")).diagnostics)


def test_what_depends_on_a_measured_size_is_unknown() -> None:
    flow = 'wan22.high -> wan22.low -> resize(640x480) -> save("p")'
    text = text_of("size = pipeline.image.size", flow=flow)
    assert not compiler.check(Source(text, "p.wan")).diagnostics
    text = text_of("size = pipeline.image.size", "length = 81f")
    text = text.replace('save("p")', 'resize(pipeline.size) -> save("p")')
    prompt = prompt_of(text)
    assert source_of(prompt, node(prompt, "ImageScale")["width"]) == ("GetImageSize", 0)


def test_a_limit_of_a_parameter_says_nothing_about_a_link() -> None:
    stage = """
stage soft(in frames: IMAGE, by: float = 0.5 in 0.1..1.0) -> IMAGE {
    out = ImageScaleBy(image = frames, scale_by = by)
}
"""
    flow = 'wan22.high -> wan22.low -> soft(by = FloatConstant(value = 0.3)) -> save("p")'
    prompt = prompt_of(text_of(flow=flow) + stage)
    assert source_of(prompt, node(prompt, "ImageScaleBy")["scale_by"]) == ("FloatConstant", 0)


@pytest.mark.parametrize(
    ("setting", "help"),
    [
        ("size = fitted.IMAGE", "`fitted.IMAGE.size`"),
        ("size = fitted.width", "a node with both sides"),
        ("seed = fitted.IMAGE", "Write a whole number"),
    ],
)
def test_what_is_no_such_link_is_told_how_to_be_one(setting: str, help: str) -> None:
    found = compiler.check(Source(text_of(FITTED, setting), "p.wan")).diagnostics
    assert [help in (finding.help or "") for finding in found if finding.is_error] == [True]
