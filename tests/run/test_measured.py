"""Videos of runs, measured: in the record, in the table, and side by side; and their pictures."""

from __future__ import annotations

import hashlib
import json
import math

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.quality.clips import pan, written
from tests.report.results.made import put, record
from tests.run.conftest import run_on
from wan22dsl.quality.measure import measure
from wan22dsl.resources import schema
from wan22dsl.run import store, table
from wan22dsl.run.events import Downloaded
from wan22dsl.run.models.record import QualityOfOutput
from wan22dsl.server.embedded import EmbeddedServer

RECORD = Draft202012Validator(json.loads(schema("run_record")))

SMALL = """\
wan 1
use wan22

pass high {
    model   = wan22.t2v_high
    sampler = euler/simple
    cfg     = 1.0
    steps   = 0..2 of 4
}

pass low = high(model = wan22.t2v_low, steps = 2..4 of 4)

pipeline clip {
    prompt = "A lighthouse at dusk"
    size   = 256x320
    length = 17f
    seed   = 42
    flow   = high -> low -> save("clip")
}
"""
SIMULATED = ("run", "clip.wan", "--simulate", "--speed", "100000")


@pytest.fixture
def simulated(wan):
    """A folder in which small simulated runs are quick."""
    return wan.write("clip.wan", SMALL)


def records(wan):
    return store.each(wan.folder / "wan_output").records


def test_a_simulated_run_has_its_drawing_measured_in_the_record_and_not_judged(simulated):
    done = simulated(*SIMULATED, "--quality", "--json")
    assert done.status == 0
    last = json.loads(done.stdout.splitlines()[-1])["record"]
    RECORD.validate(last)
    (kept,) = records(simulated)
    assert kept.as_json() == last
    (output,) = kept.quality
    assert output.path == kept.outputs[0].path
    assert (output.quality.frames, output.quality.size, output.quality.fps) == (17, (256, 320), 16)
    assert output.quality.simulated
    assert output.quality.suspicious == ()
    assert output.quality.figures.contrast > 0


def test_without_the_option_nothing_is_measured(simulated):
    assert simulated(*SIMULATED).status == 0
    assert records(simulated)[0].quality is None
    assert "quality" not in simulated("runs", "show").stdout


def test_the_table_of_a_run_and_runs_show_tell_the_same_of_its_quality(simulated):
    done = simulated(*SIMULATED, "--quality")
    assert done.status == 0
    said = [line for line in done.stdout.splitlines() if line.startswith("quality of")]
    drawn = "SIMULATED, a drawing: 17 frames, 256x320, 16 fps, 1.1 s, h264"
    assert said == [f"quality of clip-simulated-0001.mp4: {drawn}: not judged"]
    assert said[0] in simulated("runs", "show").stdout.splitlines()


def test_times_are_the_same_whether_videos_are_measured_or_not(simulated):
    for more in ((), ("--quality",)):
        assert simulated(*SIMULATED, *more).status == 0
    plain, measured = (each.timing for each in records(simulated))
    assert [each.sampling_s for each in plain.passes] == [
        each.sampling_s for each in measured.passes
    ]


def test_a_video_that_is_damaged_before_it_is_measured_says_so_and_the_run_is_a_success(tmp_path):
    def damage(event):
        if isinstance(event, Downloaded):
            (tmp_path / "clip-simulated-0001.mp4").write_bytes(b"")

    with EmbeddedServer(speed=math.inf) as server:
        done = run_on(server.url, tmp_path, SMALL, damage, quality=True).done
    (output,) = done.record.quality
    assert (done.record.result, output.quality, output.not_measured) == (
        "success",
        None,
        "is empty",
    )
    assert table_of(done)[-1].endswith("clip-simulated-0001.mp4: not measured (is empty)")


def table_of(done):
    return list(table.lines(store.load(done.file)))


