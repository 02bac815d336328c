"""Facts of video files: real ones, turned, damaged and hostile."""

from __future__ import annotations

import os
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wan22dsl.comfyui.nodes import media
from wan22dsl.comfyui.nodes.media import video_facts
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


def sound(file: Path, codec: str) -> Path:
    with av.open(str(file), "w") as container:
        stream = container.add_stream(codec, rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2048), np.float32), "fltp", "mono")
        frame.rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file


def without_frames(file: Path) -> Path:
    with av.open(str(file), "w") as container:
        stream = container.add_stream("mpeg4", rate=16)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()
        container.mux(stream.encode())
    return file


def cut(file: Path) -> Path:
    whole = write(file).read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    return file


def holed(file: Path) -> Path:
    """The head says MP4, and the rest is noise."""
    file.write_bytes(write(file).read_bytes()[:32] + bytes(range(256)) * 8)
    return file


def begins(start: bytes):
    return lambda file: file.write_bytes(start + bytes(100))


PROBLEMS = {
    "empty": (lambda file: file.touch(), "it is empty"),
    "a PNG": (begins(b"\x89PNG\r\n\x1a\n"), "its first bytes are those of a picture"),
    "a JPEG": (begins(b"\xff\xd8\xff\xe0"), "its first bytes are those of a picture"),
    "a WebP": (begins(b"RIFF\0\0\0\0WEBP"), "its first bytes are those of a picture"),
    "a WAV": (begins(b"RIFF\0\0\0\0WAVE"), "its first bytes are those of sound"),
    "an MP3": (begins(b"ID3\4"), "its first bytes are those of sound"),
    "text": (begins(b"hello"), "its first bytes are those of an unknown format"),
    "Git LFS pointer": (
        begins(b"version https://git-lfs.github.com/spec/v1\n"),
        "it is a Git LFS pointer; `git lfs pull` downloads the video",
    ),
    "only sound": (lambda file: sound(file, "aac"), "it contains only sound"),
    "no frames": (without_frames, "it contains no video"),
    "half": (cut, "its end is missing"),
    "noise": (holed, "its end is missing|it is damaged.*"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_file_that_is_no_video_says_why(tmp_path, name):
    make, expected = PROBLEMS[name]
    make(tmp_path / "a.mp4")
    found = media.look_into(tmp_path / "a.mp4")
    assert re.fullmatch(expected, found.problem), found
    if name not in ("half", "no frames"):
        assert found.facts == NOTHING_KNOWN


@pytest.mark.parametrize("ending", ["mkv", "avi"])
def test_a_video_without_frames_says_so(tmp_path, ending):
    found = media.look_into(without_frames(tmp_path / f"a.{ending}"))
    assert found.facts.frames is None
    assert found.problem in ("it contains no frames", "it is damaged (End of file)")


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "avi"])
def test_a_video_has_no_problem(tmp_path, ending):
    assert media.look_into(write(tmp_path / f"a.{ending}")).problem == ""


def test_an_mp4_whose_last_box_is_cut_says_so_and_a_fragment_behind_it_is_none(tmp_path):
    file = write(tmp_path / "a.mp4")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert media.look_into(file).problem
    file.write_bytes(whole + (8).to_bytes(4, "big") + b"free")
    assert media.look_into(file).problem == ""


LOADED = """wan 1
use wan22

pipeline p {{
    prompt = "x"
    fps    = 16fps
    flow   = {flow}
}}
"""


@pytest.mark.parametrize(
    "flow",
    [
        'video_frames("a.mp4").frames -> wan22.text_low(steps = 4, denoise = 0.4) -> save("p")',
        '"a.mp4" -> wan22.text_low(steps = 4, denoise = 0.4) -> save("p")',
    ],
)
def test_a_damaged_video_beside_the_file_is_reported_by_lint_and_compile(wan, flow):
    wan.write("p.wan", LOADED.format(flow=flow))
    (wan.folder / "a.mp4").touch()
    for command in ("lint", "compile", "describe"):
        reported = wan(command, "p.wan")
        words = " ".join((reported.stdout + reported.stderr).split())
        assert "`a.mp4` cannot be read as a video: it is empty" in words, command
    write(wan.folder / "a.mp4")
    assert "WAN427" not in wan("lint", "p.wan").stdout


def test_sound_in_a_video_file_is_not_accused(wan):
    text = 'wan 1\n\ngraph g {\n    let a = LoadAudio(audio = "a.mp4")\n    '
    wan.write("p.wan", text + 'SaveAudio(audio = a, filename_prefix = "x")\n}\n')
    sound(wan.folder / "a.mp4", "aac")
    assert "WAN427" not in wan("lint", "p.wan").stdout


def test_the_help_for_an_unknown_fact_names_the_damaged_file(wan):
    flow = 'video_frames("a.mp4").frames -> wan22.text_low(steps = 4, denoise = 0.4) -> save("p")'
    wan.write("p.wan", LOADED.format(flow=flow).replace("    fps    = 16fps\n", ""))
    (wan.folder / "a.mp4").touch()
    reported = " ".join(wan("lint", "p.wan").stdout.split())
    assert "Replace `a.mp4`, which is not a readable video: it is empty." in reported


@pytest.mark.parametrize("hidden", [0, 1, 7])
def test_frames_that_an_edit_list_hides_are_not_counted(tmp_path, hidden):
    """A clip that was cut without being encoded again: its first frames are there, and are not shown."""
    file = write(tmp_path / "a.mp4", frames=25, rate=25)
    data = bytearray(file.read_bytes())
    timescale = int.from_bytes(data[data.index(b"mdhd") + 16 :][:4], "big")
    at = data.index(b"elst") + 16  # behind version, count and duration: the time at which it begins
    data[at : at + 4] = (hidden * timescale // 25).to_bytes(4, "big")
    file.write_bytes(data)
    assert video_facts(file).frames == 25 - hidden
