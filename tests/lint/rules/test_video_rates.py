"""Frames and sound of a loaded video: at its rate, or reported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.forms import as_prompt, unchecked_graphs
from tests.prompts import alone, changed, conditioned, found, node
from wan22dsl.api import compiler
from wan22dsl.lint.rules.engine import judge
from wan22dsl.lint.rules.shape import rate_of_video_unknown, sound_out_of_step
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic


def codes(text: str) -> set[str]:
    return {finding.code for finding in compiler.check(Source(text, "a.wan")).diagnostics}


def test_the_sound_of_another_file_is_not_out_of_step_with_the_frames():
    other = 'VHS_LoadVideo(video = "song.mp4").audio'
    text = sound_out_of_step.MESSAGE.bad.replace("source.audio", other)
    assert "WAN818" in codes(sound_out_of_step.MESSAGE.bad)
    assert "WAN818" not in codes(text)


def test_a_rate_that_is_linked_is_that_of_the_video():
    rate = "VHS_VideoInfo(video_info = source.video_info).`source_fps🟨`"
    text = rate_of_video_unknown.MESSAGE.bad.replace(
        'combine("demo", fps = 16fps)', f"VHS_VideoCombine(images = _, frame_rate = {rate})"
    )
    assert "WAN819" in codes(rate_of_video_unknown.MESSAGE.bad)
    assert "WAN819" not in codes(text)


def test_a_rate_that_puts_the_sound_out_of_step_is_one_message():
    bad = sound_out_of_step.MESSAGE.bad
    assert codes(bad) == {"WAN818"}
    assert codes(bad.replace(", audio = source.audio", "")) == {"WAN804"}
    assert codes(bad.replace("fps = 24fps", "fps = 12fps")) == {"WAN804"}


PIPELINE = """\
wan 1
use wan22

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    fps    = 24fps
    flow   = wan22.high -> wan22.low -> save("demo")
}
"""


def wrong_rates(text: str) -> list[Diagnostic]:
    diagnostics = compiler.check(Source(text, "a.wan")).diagnostics
    return [finding for finding in diagnostics if finding.code == "WAN804"]


def test_a_setting_fps_does_not_change_the_rate_that_the_model_makes():
    (rate,) = wrong_rates(PIPELINE)
    assert rate.span is not None
    assert rate.span.text == "24fps"
    assert "plays frames made for 16 fps at 24 fps: 81 frames last 3.3 s" in rate.message
    assert [edit.text for edit in rate.fix.edits] == ["16fps"]
    (graph,) = unchecked_graphs(PIPELINE)
    (again,) = unchecked_graphs(as_prompt(graph), "demo.json")
    (same,) = (each for each in judge(again)[1] if each.code == "WAN804")
    assert "plays frames made for 16 fps at 24 fps: 81 frames last 3.3 s" in same.message


def test_a_length_in_seconds_at_the_wrong_rate_has_the_rate_reported():
    (rate,) = wrong_rates(PIPELINE.replace("81f", "5s"))
    assert "121 frames last 5 s instead of 7.5 s" in rate.message


def test_the_setting_is_judged_through_interpolation():
    smooth = PIPELINE.replace("-> save(", "-> rife(times = 2) -> save(")
    (rate,) = wrong_rates(smooth)
    assert rate.span is not None
    assert rate.span.text == "24fps"
    assert "plays frames made for 32 fps at 48 fps" in rate.message
    assert [edit.text for edit in rate.fix.edits] == ["16fps"]
    assert wrong_rates(smooth.replace('"demo"', '"demo", fps = 32fps')) == []


@pytest.mark.parametrize(
    "text",
    [
        PIPELINE.replace("24fps", "16fps"),
        PIPELINE.replace("    flow", "    family = own\n    flow")
        .replace(
            "pipeline demo",
            "family own = wan22.i2v_14b(fps = 24fps)\n"
            'model h { file = "own_h.safetensors", family = own, noise = high }\n'
            'model l { file = "own_l.safetensors", family = own, noise = low }\n'
            "pass ph = wan22.base_high(model = h)\npass pl = wan22.base_low(model = l)\n"
            "pipeline demo",
        )
        .replace("wan22.high -> wan22.low", "ph -> pl"),
    ],
    ids=["the model's", "a family of its own"],
)
def test_the_rate_of_the_family_is_right(text):
    assert wrong_rates(text) == []


START = PIPELINE.replace("    fps    = 24fps\n", "").replace("portrait.png", "clip.mp4")


@pytest.mark.parametrize(
    ("image", "accused"),
    [
        ('"clip.mp4"', True),
        ('"clip.png"', False),
        ('VHS_LoadVideo(video = "clip.mp4").IMAGE', True),
        ('VHS_LoadVideo(video = "clip.mp4", frame_load_cap = 5).IMAGE', False),
        ('VHS_LoadVideo(video = "clip.mp4").IMAGE -> last_frame', False),
        ('VHS_LoadVideo(video = "clip.mp4").IMAGE -> take(1f)', False),
    ],
)
def test_a_whole_video_is_no_start_image(image, accused):
    text = START.replace('"clip.mp4"', image)
    assert ("WAN820" in codes(text)) == accused


@pytest.mark.parametrize(("fps", "how"), [(24, "first"), (12, "less")])
def test_a_rate_is_above_that_of_the_frames_or_below(fps: int, how: str) -> None:
    flow = f'wan22.high -> wan22.low -> save("demo", fps = {fps}fps)'
    text = PIPELINE.replace("    fps    = 24fps\n", "").replace(
        'wan22.high -> wan22.low -> save("demo")', flow
    )
    found = compiler.check(Source(text, "a.wan")).diagnostics
    assert [finding.help for finding in found if finding.code == "WAN804"] == [
        f"Write 16, or interpolate {how}."
    ]


@pytest.mark.parametrize(
    "model",
    ["wan2.1_vace_14B_fp16.safetensors", "wan2.2_fun_vace_low_noise_14B_fp8_scaled.safetensors"],
)
def test_a_vace_model_without_a_video_moves_as_t2v_does(model):
    start = conditioned() | {
        "empty": node("EmptyHunyuanLatentVideo", width=832, height=480, length=81, batch_size=1)
    }
    prompt = changed(alone(model, None, latent=("empty", 0), start=start), "video", fps=24.0)
    messages = [each.message for each in found(json.dumps(prompt)) if each.code == "WAN804"]
    assert len(messages) == 1 and "made for 16 fps at 24 fps" in messages[0]


def test_a_video_that_several_nodes_play_at_one_rate_is_one_finding():
    text = """\
wan 1

pipeline demo {
    let source = VHS_LoadVideo(video = "dance.mp4", force_rate = 0)
    let other  = VHS_LoadVideo(video = "walk.mp4", force_rate = 0)
    flow = [
        source.IMAGE -> combine("a", fps = 16fps)
        source.IMAGE -> scale(by = 2.0) -> combine("b", fps = 16fps)
        source.IMAGE -> combine("c", fps = 24fps)
        other.IMAGE -> combine("d", fps = 16fps)
    ]
}
"""
    found = [
        each for each in compiler.check(Source(text, "a.wan")).diagnostics if each.code == "WAN819"
    ]
    assert len(found) == 3 and len(found[0].related) == 1
    assert "play the frames of `dance.mp4` at 16 fps" in found[0].message
