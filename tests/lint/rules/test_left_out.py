"""What goes with a muted or bypassed node is reported, where it is an output that was to run."""

from __future__ import annotations

import pytest

from wan22dsl.api.compiler import check
from wan22dsl.source import Source

GRAPH = """\
wan 1

graph demo {{
    let start = LoadImage(image = "start.png")
    let made = EmptyImage(width = 512, height = 512) {{ mode = "{mode}" }}
    let small = ImageScaleBy(image = made, upscale_method = "lanczos", scale_by = 0.5)
    SaveImage(images = start.IMAGE, filename_prefix = "start")
    SaveImage(images = small, filename_prefix = "demo"){more}
}}
"""


def found(mode, more=""):
    return check(Source(GRAPH.format(mode=mode, more=more), "a.wan")).diagnostics


@pytest.mark.parametrize(("mode", "severity"), [("bypass", "warning"), ("mute", "note")])
def test_an_output_that_goes_with_a_node_far_before_it_is_reported_once(mode, severity):
    (finding,) = found(mode)
    assert (finding.code, finding.severity.value) == ("WAN525", severity)
    assert finding.span.first.line == 8
    assert "`made`" in finding.message


def test_an_output_that_is_muted_itself_is_not_reported():
    assert found("mute", ' { mode = "mute" }') == []


def test_nothing_is_reported_where_all_runs():
    assert "WAN525" not in {finding.code for finding in found("active")}


UNKNOWN = """\
wan 1

graph demo {
    let start = LoadImage(image = "start.png") { mode = "mute" }
    let other = LoadImage(image = "other.png")
    let made = MyGrain(images = start.IMAGE, more = other.IMAGE)
    SaveImage(images = made[0], filename_prefix = "demo")
}
"""


def test_an_unknown_class_that_loses_an_input_is_a_note():
    found = check(Source(UNKNOWN, "a.wan")).diagnostics
    (finding,) = (each for each in found if each.code == "WAN525")
    assert finding.severity.value == "note"
    assert finding.message == (
        "`made` (MyGrain) runs without `images`: `start` (LoadImage) is muted."
    )
