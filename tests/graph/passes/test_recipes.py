"""The recipes are those that the library has."""

from __future__ import annotations

import pytest

from wan22dsl.api import compiler
from wan22dsl.graph.analysis import analyse
from wan22dsl.source import Source

PIPELINE = """\
wan 1
use wan22

pipeline demo {{
    {start}
    prompt = "She smiles"
    size   = 832x480
    length = 81f
    flow   = wan22.{high} -> wan22.{low} -> save("demo")
}}
"""
PICTURE = 'image = "start.png"'
CONTROL = """\
let source = video_frames("poses.mp4", fps = 16fps)
    image = "start.png"
    control_video = source.frames"""


@pytest.mark.parametrize(
    ("high", "low", "start"),
    [
        ("high", "low", PICTURE),
        ("base_high", "base_low", PICTURE),
        ("text_high", "text_low", ""),
        ("base_text_high", "base_text_low", ""),
        ("base_control_high", "base_control_low", CONTROL),
        ("control_high", "control_low", CONTROL),
    ],
)
def test_the_passes_of_the_library_follow_the_recipe(high, low, start):
    text = PIPELINE.format(high=high, low=low, start=start)
    checked = compiler.check(Source(text, "demo.wan"))
    assert not [finding.message for finding in checked.diagnostics if finding.is_error]
    reported = analyse(checked.graphs["demo"].graph)
    assert all(pass_.family for pass_ in reported.clips[0].passes)
    assert reported.deviations == ()
