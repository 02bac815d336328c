"""What nodes make of a video file, against the loops of ComfyUI and VideoHelperSuite that do it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Facts, Graph, Link, Node, OwnFile

CATALOGUE = open_catalogue("0.33.0")

#: A video of ten seconds.
CLIP = Facts(frames=300, fps=30.0, width=1280, height=720)

VHS = {
    "force_rate": 0,
    "custom_width": 0,
    "custom_height": 0,
    "frame_load_cap": 0,
    "skip_first_frames": 0,
    "select_every_nth": 1,
}


def table(class_name: str, file: Facts | None = CLIP, **inputs: Any) -> FactTable:
    name = "file" if class_name == "LoadVideo" else "video"
    own = {} if file is None else {name: OwnFile("a.mp4", "a.mp4", Path("a.mp4"), file)}
    node = Node("load", class_name, {name: "a.mp4", **inputs}, own_files=own)
    nodes = {"load": node}
    for info in ("VHS_VideoInfo", "VHS_VideoInfoLoaded", "VHS_VideoInfoSource"):
        nodes[info] = Node(info, info, {"video_info": Link("load", 3)})
    nodes["parts"] = Node("parts", "GetVideoComponents", {"video": Link("load", 0)})
    return FactTable(Graph("", nodes, CATALOGUE))


def loaded(file: Facts | None = CLIP, **inputs: Any) -> Facts:
    return table("VHS_LoadVideo", file, **{**VHS, **inputs}).of(Link("load", 0))


def test_a_video_is_as_its_file_is():
    facts = table("LoadVideo")
    assert facts.of(Link("load", 0)) == CLIP
    assert facts.of(Link("parts", 0)) == CLIP
    assert facts.of(Link("parts", 2)).value == 30.0
    assert table("LoadVideo", None).of(Link("parts", 0)) == Facts()


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, (300, 30.0, 1280, 720)),
        ({"force_rate": 16}, (160, 16.0, 1280, 720)),
        ({"force_rate": 60}, (599, 60.0, 1280, 720)),
        ({"frame_load_cap": 81}, (81, 30.0, 1280, 720)),
        ({"frame_load_cap": 1000}, (300, 30.0, 1280, 720)),
        ({"skip_first_frames": 290}, (10, 30.0, 1280, 720)),
        ({"skip_first_frames": -5}, (300, 30.0, 1280, 720)),
        ({"skip_first_frames": 300}, (None, 30.0, 1280, 720)),
        ({"select_every_nth": 7}, (43, 30.0 / 7, 1280, 720)),
        ({"force_rate": 16, "skip_first_frames": 10, "select_every_nth": 2}, (75, 8.0, 1280, 720)),
        ({"custom_width": 832, "custom_height": 480}, (300, 30.0, 832, 480)),
        ({"custom_width": 830}, (300, 30.0, 830, 467)),
        ({"custom_height": 480, "format": "Wan"}, (297, 30.0, 856, 480)),
        ({"format": "AnimateDiff", "custom_width": 830}, (300, 30.0, 832, 464)),
        ({"format": "Wan", "force_rate": 16, "frame_load_cap": 80}, (77, 16.0, 1280, 720)),
    ],
)
def test_the_settings_of_the_loader_count(inputs, expected):
    facts = loaded(**inputs)
    assert (facts.frames, facts.fps, facts.width, facts.height) == expected


def test_without_the_file_only_what_the_settings_fix_is_known():
    assert loaded(None) == Facts()
    facts = loaded(None, force_rate=16, custom_width=832, custom_height=480, frame_load_cap=81)
    assert facts == Facts(frames=None, fps=16.0, width=832, height=480)


@pytest.mark.parametrize("fps", [23.976, 24.0, 25.0, 29.97, 30.0, 60.0])
@pytest.mark.parametrize("rate", [8, 12, 16, 24, 30])
def test_a_rate_drops_and_repeats_as_the_loop_of_the_loader_does(fps, rate):
    """The loop itself: a frame is taken when the time of the next one that is wanted has come."""
    taken, offset_s, given, wanted_s = 1, 1 / rate, 0, 1 / rate
    while True:
        if offset_s < wanted_s:
            if taken == 250:
                break
            taken += 1
            offset_s += 1 / fps
        if offset_s < wanted_s:
            continue
        offset_s -= wanted_s
        given += 1
    assert loaded(Facts(250, fps, 640, 480), force_rate=rate).frames == given
    assert given == pytest.approx(250 / fps * rate, abs=2)


def test_what_a_loader_says_of_a_video_is_known():
    facts = table("VHS_LoadVideo", **{**VHS, "force_rate": 16, "custom_width": 640})
    assert facts.of(Link("load", 1)).value == 160
    both = [facts.of(Link("VHS_VideoInfo", slot)).value for slot in range(10)]
    assert both == [30.0, 300, 10.0, 1280, 720, 16.0, 160, 10.0, 640, 360]
    assert facts.of(Link("VHS_VideoInfoSource", 0)).value == 30.0
    assert facts.of(Link("VHS_VideoInfoLoaded", 0)).value == 16.0


def test_ffmpeg_drops_frames_by_itself_so_only_a_cap_that_is_reached_counts():
    inputs = {**VHS, "start_time": 0.0}
    for_all = table("VHS_LoadVideoFFmpeg", **inputs).of(Link("load", 0))
    assert for_all == CLIP
    capped = table("VHS_LoadVideoFFmpeg", **{**inputs, "force_rate": 16, "frame_load_cap": 81})
    assert capped.of(Link("load", 0)) == Facts(81, 16.0, 1280, 720)
    late = table("VHS_LoadVideoFFmpeg", **{**inputs, "start_time": 9.0, "frame_load_cap": 81})
    assert late.of(Link("load", 0)).frames is None


@pytest.mark.parametrize(
    ("start_s", "duration_s", "frames"),
    [
        (0.0, 0.0, 300),
        (1.0, 0.0, 270),
        (0.05, 0.0, 298),  # 1.5 frames are cut off as two
        (0.0, 1.0, 30),
        (0.05, 1.0, 30),
        (0.05, 0.1, 3),
        (9.9, 1.0, 3),
        (10.0, 1.0, None),
    ],
)
def test_a_slice_begins_with_the_first_frame_behind_its_start(start_s, duration_s, frames):
    clip = Node("load", "LoadVideo", {"file": "a.mp4"},
                own_files={"file": OwnFile("a.mp4", "a.mp4", Path("a.mp4"), CLIP)})  # fmt: skip
    inputs = {"video": Link("load", 0), "start_time": start_s, "duration": duration_s}
    cut = Node("cut", "Video Slice", inputs)
    assert (
        FactTable(Graph("", {"load": clip, "cut": cut}, CATALOGUE)).of(Link("cut", 0)).frames
        == frames
    )
