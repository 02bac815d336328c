"""What models, LoRAs and files become: one loader each, what rules are told, where it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.findings import piped
from wan22dsl.api.compiler import check
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.graph.model import Node


def nodes(text: str) -> dict[str, Node]:
    """The nodes of the pipeline `p` of a file without a mistake."""
    checked = check(Source(text, "t.wan"))
    assert not [finding.message for finding in checked.diagnostics if finding.is_error]
    return checked.graphs["p"].graph.nodes


def test_the_rules_are_told_what_is_declared_of_a_lora() -> None:
    lora = 'lora mine { file = "mine.safetensors", noise = "high", distilled = 4, family = wan22.i2v_14b }'
    made = nodes(piped('wan22.high(loras = [mine]) -> wan22.low -> save("x")', declarations=lora))
    asset = made["high.lora.1"].asset
    assert asset is not None
    assert (asset.kind, asset.name, asset.file) == ("lora", "mine", "mine.safetensors")
    assert (asset.noise, asset.family, asset.distilled) == ("high", "i2v_14b", 4)
    assert asset.boundary == pytest.approx(0.9)
    assert asset.span is not None
    assert asset.span.first.line == 3


def test_the_inputs_of_loaders_point_at_what_is_written_in_the_file() -> None:
    declared = 'lora mine {\n    file = "mine.safetensors"\n    strength = 0.7\n}'
    made = nodes(
        piped('wan22.high(loras = [mine]) -> wan22.low -> save("x")', declarations=declared)
    )
    spans = made["high.lora.1"].spans
    assert {name: span.text for name, span in spans.items()} == {
        "lora_name": '"mine.safetensors"',
        "strength_model": "0.7",
    }


def test_a_video_as_frames_is_loaded_and_taken_apart() -> None:
    made = nodes(piped().replace('"a.png"', '"a.mp4"'))
    assert made["image"].class_name == "LoadVideo"
    assert made["image"].spans["file"].text == '"a.mp4"'
    assert made["image.frames"].class_name == "GetVideoComponents"


def test_a_model_is_loaded_once_however_many_passes_take_it() -> None:
    made = nodes(piped('wan22.high -> wan22.high(steps = 2..4 of 4) -> save("x")'))
    assert sum(node.class_name == "UNETLoader" for node in made.values()) == 1


def test_a_model_with_a_loader_of_its_own_takes_that() -> None:
    load = 'file = none, load = UnetLoaderGGUF(unet_name = "high_Q5_K_M.gguf")'
    made = nodes(
        piped(
            'wan22.high(model = mine) -> wan22.low -> save("x")',
            declarations=f"model mine = wan22.i2v_high({load})",
        )
    )
    assert made["mine"].class_name == "UnetLoaderGGUF"
    assert made["mine"].asset is not None
    assert made["mine"].asset.noise == "high"


def test_a_setting_that_is_taken_away_can_be_given_again() -> None:
    declared = "lora a = wan22.lightx2v_high(strength = none)\nlora b = a(strength = 0.5)"
    made = nodes(
        piped('wan22.high(loras = [a, b]) -> wan22.low -> save("x")', declarations=declared)
    )
    assert made["high.lora.1"].inputs["strength_model"] == 1.0
    assert made["high.lora.2"].inputs["strength_model"] == 0.5


def test_a_node_is_called_by_its_title_and_else_by_its_id() -> None:
    text = (
        'wan 1\npipeline p {\n    let a = LoadImage(image = "a.png") { title = "First frame" }\n'
        "    flow = a.IMAGE -> preview\n}"
    )
    titles = [node.title for node in nodes(text).values()]
    assert titles == ["First frame", "preview"]


def test_a_loader_stands_right_before_what_needs_it() -> None:
    made = list(nodes(piped()))
    assert made.index("i2v_low") > made.index("high.sampler")
    assert made.index("i2v_high") < made.index("high.sampler")
