"""The folder of a batch: what is written stays, and what each job is follows from the lines alone."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.fleet import batches
from tests.fleet.batches import ended, over, placed, set_aside, started
from tests.second_writer import check_that_it_is_refused
from wan22dsl.errors import CommandError
from wan22dsl.fleet import store
from wan22dsl.fleet.jobs import Jobs
from wan22dsl.fleet.store import LINES, PLAN
from wan22dsl.resources import schema
from wan22dsl.run import lines as line_files

ROOT = Path(__file__).parents[2]


def written(folder: Path, *lines) -> Path:
    with store.create(folder, batches.plan()) as open_store:
        for line in lines:
            open_store.add(line)
    return folder


def states(*lines, jobs: int = 1) -> Jobs:
    return Jobs(batches.plan(jobs), lines)


def test_what_is_written_is_read_again_and_has_the_shape_of_the_schemas(tmp_path):
    lines = [started(), placed("0001"), ended("0001"), set_aside("0002"), over("stopped")]
    found = store.load(written(tmp_path, *lines), with_records=False)
    assert found.plan == batches.plan()
    assert list(found.lines) == lines
    assert not found.problems
    assert [state.state for state in found.jobs.values()] == ["done", "set aside", "waiting"]
    plan = json.loads((tmp_path / PLAN).read_text(encoding="utf-8"))
    Draft202012Validator(json.loads(schema("batch_plan"))).validate(plan)
    line_schema = Draft202012Validator(json.loads(schema("batch_line")))
    for text in (tmp_path / LINES).read_text(encoding="utf-8").splitlines():
        line_schema.validate(json.loads(text))


def test_half_a_line_is_dropped_when_read_and_cut_before_the_next(tmp_path):
    written(tmp_path, placed("0001"), ended("0001"))
    whole = (tmp_path / LINES).read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        (tmp_path / LINES).write_bytes(whole[:length])
        expected = [placed("0001"), ended("0001")][: whole[:length].count(b"\n")]
        with store.resume(tmp_path) as resumed:
            assert list(resumed.stored.lines) == expected
            resumed.add(set_aside("0003"))
        found = store.load(tmp_path)
        assert list(found.lines) == [*expected, set_aside("0003")] and not found.problems


def test_a_line_of_no_job_of_the_plan_is_reported_and_left_out_and_never_written(tmp_path):
    written(tmp_path, placed("0001"))
    stranger = json.dumps(placed("9999").as_json()).encode() + b"\n"
    hostile = json.dumps({**placed("0002").as_json(), "record": "../../x"}).encode() + b"\n"
    with (tmp_path / LINES).open("ab") as file:
        file.write(stranger + hostile + b"{]\n")
    found = store.load(tmp_path)
    assert found.lines == (placed("0001"),)
    assert "line 2 is left out: the plan has no job `9999`" in found.problems[0]
    assert "line 3 is left out: `../../x` is not the id of a record" in found.problems[1]
    assert "line 4 is damaged and left out" in found.problems[2]
    with store.resume(tmp_path) as resumed:
        assert resumed.stored.problems == found.problems
        with pytest.raises(ValueError, match="no job `9999`"):
            resumed.add(placed("9999"))
    assert store.load(tmp_path).lines == (placed("0001"),)


def test_a_second_driver_is_refused_as_long_as_the_first_one_lives(tmp_path):
    written(tmp_path)
    check_that_it_is_refused(store, tmp_path, "another `wan batch` is working", over())


def test_where_locks_do_not_hold_a_second_writer_stops_the_first(tmp_path):
    with store.create(tmp_path, batches.plan()) as first:
        first.add(placed("0001"))
        with (tmp_path / LINES).open("ab") as file:
            file.write(json.dumps(placed("0002").as_json()).encode() + b"\n")
        with pytest.raises(CommandError, match="was changed by another process"):
            first.add(ended("0001"))
    assert store.load(tmp_path).lines == (placed("0001"), placed("0002"))


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of that kind there")
def test_a_full_disk_keeps_whole_lines_and_the_next_one_fits_when_there_is_room_again(tmp_path):
    code = f"""
import os, resource
from pathlib import Path
from tests.fleet import batches
from wan22dsl.errors import CommandError
from wan22dsl.fleet import store
with store.create(Path({str(tmp_path)!r}), batches.plan()) as open_store:
    open_store.add(batches.placed("0001"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))
    cut = os.ftruncate
    try:
        open_store.add(batches.set_aside("0002", "x" * 400))
    except CommandError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    open_store.add(batches.ended("0001"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{(tmp_path / LINES).as_posix()}: File too large"
    found = store.load(tmp_path, with_records=False)
    assert found.lines == (placed("0001"), ended("0001")) and not found.problems


def test_half_a_line_that_could_not_be_taken_back_is_cut_before_the_next_one(tmp_path, monkeypatch):
    def broken(file, data):
        file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with store.create(tmp_path, batches.plan()) as open_store:
        open_store.add(placed("0001"))
        with monkeypatch.context() as patch:
            patch.setattr(line_files, "_write", broken)
            patch.setattr(line_files.Lines, "_cut", lambda lines: setattr(lines, "_is_torn", True))
            with pytest.raises(CommandError, match="No space left"):
                open_store.add(ended("0001", how="lost"))
        assert open_store.jobs["0001"].state == "placed"  # what is not on the disk has not happened
        open_store.add(ended("0001"))
    assert store.load(tmp_path, with_records=False).lines == (placed("0001"), ended("0001"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"jobs": (*batches.plan(1).jobs, *batches.plan(1).jobs)}, "two jobs are `0001`"),
        ({"sources": ()}, "is of source 0, which is not there"),
        (
            {"jobs": (batches.plan(1).jobs[0].model_copy(update={"after": ("7",)}),)},
            "needs `7`, which is not there",
        ),
    ],
)
def test_a_plan_that_contradicts_itself_is_one_sentence(tmp_path, changes, said):
    (tmp_path / PLAN).write_text(batches.plan().model_copy(update=changes).model_dump_json())
    for read in (store.load, store.load_plan):
        with pytest.raises(CommandError, match=said):
            read(tmp_path)