def test_two_simulated_runs_are_side_by_side_and_their_drawings_are_not_compared(simulated):
    for _ in range(2):
        assert simulated(*SIMULATED, "--quality", "--cold").status == 0
    first, last = records(simulated)
    out = simulated("runs", "compare", first.id, last.id).stdout
    assert "quality: A clip-simulated-0001.mp4: SIMULATED, a drawing" in out
    assert "         B clip-simulated-0002.mp4: SIMULATED, a drawing" in out
    assert any(line.split()[:1] == ["contrast"] for line in out.splitlines())
    assert out.splitlines()[-1] == ("pictures: not compared, they are drawings of a simulation")


# Runs on a card: their records are made here, and so are their videos.

FRAMES = pan(count=17, width=128, height=160)
REDDER = [np.clip(frame + np.array([14, 0, 0]), 0, 255).astype(np.uint8) for frame in FRAMES]


@pytest.fixture
def real(wan):
    """Keeps a run and its video; and compares two."""

    def keep(name, frames=FRAMES, **more):
        folder = wan.folder / "wan_output"
        folder.mkdir(exist_ok=True)
        path = f"wan_output/{name}.mp4"
        video = written(wan.folder / path, frames)
        each = QualityOfOutput(path=path, quality=measure(video))
        data = video.read_bytes()
        output = {"node": "9", "path": path, "remote": f"{name}.mp4", "size_bytes": len(data)}
        output["sha256"] = hashlib.sha256(data).hexdigest()
        put(folder, record(f"20260301T120000-{name}", quality=[each], outputs=[output], **more))

    def compare(first="a", second="b"):
        words = (f"wan_output/run-20260301T120000-{each}.json" for each in (first, second))
        done = wan("runs", "compare", *words)
        assert done.status == 0, done.stderr
        return done.stdout.splitlines()

    keep.compare, keep.wan = compare, wan
    return keep


def test_the_same_prompt_and_pictures_are_the_same_in_every_frame(real):
    real("a")
    real("b")
    assert real.compare()[-1] == "pictures: B against a.mp4: the same in every frame"


def test_the_same_prompt_with_other_pictures_is_different_and_not_worse(real):
    real("a")
    real("b", REDDER)
    said = real.compare()[-1]
    assert said.startswith("pictures: B against a.mp4: the picture changed: PSNR ")
    assert "SSIM" in said and "colour shifted by ΔE" in said
    assert "worse" not in said


def test_pictures_of_another_prompt_or_seed_are_not_compared(real):
    real("a")
    real("b", prompt={"json": {"1": {"class_type": "LoadImage"}}, "sha256": "1" * 64})
    assert real.compare()[-1] == "pictures: not compared, the prompts or the seeds differ"


def test_a_video_that_is_gone_is_named_and_the_figures_are_compared_all_the_same(real):
    real("a")
    real("b")
    (real.wan.folder / "wan_output/a.mp4").unlink()
    lines = real.compare()
    assert lines[-1] == "pictures: not compared, wan_output/a.mp4 is not here any more"
    assert any(line.split()[:1] == ["contrast"] for line in lines)


def test_a_folder_of_runs_that_was_moved_is_compared_where_it_is(real):
    real("a")
    real("b", REDDER)
    (real.wan.folder / "wan_output").rename(real.wan.folder / "kept")
    records = [f"kept/run-20260301T120000-{name}.json" for name in "ab"]
    said = real.wan("runs", "compare", *records).stdout.splitlines()[-1]
    assert "the picture changed" in said


def test_a_video_that_is_another_since_it_was_measured_is_not_compared(real):
    real("a")
    real("b")
    written(real.wan.folder / "wan_output/b.mp4", REDDER)
    assert real.compare()[-1] == (
        "pictures: not compared, wan_output/b.mp4 was changed since the run"
    )


def test_where_only_one_run_was_measured_this_is_said(real):
    real("a")
    put(real.wan.folder / "wan_output", record("20260301T120000-b"))
    assert real.compare()[-1] == ("quality: only A was measured; `wan run --quality` measures")
    assert real.compare("b", "a")[-1].startswith("quality: only B was measured")
