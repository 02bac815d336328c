"""Frames and sound of a loaded video: at its rate, or reported."""

from __future__ import annotations

from wan22dsl import compiler
from wan22dsl.rules.shape import rate_of_video_unknown, sound_out_of_step
from wan22dsl.source import Source


def codes(text: str) -> set[str]:
    return {one.code for one in compiler.check(Source(text, "a.wan")).diagnostics}


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
