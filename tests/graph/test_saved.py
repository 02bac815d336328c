"""What the files of nodes that save have: frames forth and back, repeated, and with even sides."""

from __future__ import annotations

from typing import Any

import pytest

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Facts, Graph, Link, Node

CATALOGUE = open_catalogue("0.33.0")


def saved(frames: int, **inputs: Any) -> Facts:
    """What VHS_VideoCombine writes of frames of 833x481."""
    stated = Facts(frames=frames, fps=16.0, width=833, height=481)
    made = Node("made", "SomebodysNode", {}, stated=stated)
    combine = Node(
        "save",
        "VHS_VideoCombine",
        {
            "images": Link("made", 0),
            "frame_rate": 16,
            "loop_count": 0,
            "filename_prefix": "x",
            "format": "video/h264-mp4",
            "pingpong": False,
            "save_output": True,
            **inputs,
        },
    )
    graph = Graph("", {"made": made, "save": combine}, CATALOGUE)
    found = FactTable(graph).saved(combine)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("frames", "loops", "pingpong", "expected"),
    [
        (81, 0, False, 81),
        (81, 0, True, 160),  # back without the first and the last, which would stand still
        (3, 0, True, 4),
        (2, 0, True, 2),
        (1, 0, True, 1),
        (81, 2, False, 243),
        (81, -1, False, 81),
        (81, 1, True, 320),
    ],
)
def test_frames_go_forth_and_back_and_are_repeated(frames, loops, pingpong, expected):
    assert saved(frames, loop_count=loops, pingpong=pingpong).frames == expected


def test_a_picture_repeats_itself_and_keeps_odd_sides():
    found = saved(81, format="image/gif", loop_count=2)
    assert (found.frames, found.width, found.height) == (81, 833, 481)
    found = saved(81)
    assert (found.width, found.height, found.fps) == (834, 482, 16.0)
