"""Bypassed nodes while a pipeline is built."""

from __future__ import annotations

import pytest

from wan22dsl.api import compiler
from wan22dsl.source import Source

CLIP = """\
wan 1
use wan22

pipeline clip {
    image  = "start.png"
    prompt = "a harbour"
    size   = 832x480
    length = 81f
    seed   = 1
    flow   = wan22.high -> wan22.low
        -> `RIFE VFI`(frames = _, multiplier = 2, ckpt_name = "rife49.pth")BRACES
        -> save("clip")
}
"""


@pytest.mark.parametrize(
    ("braces", "fps"), [("", 32.0), (' { mode = "bypass" }', 16.0)], ids=["active", "bypassed"]
)
def test_a_video_is_saved_at_the_rate_of_the_frames_that_come_through(braces, fps):
    compiled = compiler.compile(Source(CLIP.replace("BRACES", braces), "clip.wan"))
    assert compiled.diagnostics == []
    assert compiled.prompt is not None
    assert compiled.prompt["save.video"]["inputs"]["fps"] == fps
