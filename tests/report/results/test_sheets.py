"""Contact sheets have three frames of each video that is there, and a reason for each that is not."""

from __future__ import annotations

import io

import av
import numpy
import pytest
from PIL import Image

from tests.report.results.made import record
from tests.report.results.test_of_run import texts
from wan22dsl.report.results import sheets
from wan22dsl.report.results.contents import Sheet


def video(file, frames=9, width=64, height=96):
    """Writes a video whose frames become lighter."""
    with av.open(str(file), "w") as out:
        stream = out.add_stream("mpeg4", rate=16)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            level = numpy.full((height, width, 3), 20 + 25 * number, numpy.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(level, format="rgb24")))
        out.mux(stream.encode())


def output(path):
    return {"path": path, "size_bytes": 1, "sha256": "0" * 64, "remote": "x", "node": "save"}


def levels(pictures):
    """The mean level of each picture."""
    images = [Image.open(io.BytesIO(picture.data)).convert("L") for picture in pictures]
    return [numpy.asarray(image).mean() for image in images]


def test_the_frames_are_the_first_the_middle_and_the_last(tmp_path):
    video(tmp_path / "clip.mp4")
    (sheet,) = sheets.of_run(record(outputs=[output("C:\\films\\clip.mp4")]), tmp_path)
    assert isinstance(sheet, Sheet)
    assert sheet.columns == ("clip",)
    pictures = [pictures[0] for _, pictures in sheet.rows]
    assert [each.alt for each in pictures] == [
        "clip, first frame",
        "clip, middle frame",
        "clip, last frame",
    ]
    assert levels(pictures) == pytest.approx([20, 120, 220], abs=8)
    assert {(each.width_px, each.height_px) for each in pictures} == {(160, 240)}


def test_a_video_of_one_frame_shows_it_three_times(tmp_path):
    video(tmp_path / "clip.mp4", frames=1)
    (sheet,) = sheets.of_run(record(outputs=[output("clip.mp4")]), tmp_path)
    assert len({pictures[0].data for _, pictures in sheet.rows}) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "No such file or directory"),
        (b"", "the video is damaged"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "the video is damaged"),
    ],
)
def test_a_video_that_cannot_be_shown_has_its_reason(tmp_path, data, reason):
    if data is not None:
        (tmp_path / "clip.mp4").write_bytes(data)
    blocks = sheets.of_run(record(outputs=[output("clip.mp4")]), tmp_path)
    assert texts(blocks) == ["Not shown:", f"clip: {reason}"]


def test_only_files_next_to_the_record_are_read(tmp_path):
    video(tmp_path / "clip.mp4")
    (tmp_path / "runs").mkdir()
    run = record(outputs=[output(str(tmp_path / "clip.mp4"))])
    assert "No such file" in texts(sheets.of_run(run, tmp_path / "runs"))[1]


def test_a_run_without_a_video_has_no_sheet_and_a_simulated_one_says_why(tmp_path):
    assert sheets.of_run(record(outputs=[output("a.png")]), tmp_path) == ()
    simulated = sheets.of_run(record(simulated=True, outputs=[output("clip.mp4")]), tmp_path)
    assert texts(simulated) == ["A simulation makes no pictures of the prompt: none are shown."]
