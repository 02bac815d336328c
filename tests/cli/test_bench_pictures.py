"""The pictures of a bench and of its baseline: what `wan bench accept` keeps, `gate` and `compare` say."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from functools import cache

import numpy as np
import pytest

from tests.bench.folders import make, snapshot
from tests.quality import clips

TOTALS = {"sage": 150.0, "plain": 190.0}


@cache
def video(shift: int = 0, count: int = 11) -> bytes:
    """A small clip; `shift` is added to its red."""
    frames = clips.pan(3, count, 128, 96, contrast=30)
    red = [np.add(frame, (shift, 0, 0), dtype=np.int16).clip(0, 255) for frame in frames]
    return clips.mp4([frame.astype(np.uint8) for frame in red])


@pytest.fixture
def gate(wan):
    """`gate(words…)` on a bench in `now`; the baseline of `before` has a video of each cell."""
    make(wan.folder / "before", TOTALS, videos={"sage": video(), "plain": video()})
    accepted = wan("bench", "accept", "before", "-o", "baseline.json")

    def call(*words):
        return wan("bench", "gate", "now", "--baseline", "baseline.json", *words)

    call.wan, call.accepted = wan, accepted
    return call


def now(gate, *, sage=None, plain=None, **changes):
    videos = {"sage": sage or video(), "plain": plain or video()}
    make(gate.wan.folder / "now", TOTALS, videos=videos, **changes)


def test_accept_keeps_one_video_of_each_cell_and_names_their_size(gate):
    kept = sorted((gate.wan.folder / "baseline-videos").iterdir())
    assert [file.read_bytes() for file in kept] == [video(), video()]
    assert kept[0].name.startswith("plain-") and kept[1].name.startswith("sage-")
    assert "kept 2 videos in baseline-videos, " in gate.accepted.stderr
    assert "--without-videos" in gate.accepted.stderr
    cells = json.loads(gate.wan.read("baseline.json"))["cells"]
    assert cells["sage"]["video"]["seed_shift"] == 0  # of the first measured run


def test_the_same_pictures_are_said_once(gate):
    now(gate)
    result = gate()
    assert result.status == 0
    assert "\npictures: 2 same\n" in result.stdout
    assert "the picture" not in result.stdout


def test_a_picture_that_changed_is_reported_and_does_not_fail_by_itself(gate):
    now(gate, sage=video(40))
    result = gate()
    assert result.status == 0
    (line,) = (line for line in result.stdout.splitlines() if "the picture changed" in line)
    assert "PSNR " in line and "SSIM " in line and "colour shifted by ΔE " in line
    assert "pictures: 1 changed, 1 same" in result.stdout
    assert "help: different is not worse, look at both: wan quality now/sage-0001.mp4" in (
        result.stdout
    )
    assert "2 passed (1 picture changed)" in result.stdout


@pytest.mark.parametrize(
    ("limit", "status", "said"),
    [
        ("psnr=30", 1, " dB is below 30 dB"),
        ("psnr=5dB", 0, "the picture changed"),
        ("delta_e=3", 1, "is above 3"),
        ("delta_e=60", 0, "the picture changed"),
        ("ssim=0.99999", 1, "is below 0.99999"),
    ],
)
def test_beyond_a_limit_it_is_a_regression(gate, limit, status, said):
    now(gate, sage=video(40))
    result = gate("--picture-limit", limit)
    assert (result.status, said in result.stdout) == (status, True), result.stdout
    assert gate("--picture-limit", "psnr=30", "--picture-limit", "delta_e=3").status == 1


def test_other_frames_are_a_changed_picture(gate):
    now(gate, sage=video(count=9))
    assert "the picture changed: the numbers of frames differ" in gate().stdout
    assert gate("--picture-limit", "psnr=1").status == 1


def test_after_an_update_the_pictures_are_compared_though_the_times_are_not(gate):
    now(gate, sage=video(40), machine=snapshot(comfyui={"version": "0.39"}))
    result = gate()
    assert result.status == 3
    assert "the picture changed: PSNR " in result.stdout
    result = gate.wan("bench", "compare", "before", "now")
    assert "the picture changed: PSNR " in result.stdout
    assert "pictures: 1 changed, 1 same" in result.stdout


def test_every_format_has_it(gate):
    now(gate, sage=video(40))
    data = json.loads(gate("--format", "json").stdout)
    sage, plain = (cell["picture"] for cell in data["cells"])
    assert (sage["word"], plain["word"]) == ("changed", "same")
    assert 5 < sage["delta_e"] < 40 and 10 < sage["psnr_db"] < 35 and sage["frames"] == 11
    cases = ET.fromstring(gate("--format", "junit").stdout).iter("testcase")
    assert "the picture changed: PSNR" in next(cases).findtext("system-out")
    warning = gate("--format", "github").stdout
    assert warning.startswith("::warning file=attention.wan,title=picture changed%3A sage")
    assert "- 🖼️ `sage`: the picture changed: PSNR" in gate("--format", "markdown").stdout
    compared = json.loads(gate.wan("bench", "compare", "before", "now", "--json").stdout)
    assert [cell["picture"]["word"] for cell in compared["cells"]] == ["changed", "same"]


def test_why_pictures_were_not_compared_is_said(gate):
    now(gate, prompt="b", recipe="b" * 64)
    said = "pictures not compared: the prompt is another one, so the video may be too"
    assert said in gate().stdout
    now(gate, prompt="b")
    assert "pictures not compared: no run has the seeds and the input files" in gate().stdout
    result = gate("--picture-limit", "psnr=30")
    assert (result.status, "picture not compared: no run has the seeds" in result.stdout) == (
        3,
        True,
    )


def test_a_baseline_without_videos_says_so(gate):
    now(gate)
    gate.wan("bench", "accept", "before", "-o", "baseline.json", "--without-videos")
    assert not list((gate.wan.folder / "baseline-videos").iterdir())
    assert "pictures not compared: the baseline keeps no video of it" in gate().stdout


def test_videos_that_are_gone_or_were_changed_are_named(gate):
    now(gate)
    (kept, _) = sorted((gate.wan.folder / "baseline-videos").iterdir())
    kept.write_bytes(video(40))
    assert f"baseline-videos/{kept.name} is not the video that was accepted" in gate().stdout
    kept.unlink()
    assert f"not compared of plain: baseline-videos/{kept.name} is not there" in gate().stdout
    for number in (1, 2, 3):
        (gate.wan.folder / "now" / f"sage-000{number}.mp4").unlink()
    assert "now/sage-0001.mp4 is not there any more" in gate().stdout


def test_what_the_new_baseline_does_not_name_is_removed_and_no_other_file(gate):
    folder = gate.wan.folder / "baseline-videos"
    (folder / "mine.mp4").write_bytes(b"mine")
    now(gate, sage=video(40))
    gate.wan("bench", "accept", "now", "-o", "baseline.json")
    names = sorted(file.name for file in folder.iterdir())
    assert len(names) == 3 and "mine.mp4" in names
    assert "pictures: 2 same" in gate().stdout


def test_a_name_of_a_video_that_leads_elsewhere_is_refused(gate):
    now(gate)
    text = gate.wan.read("baseline.json")
    name = json.loads(text)["cells"]["sage"]["video"]["file"]
    gate.wan.write("baseline.json", text.replace(name, "../before/sage-0001.mp4"))
    result = gate()
    assert (result.status, "is damaged" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("pnsr=30", "did you mean `psnr`"),
        ("psnr", "expected a number"),
        ("ssim=30", "expected a number"),
        ("psnr=nan", "expected a number"),
        ("delta_e=-1", "expected a number"),
    ],
)
def test_wrong_limits_are_named(gate, words, said):
    now(gate)
    result = gate("--picture-limit", words)
    assert (result.status, said in result.stderr) == (2, True)
