"""What a named flow that is used more than once makes, and what its nodes are called."""

from __future__ import annotations

import pytest

from tests.findings import HEAD, findings_of, piped, places
from wan22dsl.api.compiler import compile
from wan22dsl.source import Source

LOAD = 'LoadImage(image = "a.png").IMAGE'


def ids(text: str) -> list[str]:
    compiled = compile(Source(f"wan 1\n{text}", "t.wan"), pipeline="p")
    assert compiled.prompt is not None, [finding.message for finding in compiled.diagnostics]
    return list(compiled.prompt)


def test_a_branch_is_called_by_the_first_stage_of_a_flow_that_has_run_before() -> None:
    text = f"""\
let soft = scale(by = 0.5) -> scale(by = 2.0)
pipeline p {{
    let raw = {LOAD} -> scale(by = 0.7)
    flow = [raw -> soft -> save_frames("a"), raw -> soft -> save_frames("b"), raw -> [soft -> preview]]
}}"""
    made = ["LoadImage", "scale", "scale_2", "scale.scale"]
    saved = ["scale.save_frames", "scale.save_frames_2", "scale.preview"]
    assert ids(text) == [*made, *saved]


def test_an_open_flow_is_made_for_each_value_in_front_of_it() -> None:
    text = f"let f = scale(by = 0.5)\npipeline p {{ flow = {LOAD} -> f -> f -> [f -> preview, preview] }}"
    assert ids(text) == ["LoadImage", "scale", "scale_2", "scale_3", "scale.preview", "preview"]


def test_a_flow_reads_the_settings_of_the_pipeline_that_uses_it() -> None:
    lines = [f'let f = {LOAD} -> save_frames("{{pipeline.word}}")']
    lines += [f'pipeline {each} {{\n    word = "{each}"\n    flow = f\n}}' for each in ("p", "q")]
    for one in ("p", "q"):
        compiled = compile(Source("wan 1\n" + "\n".join(lines), "t.wan"), pipeline=one)
        assert compiled.prompt is not None
        assert compiled.prompt["save_frames"]["inputs"]["filename_prefix"] == one


def test_a_call_in_a_graph_is_one_node_however_often_its_flow_is_used() -> None:
    text = f"""\
graph p {{
    let a = {LOAD} -> ImageInvert(image = _)
    PreviewImage(images = a)
    SaveImage(images = a, filename_prefix = "x")
}}"""
    assert ids(text) == ["LoadImage", "ImageInvert", "PreviewImage", "SaveImage"]


@pytest.mark.parametrize("name", ["model", "steps", "sampler", "cfg"])
def test_a_setting_that_a_pass_cannot_do_without_is_told(name: str) -> None:
    text = piped(
        'high -> wan22.low -> save("x")', declarations=f"pass high = wan22.high({name} = none)"
    )
    (finding,) = findings_of(text)
    assert (finding.code, finding.fields["setting"]) == ("WAN408", name)


@pytest.mark.parametrize(
    ("written", "help"),
    [
        ("f.length + f", "Compute with its facts instead"),
        ("1 .. 2f", "Write `1f..2f`."),
        ("5s + 1f", "Write both in frames"),
        ("81f + 1", "such as `1f`"),
        ('"a" + "b"', "Put values together in a string"),
        ("81f * 0.3", "Multiply by a number that gives a whole result."),
    ],
)
def test_what_cannot_be_computed_is_told_with_what_can(written: str, help: str) -> None:
    stage = (
        f"stage s(in f: IMAGE) -> IMAGE {{ out = ImageFromBatch(image = f, length = {written}) }}"
    )
    text = f"{HEAD}{stage}\npipeline p {{ flow = {LOAD} -> s -> preview }}"
    (finding,) = [finding for finding in findings_of(text) if finding.is_error]
    assert finding.code == "WAN303"
    assert help in finding.help


def test_a_setting_that_nothing_reads_is_told_though_something_else_is_wrong() -> None:
    text = piped('wan22.high -> wan22.low -> rife(tims = 2) -> save("x")', more="    colour = 4\n")
    assert places(text) == ["WAN409 8:5", "WAN401 9:46"]
