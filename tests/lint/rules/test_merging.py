"""One mistake, one message: what passes share is told once, with the names of all."""

from __future__ import annotations

import pytest

from wan22dsl.api.compiler import check
from wan22dsl.source import Source


def findings(*lines: str) -> list[tuple[str, str]]:
    text = "\n".join(["wan 1", "use wan22", *lines])
    return [(finding.code, finding.message) for finding in check(Source(text, "t.wan")).diagnostics]


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
    ("count", "reported"),
    [
        (2, "(also `p1.sampler`)"),
        (4, "(also `p1.sampler`, `p2.sampler`, `p3.sampler`)"),
        (6, "2 more)"),
    ],
)
def test_after_a_few_names_they_are_counted(count, reported):
    passes = [f"pass p{at} = p{at - 1}()" for at in range(1, count)]
    flow = " -> ".join(f"p{at}" for at in range(count)) + ' -> save("x")'
    found = findings("pass p0 = wan22.high(sampler = eulr/simple)", *passes, pipeline(flow))
    wrong = [message for code, message in found if code == "WAN505"]
    assert len(wrong) == 1
    assert reported in wrong[0]


DIFFERS = {
    "shift": ("shift = 8.0", "pass two = wan22.base_low(shift = 5.0)", "WAN717"),
    "seed": ("seed = 42", "pass two = wan22.base_low(seed = 7)", "WAN716"),
    "prompt": ("", 'pass two = wan22.base_low(prompt = "y")', "WAN653"),
    "sampler": (
        "sampler = euler/simple",
        "pass two = wan22.base_low(sampler = heun/beta)",
        "WAN709",
    ),
}


@pytest.mark.parametrize("setting", DIFFERS)
def test_a_setting_of_some_passes_is_no_note_where_a_rule_says_so_of_them(setting):
    own, two, code = DIFFERS[setting]
    one = f"pass one = wan22.base_high({'' if setting in ('seed', 'prompt') else f'{setting} = none'})"
    found = findings(one, two, pipeline('one -> two -> save("x")', *filter(None, [own])))
    assert [each for each, _ in found] == [code]


def test_a_setting_of_some_passes_is_a_note_where_a_rule_speaks_of_others():
    """WAN653 says nothing of `third`, which has the prompt of `second`."""
    found = findings(
        'pass second = wan22.low(prompt = "y", steps = 2..3 of 4, leftover_noise = true)',
        'pass third = wan22.low(prompt = "y", steps = 3..4 of 4)',
        pipeline('wan22.high -> second -> third -> save("x")'),
    )
    assert "WAN653" in [code for code, _ in found]
    assert "WAN423" in [code for code, _ in found]
