"""What was measured of videos is in the report: findings with their kind, figures, and why there are none."""

from __future__ import annotations

from tests.report.results.made import record
from tests.report.results.test_of_run import texts
from wan22dsl.report.results import qualities
from wan22dsl.report.results.contents import Table

BLACK = {
    "name": "black-frames",
    "message": "2 frames are black.",
    "why": "It is not what was asked for.",
    "help": "Try another attention.",
}
QUALITY = {
    "video": "clip.mp4",
    "frames": 81,
    "size": (832, 1216),
    "fps": 16.0,
    "codec": "h264",
    "shots": (),
    "broken": (BLACK,),
    "suspicious": (),
    "figures": {"sharpness": 141.0, "noise": 1.25},
}


def measured(quality, reason=""):
    each = {"path": "clip.mp4", "quality": quality, "not_measured": reason}
    return qualities.of_run("run", record(quality=[each]))


def test_what_is_broken_is_said_with_its_help_and_figures_are_below():
    found = measured(QUALITY)
    assert texts(found) == ["clip, broken: 2 frames are black. Try another attention."]
    (table,) = [each for each in found if isinstance(each, Table)]
    titles = [column.title for column in table.columns]
    row = dict(zip(titles, (value.text for value in table.rows[0])))
    assert row == {
        "video of": "clip",
        "broken": "1",
        "suspicious": "0",
        "sharpness": "141",
        "noise": "1.25",
        "to the image, dB": "–",
    }


def test_a_video_without_findings_says_so():
    assert texts(measured({**QUALITY, "broken": ()})) == [
        "Nothing broken or suspicious was found in the videos that were measured."
    ]


def test_what_could_not_be_measured_has_its_reason_and_no_figures():
    assert texts(measured(None, "it is damaged")) == ["clip, not measured: it is damaged"]


def test_drawings_of_a_simulation_are_not_judged():
    found = measured({**QUALITY, "simulated": True})
    assert texts(found) == ["The videos are drawings of the simulation: they are not judged."]


def test_a_run_that_was_not_measured_has_nothing():
    assert qualities.of_run("run", record()) == ()
