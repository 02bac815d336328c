"""Each planted defect is found, and good clips are left alone: the table of docs/quality.md."""

from __future__ import annotations

import pytest

from tests.quality import clips, defects
from tests.quality.clips import GOOD, names, written
from wan22dsl.quality.expected import DecodeTiles
from wan22dsl.quality.measure import measure

crf = pytest.mark.parametrize("crf", [18, 28])


def findings(tmp_path, frames, crf=18, fps=16.0, **more):
    found = measure(written(tmp_path / "clip.mp4", frames, crf, fps), **more)
    return names(found.broken), names(found.suspicious)


@crf
@pytest.mark.parametrize("clip", GOOD)
def test_a_good_clip_is_left_alone(clip, crf, tmp_path):
    assert findings(tmp_path, GOOD[clip](), crf) == ([], [])


@pytest.mark.parametrize(("width", "height", "fps"), [(64, 96, 24), (161, 95, 30), (48, 40, 32)])
def test_small_and_odd_sizes_and_other_rates_are_left_alone(width, height, fps, tmp_path):
    assert findings(tmp_path, clips.pan(3, 33, width, height), fps=fps) == ([], [])


def test_a_cut_is_suspicious_with_its_frame_and_nothing_else_is(tmp_path):
    found = measure(written(tmp_path / "clip.mp4", clips.with_cut()))
    assert (names(found.broken), names(found.suspicious)) == ([], ["cut"])
    assert [span.first_frame for span in found.suspicious[0].at] == [16]
    assert [(span.first_frame, span.last_frame) for span in found.shots] == [(0, 15), (16, 32)]


BROKEN = {
    "two_black": ("black-frames", "pan shapes night white talking"),
    "all_black": ("black", "pan"),
    "all_grey": ("one-colour", "pan"),
    "frozen": ("frozen", "pan shapes soft white talking night"),
    "stopped": ("frozen-part", "pan shapes white snow"),
    "sixth_doubled": ("doubled-frames", "pan shapes white snow fast_pan"),
    "all_doubled": ("doubled-frames", "pan shapes white snow fast_pan"),
    "noise": ("plain-noise", "pan"),
    "latent_noise": ("plain-noise", "pan"),
}
SUSPICIOUS = {
    "blended": ("blended-frames", "fast_pan shapes snow cartoon"),
    "blocky": ("blocks", "pan shapes soft talking"),
    "flickering": ("flicker", "pan shapes soft talking white"),
    "leaping": ("leap", "pan shapes zoom"),
    "cut": ("cut", "pan shapes zoom white"),
}


#: What crf 28 hides: frames that are no longer equal, and edges of blocks that are smoothed.
HIDDEN = {
    *(("sixth_doubled", "pan"), ("sixth_doubled", "snow"), ("all_doubled", "white")),
    *(("blocky", "pan"), ("blocky", "shapes")),
}


def cases(table):
    return [
        (plant, name, clip, crf)
        for plant, (name, many) in table.items()
        for clip in many.split()
        for crf in ((18,) if (plant, clip) in HIDDEN else (18, 28))
    ]


@pytest.mark.parametrize(("plant", "name", "clip", "crf"), cases(BROKEN))
def test_what_is_broken_is_found(plant, name, clip, crf, tmp_path):
    broken, _ = findings(tmp_path, getattr(defects, plant)(GOOD[clip]()), crf)
    assert name in broken


@pytest.mark.parametrize(("plant", "name", "clip", "crf"), cases(SUSPICIOUS))
def test_what_is_suspicious_is_found(plant, name, clip, crf, tmp_path):
    broken, suspicious = findings(tmp_path, getattr(defects, plant)(GOOD[clip]()), crf)
    assert broken == []
    assert name in suspicious


@pytest.mark.parametrize("clip", ["pan", "snow"])
def test_a_rhythm_that_a_codec_hides_is_suspicious_all_the_same(clip, tmp_path):
    broken, suspicious = findings(tmp_path, defects.sixth_doubled(GOOD[clip]()), 28)
    assert (broken, suspicious) == ([], ["repeated-frames"])


@pytest.mark.parametrize("clip", ["pan", "shapes", "soft", "talking"])
def test_added_noise_is_found_before_a_codec_takes_it(clip, tmp_path):
    _, suspicious = findings(tmp_path, defects.noisy(GOOD[clip]()), crf=8)
    assert "noise" in suspicious


def test_a_seam_is_looked_for_only_where_tiles_meet(tmp_path):
    frames = defects.seam(clips.soft(), at=192)
    _, suspicious = findings(tmp_path, frames, tiles=DecodeTiles(128, 32))
    assert suspicious == ["tile-seams"]
    assert findings(tmp_path, frames) == ([], [])
    assert findings(tmp_path, frames, tiles=DecodeTiles(160, 32)) == ([], [])
    assert findings(tmp_path, clips.soft(), tiles=DecodeTiles(128, 32)) == ([], [])
