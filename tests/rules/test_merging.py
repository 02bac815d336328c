"""One mistake, one message: what passes share is told once, with the names of all."""

from __future__ import annotations

import pytest

from wan22dsl.compiler import check
from wan22dsl.source import Source


def findings(*lines: str) -> list[tuple[str, str]]:
    text = "\n".join(["wan 1", "use wan22", *lines])
    return [(one.code, one.message) for one in check(Source(text, "t.wan")).diagnostics]


def pipeline(flow: str, *settings: str) -> str:
    fixed = ['image = "a.png"', 'prompt = "x"', "size = 832x480", "length = 81f"]
    return "\n    ".join(["pipeline p {", *fixed, *settings, f"flow = {flow}"]) + "\n}"


def test_a_sampler_that_two_passes_share_is_wrong_once():
    found = findings(
        "pass high = wan22.high(sampler = eulr/simple)",
        "pass low = high(model = wan22.i2v_low, loras = wan22.low.loras, steps = 2..4 of 4)",
        pipeline('high -> low -> save("x")'),
    )
    assert [code for code, _ in found] == ["WAN505"]
    assert "`high.sampler` (KSamplerAdvanced) (also `low.sampler`)" in found[0][1]


def test_what_differs_in_more_than_the_name_is_told_for_each():
    found = findings(
        pipeline('wan22.high(cfg = 200.0) -> wan22.low(cfg = 300.0) -> save("x")'),
    )
    assert [code for code, _ in found].count("WAN504") == 2


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (2, "(also `p1.sampler`)"),
        (4, "(also `p1.sampler`, `p2.sampler`, `p3.sampler`)"),
        (6, "2 more)"),
    ],
)
def test_after_a_few_names_they_are_counted(count, told):
    passes = [f"pass p{at} = p{at - 1}()" for at in range(1, count)]
    flow = " -> ".join(f"p{at}" for at in range(count)) + ' -> save("x")'
    found = findings("pass p0 = wan22.high(sampler = eulr/simple)", *passes, pipeline(flow))
    wrong = [message for code, message in found if code == "WAN505"]
    assert len(wrong) == 1
    assert told in wrong[0]
