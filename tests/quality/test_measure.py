"""A measurement as a whole: what is found in a good clip, in a bad one, and next to another."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.quality.clips import COUNT, HEIGHT, WIDTH, names, pan, written
from wan22dsl.api import ExpectedVideo, measure_quality
from wan22dsl.errors import CommandError
from wan22dsl.quality import libraries
from wan22dsl.quality.models import Quality


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return written(tmp_path_factory.mktemp("good") / "pan.mp4", pan())


def test_a_good_clip_has_figures_and_no_findings(good):
    found = measure_quality(good)
    assert (found.frames, found.size, found.fps) == (COUNT, (WIDTH, HEIGHT), 16)
    assert (found.broken, found.suspicious) == ((), ())
    luma = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).std() for frame in pan()[::5]]
    assert found.figures.contrast == pytest.approx(np.median(luma), abs=1)
    assert found.figures.motion_px == pytest.approx(1.8, abs=0.4)
    assert len(found.shots) == 1


def test_a_measurement_is_json_and_comes_back(good):
    found = measure_quality(good)
    assert Quality.model_validate(found.as_json()) == found


def test_black_frames_within_a_clip_are_named(tmp_path):
    frames = pan()
    frames[12] = frames[13] = np.zeros_like(frames[0])
    found = measure_quality(written(tmp_path / "clip.mp4", frames))
    assert names(found.broken) == ["black-frames"]
    (span,) = found.broken[0].at
    assert (span.first_frame, span.last_frame, span.start_s) == (12, 13, 0.75)


def test_another_number_of_frames_size_and_rate_than_expected_is_broken(good):
    expected = ExpectedVideo(frames=81, fps=24, size=(832, 480))
    found = measure_quality(good, expected=expected)
    assert names(found.broken) == ["wrong-frames", "wrong-size", "wrong-fps"]


def test_the_same_video_is_the_same_as_its_reference(good):
    found = measure_quality(good, reference=good).against_reference
    assert found.same
    assert (found.psnr_db, found.ssim, found.delta_e) == (None, 1.0, 0.0)


def test_a_changed_picture_is_different_from_its_reference(good, tmp_path):
    redder = [np.clip(frame + np.array([12, 0, 0]), 0, 255).astype(np.uint8) for frame in pan()]
    found = measure_quality(written(tmp_path / "red.mp4", redder), reference=good).against_reference
    assert found.same is False
    assert 20 < found.psnr_db < 35
    assert found.delta_e > 2


def test_a_missing_library_is_one_sentence_with_the_command(monkeypatch):
    monkeypatch.setattr(libraries, "find_spec", lambda name: None)
    with pytest.raises(CommandError) as raised:
        measure_quality("clip.mp4")
    assert str(raised.value) == (
        'measuring a video needs numpy, OpenCV, PyAV and Pillow: pip install "wan22dsl[quality]"'
    )
