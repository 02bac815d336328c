"""Parameters: what each type takes from outside, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.findings import HEAD, findings_of, places
from wan22dsl.api.compiler import check, compile
from wan22dsl.errors import CommandError
from wan22dsl.source import Source

GOOD: list[tuple[str, Any]] = [
    ("int", "4"),
    ("int", 4),
    ("float", "4"),
    ("float", 0.5),
    ("bool", "true"),
    ("bool", False),
    ("text", 'any {text} with "quotes" and \\'),
    ("text", '"quoted, and read"'),
    ("text", "two\nlines"),
    ("seconds", "5s"),
    ("frames", "81f"),
    ("frames", "5s"),
    ("fps", "16fps"),
    ("bytes", "24GiB"),
    ("size", "832x480"),
    ("sampler", "euler/simple"),
    ("steps", "0..2 of 4"),
    ("steps", "4"),
    ("flow", "wan22.high -> wan22.low -> rife(times = 3)"),
    ("flow", "rife(times = 3)"),
    ("image", "a.png"),
    ("video", "a.mp4"),
    ("audio", "a.mp3"),
    ("model", 'wan22.i2v_high(dtype = "default")'),
    ("lora", "wan22.lightx2v_low(strength = 0.4)"),
    ("family", "wan22.i2v_14b"),
    ("[int]", "[1, 2]"),
    ("[int]", [1, 2]),
    ("[lora]", "[wan22.lightx2v_low, wan22.relight]"),
    ("IMAGE", '"a.png"'),
    ("INT", "4"),
    ("STRING", "a text"),
]

BAD: list[tuple[str, Any]] = [
    ("int", "4.5"),
    ("int", "true"),
    ("float", '"1"'),
    ("bool", "1"),
    ("text", 4),
    ("text", None),
    ("seconds", "5"),
    ("seconds", "5f"),
    ("frames", "5"),
    ("fps", "16"),
    ("bytes", "5"),
    ("size", "8"),
    ("sampler", '"euler"'),
    ("steps", "0.5"),
    ("flow", "4"),
    ("image", 4),
    ("model", "wan22.lightx2v_low"),
    ("lora", "[wan22.lightx2v_low]"),
    ("family", "4"),
    ("[int]", '[1, "x"]'),
    ("[lora]", "wan22.relight"),
    ("IMAGE", "4"),
    ("INT", '"x"'),
]


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_a_type_takes_its_values_from_outside(kind: str, value: Any) -> None:
    assert not findings_of(f"{HEAD}param p: {kind}\n", values={"p": value})


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_a_type_refuses_others_with_one_finding(kind: str, value: Any) -> None:
    (finding,) = findings_of(f"{HEAD}param p: {kind}\n", values={"p": value})
    assert finding.code == "WAN302"
    assert finding.span is not None and finding.span.source.path == "--set p"


@pytest.mark.parametrize("raw", ['a {t} "b" \\n', "two\nlines", "'", "°", '"', "{", ""])
def test_a_text_from_outside_is_that_text(raw: str) -> None:
    text = f"""{HEAD}
param t: text
graph g {{ SaveImage(images = LoadImage(image = "a.png").IMAGE, filename_prefix = t) }}
"""
    prompt = compile(Source(text, "test.wan"), values={"t": raw}).prompt or {}
    assert prompt["SaveImage"]["inputs"]["filename_prefix"] == raw


@pytest.mark.parametrize(
    ("accepts", "value", "fine"),
    [
        ("float = 1.0 in [1.0, 3.5]", "3.5", True),
        ("float = 1.0 in [1, 3.5]", "1", True),
        ("float = 1.0 in [1.0, 3.5]", "2.0", False),
        ("float = 1.0 in 0.0..1.0", "0.5", True),
        ("float = 1.0 in 0.0..1.0", "1.5", False),
        ("int = 1 in 1..4", "4", True),
        ("int = 1 in 1..4", "5", False),
        ("frames = 17f in 17f..81f", "81f", True),
        ("frames = 17f in 17f..81f", "5s", True),
        ("frames = 17f in 17f..81f", "6s", False),
        ('text = "a" in ["a", "b"]', "b", True),
        ('text = "a" in ["a", "b"]', "c", False),
        ("size = 832x480 in [832x480, 480x832]", "480x832", True),
        ("size = 832x480 in [832x480, 480x832]", "480x480", False),
        ("flow = wan22.high in [wan22.high, wan22.low]", "wan22.low", True),
        ("flow = wan22.high -> rife in [wan22.high -> rife]", "wan22.high->rife", True),
        ("flow = wan22.high -> rife in [wan22.high -> rife]", "wan22.low -> rife", False),
        ("model = wan22.i2v_high in [wan22.i2v_high]", "wan22.i2v_low", False),
    ],
)
def test_a_value_from_outside_is_held_to_what_the_parameter_accepts(
    accepts: str, value: str, fine: bool
) -> None:
    fps = (
        'pipeline q { flow = LoadImage(image = "a.png").IMAGE -> take(p) -> preview, fps = 16fps }'
    )
    text = f"{HEAD}param p: {accepts}\n{fps if accepts.startswith('frames') else ''}\n"
    assert [
        finding.code
        for finding in findings_of(text, values={"p": value})
        if finding.code == "WAN305"
    ] == ([] if fine else ["WAN305"])


@pytest.mark.parametrize(
    "accepts", ['text = "a" in 4', "size = 1x1 in 1x1..2x2", 'int = 1 in [1, "x"]']
)
def test_what_a_parameter_accepts_has_to_be_of_its_type(accepts: str) -> None:
    assert [finding.code for finding in findings_of(f"{HEAD}param p: {accepts}\n")] == ["WAN302"]


def test_a_parameter_without_a_value_is_a_note_when_linting_and_an_error_when_compiling() -> None:
    flow = "LoadImage(image = face).IMAGE -> preview"
    text = f"wan 1\nparam face: image\npipeline p {{ flow = {flow} }}\n"
    assert places(text) == ["WAN307 2:7"]
    assert places(text, compiling=True) == ["WAN306 2:7"]
    assert not places(text, compiling=True, values={"face": "a.png"})


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sed", "Did you mean `seed`?"),
        ("fixed", "it is a `let`"),
        ("zzz", "The file declares: seed"),
    ],
)
def test_a_value_that_no_parameter_takes_is_refused_with_what_there_is(
    name: str, hint: str
) -> None:
    with pytest.raises(CommandError, match=name) as caught:
        check(Source(f"{HEAD}param seed: int = 1\nlet fixed = 2\n", "t.wan"), values={name: "1"})
    assert hint in str(caught.value)


def test_seconds_are_frames_at_the_rate_of_the_pipeline_that_asks() -> None:
    text = f"""{HEAD}
param long: frames = 5s
pipeline small {{
    prompt = "x"
    size   = 1280x704
    length = long
    flow   = wan22.small -> save("small")
}}
pipeline large {{
    image  = small -> last_frame
    prompt = "x"
    size   = 832x480
    length = long
    flow   = wan22.high -> wan22.low -> save("large")
}}
"""
    nodes = compile(Source(text, "t.wan"), pipeline="large").prompt or {}
    lengths = [node["inputs"]["length"] for node in nodes.values() if "width" in node["inputs"]]
    assert sorted(lengths) == [81, 121]
