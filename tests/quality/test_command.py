"""`wan quality`: what is printed, what is written, and the exit codes."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from tests.quality import defects
from tests.quality.clips import pan, written
from wan22dsl.cli import main
from wan22dsl.quality.models import Quality

FRAMES = pan(count=17, width=128, height=160)


@pytest.fixture
def videos(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "good.mp4", FRAMES)
    written(tmp_path / "black.mp4", defects.all_black(FRAMES))
    Image.fromarray(FRAMES[0]).save(tmp_path / "start.png")
    Image.fromarray(pan(99, 1, 200, 90)[0]).save(tmp_path / "other.png")
    return tmp_path


def test_a_good_video_is_zero_and_a_broken_one_is_one(videos, capsys):
    assert main(["quality", "good.mp4"]) == 0
    out = capsys.readouterr().out
    assert "good.mp4: 17 frames, 128x160, 16 fps, 1.1 s, h264" in out
    assert "nothing broken or suspicious was found" in out
    assert main(["quality", "black.mp4"]) == 1
    out = capsys.readouterr().out
    assert "broken: The video is black." in out
    assert "help: Run once without --use-sage-attention" in out


def test_a_video_that_cannot_be_read_is_two_and_the_others_are_measured(videos, capsys):
    assert main(["quality", "good.mp4", "none.mp4"]) == 2
    done = capsys.readouterr()
    assert "good.mp4: 17 frames" in done.out
    assert done.err == "error: none.mp4: No such file or directory\n"


def test_json_has_all_measurements(videos, capsys):
    assert main(["quality", "black.mp4", "none.mp4", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    (quality,) = found["videos"]
    assert Quality.model_validate(quality).broken[0].name == "black"
    assert found["unreadable"][0]["video"] == "none.mp4"


def test_the_first_frame_is_compared_with_the_input_image(videos, capsys):
    assert main(["quality", "good.mp4", "--image", "start.png"]) == 0
    assert "first frame against start.png: PSNR" in capsys.readouterr().out
    assert main(["quality", "good.mp4", "--image", "other.png"]) == 0
    assert "suspicious: Frame 0 does not show the input image" in capsys.readouterr().out


def test_a_reference_is_different_not_worse(videos, capsys):
    redder = [np.clip(frame + np.array([14, 0, 0]), 0, 255).astype(np.uint8) for frame in FRAMES]
    written(videos / "new.mp4", redder)
    assert main(["quality", "new.mp4", "--reference", "good.mp4"]) == 0
    out = capsys.readouterr().out
    assert "against good.mp4: the picture changed: PSNR" in out
    assert "colour shifted by ΔE" in out
    assert "worse" not in out
    assert main(["quality", "good.mp4", "--reference", "good.mp4"]) == 0
    assert "the same in every frame" in capsys.readouterr().out


def test_several_videos_are_shown_side_by_side(videos, capsys):
    assert main(["quality", "good.mp4", "black.mp4"]) == 1
    out = capsys.readouterr().out
    assert "A  good.mp4\nB  black.mp4\n" in out
    assert max(map(len, out.split("\n\n")[-1].splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--frames", "0"], "--frames takes a number of frames"),
        (["--frames", "²"], "--frames takes a number of frames"),
        (["--fps", "nan"], "--fps takes frames per second"),
        (["--size", "832"], "--size takes width and height"),
        (["--tiles", "64/512"], "cannot overlap by 512"),
        (["--tiles", "a"], "--tiles takes tile size and overlap"),
        (["--image", "none.png"], "none.png: No such file"),
    ],
)
def test_a_wrong_option_is_two_and_one_sentence(videos, words, said, capsys):
    assert main(["quality", "good.mp4", *words]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_sheet_has_three_frames_of_each_video(videos, capsys):
    main(["quality", "good.mp4", "black.mp4", "--sheet", "sheet.png"])
    assert capsys.readouterr().err == "wrote sheet.png\n"
    first = (videos / "sheet.png").read_bytes()
    sheet = Image.open(io.BytesIO(first))
    assert sheet.width == 2 * 320 + 3 * 8
    assert sheet.height > 3 * 400
    main(["quality", "good.mp4", "black.mp4", "--sheet", "sheet.png"])
    assert (videos / "sheet.png").read_bytes() == first


def test_captions_may_hold_anything(videos):
    from wan22dsl.quality.sheet import Captioned, contact_sheet

    evil = "a\n\x1b[31m\u202e 東京 ä \U0001f600 " + "very long " * 99
    sheet = Image.open(
        io.BytesIO(contact_sheet([Captioned("good.mp4", evil), Captioned("no", "")]))
    )
    assert sheet.width == 2 * 320 + 3 * 8
