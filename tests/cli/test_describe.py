"""`wan describe`."""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import ROOT
from tests.prompts import changed, rife, sage, split

EXAMPLES = ROOT / "examples"


def users_workflow():
    """Two passes with 4-step LoRAs, shift 5 and 6, SageAttention on both, and RIFE behind them."""
    prompt = split(shifts=(5.0, 6.0))
    for name in ("high", "low"):
        prompt[f"{name}_sage"] = sage(f"{name}_lora", allow_compile=False)
        prompt = changed(prompt, f"{name}_shift", model=(f"{name}_sage", 0))
        prompt[f"{name}_sampler"]["_meta"] = {"title": f"pass {name}"}
    prompt["rife"] = rife("decode")
    return changed(prompt, "video", images=("rife", 0), fps=32.0)


@pytest.mark.parametrize(
    "words",
    [
        ("portrait.wan",),
        ("portrait.wan", "--card", "RTX 4090"),
        ("base_20_steps.wan",),
        ("guide_two_passes.wan",),
        ("long_video.wan", "--card", "5090"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("format", ["text", "markdown", "json"])
def test_examples_are_described(wan, golden, monkeypatch, words, format):
    monkeypatch.chdir(EXAMPLES)
    done = wan("describe", *words, "--format", format)
    assert (done.stderr, done.status) == ("", 0)
    ending = {"text": "txt", "markdown": "md", "json": "json"}[format]
    card = "_on_a_card" if "--card" in words else ""
    golden(f"describe/{words[0].removesuffix('.wan')}{card}.{ending}", done.stdout)


def test_an_ordinary_pipeline_fits_on_a_screen(wan):
    file = str(EXAMPLES / "portrait.wan")
    lines = wan("describe", file, "--card", "RTX 4090").stdout.splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100


def test_the_users_own_workflow_is_told_that_noise_is_missing(wan, golden):
    wan.write("rain.json", json.dumps(users_workflow(), indent=1))
    done = wan("describe", "rain.json", "--card", "RTX 4090")
    assert (done.stderr, done.status) == ("", 0)
    flat = " ".join(done.stdout.split())
    assert "so pass low starts with 16.7 % too little noise" in flat
    assert "PathchSageAttentionKJ (sage_attention auto, allow_compile off)" in flat
    assert "pass low: shift 6; the recipe has 5." in flat
    assert "161 frames at 32 fps, 5.03 s" in flat
    assert "WAN717" in flat
    golden("describe/users_workflow.txt", done.stdout)


def test_json_with_errors_is_described_nevertheless(wan):
    prompt = users_workflow()
    del prompt["rife"]["inputs"]["frames"]
    wan.write("rain.json", json.dumps(prompt))
    done = wan("describe", "rain.json")
    assert (done.stderr, done.status) == (
        "\n1 error in 1 file; the description may be incomplete\n\n",
        1,
    )
    assert "16.7 % too little noise" in done.stdout
    assert re.search(r"^  WAN502  error: ", done.stdout, re.MULTILINE)


def test_what_does_not_fit_on_a_card_is_described(wan):
    done = wan("describe", str(EXAMPLES / "portrait.wan"), "--card", "RTX 3060")
    assert (done.stderr, done.status) == ("", 0)
    assert "It does not run on this card" in done.stdout
    assert "WAN852  error: " in done.stdout


def test_a_wan_file_with_errors_is_not_described(wan):
    wan.write("a.wan", "wan 1\n\npipeline a {\n    flow = nothing\n}\n")
    done = wan("describe", "a.wan")
    assert (done.stdout, done.status) == ("", 1)
    assert done.stderr.endswith("; nothing was described\n")


def test_one_of_several_is_named(wan):
    file = str(EXAMPLES / "guide_two_passes.wan")
    shown = wan("describe", file, "-p", "low_first").stdout
    assert shown.startswith("low_first: ")
    assert "high_first" not in shown
    told = "the file has no pipeline or graph `low_frist`. Did you mean `low_first`?"
    wan("describe", file, "-p", "low_frist").gives(stderr=f"error: {told}\n", status=2)


def test_a_parameter_is_set(wan):
    file = str(EXAMPLES / "guide_two_passes.wan")
    assert "cfg 7; the recipe has 1" in wan("describe", file).stdout
    assert "; the recipe has 1." not in wan("describe", file, "--set", "cfg=1.0").stdout


def test_it_goes_into_a_file(wan):
    file = str(EXAMPLES / "portrait.wan")
    wan("describe", file, "-f", "markdown", "-o", "a.md").gives(stderr="wrote a.md\n")
    assert wan.read("a.md").startswith("## portrait: ")


def test_an_unknown_card_is_told(wan):
    done = wan("describe", str(EXAMPLES / "portrait.wan"), "--card", "RTX 4091")
    assert (done.stdout, done.status) == ("", 2)
    assert "Similar: RTX 4090." in done.stderr


def test_a_prompt_cannot_drive_the_terminal(wan):
    prompt = split()
    prompt["positive"]["inputs"]["text"] = "\x1b[2Jgone"
    shown = wan.write("a.json", json.dumps(prompt))("describe", "a.json").stdout
    assert "\x1b" not in shown
    assert r"\x1b[2Jgone" in shown


def test_titles_stand_out_on_a_terminal(wan, monkeypatch):
    file = str(EXAMPLES / "portrait.wan")
    plain = wan("describe", file).stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = wan("describe", file).stdout
    assert "\x1b[1mPasses\x1b[0m\n" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
