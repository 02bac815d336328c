"""Values that ComfyUI takes: those that nobody means are reported, those in use are not."""

from __future__ import annotations

import pytest

from tests.findings import findings_of, piped
from tests.prompts import changed, conditioned, found, split

PASSES = """\
pass first = wan22.base_high({changes})
pass second = wan22.base_low({changes})
"""
SPLIT = "wan22.high -> wan22.low -> "


def of(text: str) -> list[str]:
    """The messages of WAN522."""
    return [finding.message for finding in findings_of(text) if finding.code == "WAN522"]


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ('save_webp("x", quality = 1)', "`quality` of `save_webp` (SaveAnimatedWEBP) is 1; "),
        ('save_webp("x", quality = 10)', None),
        ('save_webp("x", quality = 0, lossless = true)', None),
        ('combine("x", crf = 60)', "`crf` of `combine` (VHS_VideoCombine) is 60; 15 to 30"),
        ('combine("x", crf = 45)', None),
        ('combine("x", format = "video/av1-webm", crf = 55)', None),
        ('combine("x", format = "video/av1-webm", crf = 63)', "is 63; 20 to 40"),
        ('save_webm("x", crf = 63.0)', "`crf` of `save_webm` (SaveWEBM) is 63; 20 to 40"),
        ('save_webm("x", crf = 50.0)', None),
        ('save_video("x", encoding = "re-encode", crf = 51.0)', "is 51; 15 to 30"),
        ('save_video("x", encoding = "re-encode", crf = 17.0)', None),
        ('rife(times = 32) -> combine("x")', "`multiplier` of `rife` (RIFE VFI) is 32; 2 to 4"),
        ('rife(times = 16) -> combine("x")', None),
    ],
)
def test_a_value_of_a_stage(stage, message):
    reported = of(piped(SPLIT + stage))
    assert len(reported) == (message is not None)
    assert all((message or "") in each for each in reported)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ("shift = 100.0", "`shift` of `first.shift` (ModelSamplingSD3) is 100; 5 to 12 is usual"),
        ("shift = 30.0", None),
        ("shift = 12.0", None),
        ("shift = 0.0", None),  # nothing is sampled: WAN704
    ],
)
def test_a_shift(changes, message):
    reported = of(
        piped('first -> second -> save("x")', declarations=PASSES.format(changes=changes))
    )
    assert [each.startswith(message or "?") for each in reported[:1]] == ([True] if message else [])


@pytest.mark.parametrize(("steps", "count"), [(1000, 500), (220, 110), (200, None), (80, None)])
def test_the_steps_that_a_pass_runs(steps, count):
    passes = (
        f"pass first = wan22.base_high(steps = 0..{steps // 2} of {steps})\n"
        f"pass second = wan22.base_low(steps = {steps // 2}..{steps} of {steps})"
    )
    reported = of(piped('first -> second -> save("x")', declarations=passes))
    expected = [f"The number of steps of `{each}` is {count}" for each in ("first", "second")]
    assert [each.partition(";")[0] for each in reported] == (expected if count else [])


@pytest.mark.parametrize(("cfg", "reported"), [(7.0, False), (20.0, False), (35.0, True)])
def test_a_cfg_where_no_recipe_is_published(cfg, reported):
    models = ("mine_first.safetensors", "mine_second.safetensors")
    diagnostics = found(split(models, (None, None), cfgs=(cfg, 3.5)))
    messages = [finding.message for finding in diagnostics if finding.code == "WAN522"]
    assert len(messages) == reported
    assert all(message.startswith("`cfg` of #high_sampler") for message in messages)


def test_a_few_steps_at_the_end_of_a_fine_schedule_are_not_many():
    passes = "pass second = wan22.base_low(steps = 980..1000 of 1000)"
    assert of(piped('wan22.base_high -> second -> save("x")', declarations=passes)) == []


@pytest.mark.parametrize(
    ("strength", "meant"), [(80.0, "0.8"), (150.0, "1.5"), (500.0, None), (2.0, None), (-1.0, None)]
)
def test_a_control_is_meant_to_be_about_1(strength, meant):
    inputs = {"vae": ("vae", 0), "start_image": None, "strength": strength}
    prompt = split(start=changed(conditioned("WanVaceToVideo"), "start", **inputs))
    reported = [finding for finding in found(prompt) if finding.code == "WAN522"]
    assert len(reported) == (abs(strength) > 10)
    fixes = [each.fix.edits[0].text for each in reported if each.fix is not None]
    assert fixes == ([meant] if meant else [])
