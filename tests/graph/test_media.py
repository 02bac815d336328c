"""Facts of video files: real ones, turned, damaged and hostile."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wan22dsl.graph.known import media
from wan22dsl.graph.known.media import video_facts
from wan22dsl.graph.model import NOTHING_KNOWN, Facts

if TYPE_CHECKING:
    from pathlib import Path


def write(file: Path, *, frames: int = 25, rate: Any = 30, turned: int = 0) -> Path:
    """A small video by FFmpeg's own encoder."""
    with av.open(str(file), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(rate))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        if turned:
            stream.set_display_rotation(turned)
        for _ in range(frames):
            image = np.zeros((48, 64, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return file


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "avi"])
@pytest.mark.parametrize("rate", [16, 30, Fraction(30000, 1001)])
def test_a_video_says_its_frames_rate_and_size(tmp_path, ending, rate):
    facts = video_facts(write(tmp_path / f"a.{ending}", rate=rate))
    assert (facts.frames, facts.width, facts.height) == (25, 64, 48)
    assert facts.fps == pytest.approx(float(rate), rel=1e-4)


@pytest.mark.parametrize(("degrees", "size"), [(90, (48, 64)), (180, (64, 48)), (-90, (48, 64))])
def test_a_video_that_is_shown_turned_has_the_size_in_which_its_frames_come(
    tmp_path, degrees, size
):
    facts = video_facts(write(tmp_path / "a.mp4", turned=degrees))
    assert (facts.width, facts.height) == size


def test_a_matrix_that_turns_and_also_stretches_is_no_quarter_of_a_turn(tmp_path):
    file = write(tmp_path / "a.mp4", turned=90)
    data = bytearray(file.read_bytes())
    at = data.index(b"tkhd") + len(b"tkhd") + 40 + 4 * 4  # the fifth number of its matrix
    data[at : at + 4] = (1 << 16).to_bytes(4, "big")
    file.write_bytes(data)
    facts = video_facts(file)
    assert (facts.width, facts.height) == (64, 48)


def test_a_file_that_changes_is_read_again(tmp_path):
    file = write(tmp_path / "a.mp4")
    assert video_facts(file).frames == 25
    write(file, frames=9)
    assert video_facts(file).frames == 9


def test_without_pyav_nothing_is_known(tmp_path, monkeypatch):
    file = write(tmp_path / "a.mp4")
    monkeypatch.setattr(media, "can_read_videos", lambda: False)
    assert video_facts(file) == NOTHING_KNOWN


def test_a_playlist_is_not_opened_whatever_its_name(tmp_path):
    """FFmpeg would follow what stands in it, to other files and addresses."""
    other = write(tmp_path / "other.mp4")
    playlist = tmp_path / "a.mp4"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{other}\n", encoding="utf-8")
    assert video_facts(playlist) == NOTHING_KNOWN
    playlist.write_text(f"ffconcat version 1.0\nfile {other.name}\n", encoding="utf-8")
    assert video_facts(playlist) == NOTHING_KNOWN


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_only_regular_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / "a.mp4")
    assert video_facts(tmp_path / "a.mp4") == NOTHING_KNOWN
    assert video_facts(tmp_path) == NOTHING_KNOWN
    assert video_facts(tmp_path / "none.mp4") == NOTHING_KNOWN
    (tmp_path / "zero.mp4").symlink_to("/dev/zero")
    assert video_facts(tmp_path / "zero.mp4") == NOTHING_KNOWN


def test_a_head_that_claims_more_samples_than_any_file_has_is_refused(tmp_path):
    file = write(tmp_path / "a.mp4")
    data = bytearray(file.read_bytes())
    at = data.index(b"stsz") + 8
    data[at : at + 8] = (1).to_bytes(4, "big") + (2**32 - 2).to_bytes(4, "big")
    file.write_bytes(data)
    assert video_facts(file) == NOTHING_KNOWN


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_video_has_facts_or_none_and_never_an_exception(tmp_path, data):
    ending = data.draw(st.sampled_from(["mp4", "mkv", "avi"]))
    whole = tmp_path / f"whole.{ending}"
    content = bytearray((whole if whole.exists() else write(whole)).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    file = tmp_path / f"damaged.{ending}"
    file.write_bytes(content[:cut])
    facts = video_facts(file)
    assert isinstance(facts, Facts)
    assert facts.frames is None or 0 < facts.frames <= 1_000_000
    assert facts.fps is None or 0 < facts.fps <= 1000
