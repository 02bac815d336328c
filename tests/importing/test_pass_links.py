"""A sampler whose cfg, seed or shift is known only when it runs is a pass like others."""

from __future__ import annotations

import json

import pytest

from tests.importing.test_engines import brought_in, prompt_of
from tests.language.library.building import pipeline
from wan22dsl.api import compiler
from wan22dsl.graph.passes.sigmas import shift_at

ODD = "    let odd = OddNumbers(seed = 3)\n"


def text_of(high: str, low: str = "", more: str = "") -> str:
    flow = f'wan22.base_high({high}) -> wan22.base_low({low or high}) -> save("x")'
    text = pipeline(flow, more)
    return text.replace("    seed   = 7\n", "") if "seed" in high else text


@pytest.mark.parametrize(
    ("high", "low"),
    [
        ("cfg = odd[0]", "cfg = odd[1]"),
        ("cfg = odd[0]", "cfg = odd[0]"),
        ("seed = odd[0]", "seed = odd[0]"),
        ("seed = odd[0]", "cfg = 3.5"),
        ("shift = odd[0]", "shift = odd[0]"),
        ("shift = none, patches = shift(odd[0]) -> sage", "cfg = 3.5"),
        ("shift = none, patches = shift(odd[0]) -> sage", ""),
    ],
)
def test_values_by_link_keep_the_passes(high: str, low: str) -> None:
    found = brought_in(prompt_of(text_of(high, low, ODD)))
    assert "KSampler" not in found, found
    assert found.count("OddNumbers(") == 1


def test_a_record_with_whole_numbers_is_the_one_with_decimals() -> None:
    text = pipeline(
        "[wan22.base_high(patches = a) -> preview, wan22.base_high(patches = b) -> preview]",
        declarations="stage a(in m: MODEL) -> MODEL { out = Odd(m = m, r = { strength = 4 })[0] }\n"
        "stage b(in m: MODEL) -> MODEL { out = Odd(m = m, r = { strength = 4.0 })[0] }",
    )
    prompt = prompt_of(text)
    assert [node["class_type"] for node in prompt.values()].count("Odd") == 1


@pytest.mark.parametrize(
    ("level", "boundary", "high", "low"),
    [
        (0.9, "boundary()", 10, 10),
        (0.875, "boundary(0.875)", 10, 10),
        (0.875, "boundary(0.875)", 8, 12),
    ],
)
def test_a_shift_that_was_computed_from_the_boundary_is_written_so(
    level: float, boundary: str, high: int, low: int
) -> None:
    odd = f"    let moe = WanMoEScheduler(model = wan22.i2v_high, steps_high = {high}, "
    odd += f"steps_low = {low}, boundary = {level}, interval = 0.01)\n"
    total = high + low
    text = text_of(
        f"shift = moe.shift, steps = 0..{high} of {total}",
        f"shift = moe.shift, steps = {high}..{total} of {total}",
        odd,
    )
    found = compiler.import_file(json.dumps(prompt_of(text)).encode()).text
    assert found is not None
    assert found.count(f"shift = {boundary}") == 2
    again = prompt_of(found)
    shifts = {node["inputs"]["shift"] for node in again.values() if "shift" in node["inputs"]}
    assert shifts == {shift_at("simple", high, total, level)}
    assert not any(node["class_type"] == "WanMoEScheduler" for node in again.values())


def test_another_shift_stays_a_number() -> None:
    text = text_of("shift = 7.0", "shift = 7.0")
    assert "boundary" not in brought_in(prompt_of(text))


def test_a_model_that_no_patch_can_change_so_begins_the_chain() -> None:
    stage = "stage odd(in model: MODEL) -> MODEL {\n"
    stage += "    out = WanVideoEnhanceAVideoKJ(model = model, latent = wan22.image_to_video().latent)\n}"
    text = pipeline(
        'wan22.base_high(patches = odd) -> wan22.base_low -> save("x")', declarations=stage
    )
    found = brought_in(prompt_of(text))
    assert "KSampler" not in found, found
    assert "shift = 8.0" in found or "base_high" in found