def test_a_folder_without_a_batch_and_one_that_has_one_are_one_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"has no batch \(no batch.json\)"):
        store.load(tmp_path)
    written(tmp_path)
    with (
        pytest.raises(CommandError, match="has a batch already"),
        store.create(tmp_path, batches.plan()),
    ):
        pass


def test_a_job_that_is_done_without_a_readable_record_is_reported(tmp_path):
    written(tmp_path, ended("0001"), ended("0002", record=None))
    found = store.load(tmp_path)
    assert [state.state for state in found.jobs.values()] == ["done", "done", "waiting"]
    assert "job `0001`: its record cannot be read" in found.problems[0]
    assert found.problems[1] == "job `0002`: has no record"


def test_an_attempt_without_an_end_and_a_lost_one_may_still_be_on_their_servers():
    state = states(placed("0001")).states["0001"]
    assert state.state == "placed" and state.unsettled == (placed("0001"),)
    lost = states(placed("0001"), ended("0001", how="lost")).states["0001"]
    assert lost.state == "waiting" and lost.placed is None and lost.unsettled == (placed("0001"),)
    again = states(
        placed("0001"), ended("0001", how="lost"), placed("0001", 2, "gpu-2"), ended("0001", 2)
    )
    assert again.states["0001"].state == "done"
    assert again.states["0001"].unsettled == (
        placed("0001"),
    )  # its late result must not stay there
    assert [placed.attempt for _, placed in again.unsettled("gpu-1")] == [1]
    assert not again.unsettled("gpu-2")
    again.take(ended("0001", how="stopped", is_settled=True))
    assert not again.states["0001"].unsettled and not again.problems


def test_a_late_success_of_a_lost_attempt_counts_once():
    late = [
        placed("0001"),
        ended("0001", how="lost"),
        placed("0001", 2),
        ended("0001", how="success"),
    ]
    found = states(*late).states["0001"]
    assert found.success is not None and found.success.attempt == 1
    assert found.unsettled == (placed("0001", 2),)  # the twin has to be taken back
    twice = states(*late, ended("0001", 2))
    assert twice.states["0001"].success == found.success
    assert twice.problems == [
        "job `0001`: attempt 2 succeeded after the job had ended; it does not count"
    ]


def test_what_is_set_aside_stays_so_and_what_is_done_cannot_be_set_aside():
    found = states(set_aside("0001", "refused"), ended("0001"))
    assert found.states["0001"].state == "set aside" and found.states["0001"].reason == "refused"
    assert found.states["0001"].success is None and len(found.problems) == 1
    done = states(ended("0001"), set_aside("0001"))
    assert done.states["0001"].state == "done" and len(done.problems) == 1


def test_failures_are_attempts_that_were_not_taken_back_by_us():
    found = states(
        *(placed("0001", n) for n in (1, 2, 3)),
        ended("0001", 1, "error"),
        ended("0001", 2, "stopped", is_settled=True),
        ended("0001", 3, "out of memory"),
    ).states["0001"]
    assert [end.how for end in found.failures] == ["error", "out of memory"]
    assert found.attempts == 3 and found.state == "waiting" and not found.unsettled


_HOW = st.sampled_from(
    ["success", "error", "out of memory", "refused", "lost", "stopped", "not possible"]
)
_LINES = st.lists(
    st.one_of(
        st.builds(placed, st.sampled_from(["0001", "0002"]), st.integers(1, 4)),
        st.builds(ended, st.sampled_from(["0001", "0002"]), st.integers(1, 4), _HOW),
        st.builds(set_aside, st.sampled_from(["0001", "0002"])),
    ),
    max_size=12,
)


@given(_LINES)
def test_whatever_the_lines_say_nothing_is_forgotten_and_what_is_over_stays_as_it_is(lines):
    jobs = Jobs(batches.plan(2))
    over_before: dict[str, tuple] = {}
    last: dict[tuple[str, int], bool] = {}
    for line in lines:
        jobs.take(line)
        if line.line != "set aside":
            is_owed = line.line == "placed" or line.how in ("lost", "stopped")
            last[line.job, line.attempt] = is_owed
        for id, state in jobs.states.items():
            now = (state.state, state.success)
            assert over_before.get(id, now) == now
            assert state.is_over == (state.state in ("done", "set aside"))
            assert (state.success is not None) == (state.state == "done")
            if state.is_over:
                over_before[id] = now
            owed = sorted(
                attempt for (job, attempt), is_owed in last.items() if job == id and is_owed
            )
            assert sorted(each.attempt for each in state.unsettled) == owed


def test_the_order_of_lines_of_different_jobs_does_not_matter():
    lines = [placed("0001"), ended("0002"), set_aside("0003")]
    found = [dict(states(*order, jobs=3).states) for order in permutations(lines)]
    assert all(each == found[0] for each in found)
