"""Stages that begin a flow or go on with it, and outputs that are meant where none is chosen."""

from __future__ import annotations

import pytest

from tests.findings import findings_of
from tests.language.library.building import node, nodes, prompt_of

ONE_NODE = """
stage made(in before: WANVIDLORA = none, file: text) -> WANVIDLORA {
    out = WanVideoLoraSelect(lora = file, strength = 1.0, prev_lora = before)
}
"""

NAMED = """
stage both(in frames: IMAGE) -> (out: IMAGE, mask: MASK) {
    let found = ImageScaleBy(image = frames, upscale_method = "area", scale_by = 2.0)
    out  = found
    mask = ImageToMask(image = found, channel = "red")
}
"""

START = 'LoadImage(image = "a.png").IMAGE'


def loras(value: str) -> list[dict[str, object]]:
    """The LoRA nodes of a value that is made of `made`."""
    text = f'wan 1\n\n{ONE_NODE}\npipeline p {{ flow = WanVideoModelLoader(model = "a", lora = {value})'
    text += ' -> WanVideoSetLoRAs(model = _, lora = made("z")) -> PreviewAny(source = _) }'
    return nodes(prompt_of(text), "WanVideoLoraSelect")


def test_a_stage_with_none_for_the_arrow_may_begin_a_flow() -> None:
    first, _ = loras('made("a")')
    assert "prev_lora" not in first


def test_the_same_stage_goes_on_with_what_the_arrow_brings() -> None:
    first, second, _ = loras('made("a") -> made("b")')
    assert "prev_lora" not in first
    assert "prev_lora" in second


def test_it_may_be_named_and_go_on_later() -> None:
    text = f'wan 1\n\n{ONE_NODE}\nlet more = made("b") -> made("c")\n\npipeline p {{'
    text += ' flow = made("a") -> more -> PreviewAny(source = _) }'
    found = nodes(prompt_of(text), "WanVideoLoraSelect")
    assert ["prev_lora" in each for each in found] == [False, True, True]


def test_another_default_of_the_arrow_is_an_error() -> None:
    text = 'wan 1\n\nstage s(in frames: IMAGE = pipeline.image) { frames -> save("x") }'
    (found,) = [finding for finding in findings_of(text) if finding.is_error]
    assert found.code == "WAN217"
    assert "`= none`" in found.help


@pytest.mark.parametrize(
    "flow",
    [
        f"{START} -> both -> PreviewImage(images = _)",
        f"{START} -> both -> preview",
        f"PreviewImage(images = {START} -> both)",
        f"{START} -> both().out -> preview",
    ],
)
def test_the_output_out_is_meant_where_none_is_chosen(flow: str) -> None:
    prompt = prompt_of(f"wan 1\n\n{NAMED}\npipeline p {{ flow = {flow} }}")
    assert prompt[node(prompt, "PreviewImage")["images"][0]]["class_type"] == "ImageScaleBy"


def test_the_other_outputs_are_chosen_by_name() -> None:
    text = (
        f"wan 1\n\n{NAMED}\npipeline p {{ flow = {START} -> both().mask -> MaskPreview(mask = _) }}"
    )
    assert node(prompt_of(text), "ImageToMask")


def test_a_stage_reads_a_setting_as_the_socket_that_it_wants() -> None:
    text = "wan 1\n\nstage d(in l: LATENT, vae: WANVAE = pipeline.vae) -> IMAGE {"
    text += " out = WanVideoDecode(vae = vae, samples = l) }\n\npipeline p {"
    text += ' vae = WanVideoVAELoader(model_name = "a")'
    text += "\n flow = EmptyHunyuanLatentVideo() -> d -> preview }"
    assert node(prompt_of(text), "WanVideoVAELoader")["model_name"] == "a"
