"""Declarations that no pipeline comes by are looked at by themselves, with values that are not known."""

from __future__ import annotations

import pytest

from tests.findings import HEAD, piped, places

#: A declaration that nothing uses, and what is wrong in it.
WRONG = {
    "the default of a parameter of a stage": (
        'stage s(in f: IMAGE, n: int = "x") -> IMAGE { out = f }',
        "WAN302 3:31",
    ),
    "a call in a stage": (
        'stage s(in f: IMAGE) -> IMAGE { out = f -> rife(tims = "x") }',
        "WAN401 3:49",
    ),
    "a value in the place of a link": (
        "stage s(in f: IMAGE, n: int) -> IMAGE { out = n }",
        "WAN302 3:47",
    ),
    "a flow": ("let f = scale(by = 0.5) -> 4", "WAN404 3:28"),
    "a flow behind a flow": ("let f = scale(by = 0.5) -> preview\nlet g = f -> 4", "WAN404 4:14"),
    "a pass": ('pass h = wan22.high(cfg = "x")', "WAN302 3:27"),
    "a pass with a setting that nothing reads": ("pass h = wan22.high(cgf = 1.0)", "WAN409 3:21"),
    "an asset": ("lora l { file = 4 }", "WAN302 3:17"),
    "an asset without a file": ("lora l { strength = 0.4 }", "WAN221 3:6"),
    "a value without a name in a copy": ("lora l = wan22.lightx2v_high(0.4)", "WAN212 3:30"),
    "a parameter": ("param n: int = 1.5", "WAN302 3:16"),
    "a value": ("let n = 5s + 1f", "WAN303 3:9"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_a_declaration_alone_is_told_once(name: str) -> None:
    declaration, expected = WRONG[name]
    assert places(f"{HEAD}{declaration}") == [expected]


@pytest.mark.parametrize(
    "declaration",
    [
        "stage s(in f: IMAGE, by: float) -> IMAGE { out = f -> scale(by = by) }",
        "stage s(in f: IMAGE) -> IMAGE { out = f -> take(f.length - 1f) }",
        "let f = scale(by = 0.5) -> preview",
        'let f = LoadImage(image = "a.png").IMAGE -> scale(by = 0.5)\nlet g = f -> preview',
        "let f = wan22.high -> wan22.low",
        "pass h = wan22.high(cfg = pipeline.strong)",
        "param order: flow = wan22.high -> wan22.low",
        "param n: int",
        'family f = wan22.i2v_14b(fps = 24fps)\nmodel m { file = "m", family = f }',
    ],
)
def test_what_may_be_right_where_it_is_used_is_not_accused(declaration: str) -> None:
    assert [
        place for place in places(f"{HEAD}{declaration}") if not place.startswith("WAN307")
    ] == []


def test_what_is_told_of_a_pipeline_is_not_told_of_its_parts_again() -> None:
    text = piped("high -> wan22.low -> preview", declarations='pass high = wan22.high(cfg = "x")')
    assert places(text) == ["WAN302 3:30"]
