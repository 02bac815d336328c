"""The folder of a bench: what is written stays, what is damaged is reported, one process writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.bench import making
from tests.second_writer import check_that_it_is_refused
from wan22dsl.bench import store
from wan22dsl.bench.models import BenchEnded
from wan22dsl.bench.store import LINES, PLAN
from wan22dsl.errors import CommandError
from wan22dsl.resources import schema

A, B = making.cell("desktop", baseline=True), making.cell("sage")
END = BenchEnded(line="end", ended=making.STAMP, how="finished")


def written(folder: Path, *lines) -> Path:
    with store.create(folder, making.plan([A, B])) as open_store:
        for line in lines:
            open_store.add(line)
    return folder


def test_what_is_written_is_read_again_and_has_the_shape_of_the_schemas(tmp_path):
    lines = [making.started(1), *making.runs(1, A, 150.0, 151.0), making.ended(1), END]
    found = store.load(written(tmp_path, *lines), with_records=False)
    assert found.plan == making.plan([A, B])
    assert list(found.lines) == lines
    assert not found.problems
    plan = json.loads((tmp_path / PLAN).read_text(encoding="utf-8"))
    Draft202012Validator(json.loads(schema("bench_plan"))).validate(plan)
    line_schema = Draft202012Validator(json.loads(schema("bench_line")))
    for text in (tmp_path / LINES).read_text(encoding="utf-8").splitlines():
        line_schema.validate(json.loads(text))


def test_half_a_line_at_the_end_is_dropped_when_read_and_cut_before_the_next(tmp_path):
    one, two, three = making.runs(1, A, 150.0, 151.0, 152.0)
    written(tmp_path, one, two)
    whole = (tmp_path / LINES).read_bytes()
    for length in range(len(whole)):
        (tmp_path / LINES).write_bytes(whole[:length])
        expected = [one, two][: whole[:length].count(b"\n")]
        found = store.load(tmp_path, with_records=False)
        assert list(found.lines) == expected
        assert not found.problems
        if length % 97 and length + 1 != len(whole):
            continue
        with store.resume(tmp_path) as resumed:
            assert list(resumed.stored.lines) == expected
            resumed.add(three)
        found = store.load(tmp_path, with_records=False)
        assert list(found.lines) == [*expected, three]
        assert not found.problems


def test_every_line_is_there_after_a_kill(tmp_path):
    code = f"""
import os, signal
from pathlib import Path
from tests.bench import making
from wan22dsl.bench import store
cell = making.cell("desktop", baseline=True)
with store.create(Path({str(tmp_path)!r}), making.plan([cell])) as open_store:
    for line in making.runs(1, cell, 150.0, 151.0, 152.0):
        open_store.add(line)
    os.kill(os.getpid(), {int(getattr(signal, "SIGKILL", signal.SIGTERM))})
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root)
    assert done.returncode != 0
    with store.resume(tmp_path) as resumed:
        assert [line.figures.total_s for line in resumed.stored.runs] == [150.0, 151.0, 152.0]


def test_a_damaged_line_is_reported_and_the_others_are_read(tmp_path):
    one, two = making.runs(1, A, 150.0, 151.0)
    written(tmp_path, one, two)
    first, second = (tmp_path / LINES).read_bytes().splitlines(keepends=True)
    damages = [
        (b"{]\n", "Invalid JSON"),
        (b"\x00\xff\n", "Invalid JSON"),
        (b"7\n", "the whole"),
        (b'{"line": "later"}\n', "later"),
        (b'{"line": "run"}\n', "run.session"),
        (first.replace(b"150.0", b"NaN", 1), "Input should be a finite number"),
        (first.replace(b'"desktop"', b'"other"', 1), "the plan has no cell `other`"),
        (b"[" * 100_000 + b"\n", "Invalid JSON"),
    ]
    for damage, said in damages:
        (tmp_path / LINES).write_bytes(first + damage + second)
        found = store.load(tmp_path, with_records=False)
        assert list(found.lines) == [one, two]
        assert len(found.problems) == 1
        assert "line 2 is" in found.problems[0] and said in found.problems[0]


def test_a_second_process_is_refused_as_long_as_the_first_one_lives(tmp_path):
    written(tmp_path)
    check_that_it_is_refused(store, tmp_path, "another `wan bench` is measuring", END)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of that kind there")
def test_a_full_disk_is_one_sentence_and_leaves_whole_lines(tmp_path):
    code = f"""
import resource
from pathlib import Path
from tests.bench import making
from wan22dsl.bench import store
from wan22dsl.errors import CommandError
cell = making.cell("desktop", baseline=True)
with store.create(Path({str(tmp_path)!r}), making.plan([cell])) as open_store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2500, 2500))
    for number in range(10):
        try:
            open_store.add(making.run(1, cell, number + 1, 150.0))
        except CommandError as error:
            print(number, error)
            break
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    count, said = done.stdout.split(" ", 1)
    assert said.strip() == f"{(tmp_path / LINES).as_posix()}: File too large"
    assert (tmp_path / LINES).read_bytes().endswith(b"\n")
    assert len(store.load(tmp_path, with_records=False).lines) == int(count) > 0


def test_runs_without_a_readable_record_are_reported(tmp_path):
    no_record = making.run(1, A, 3, None, "failed", record=None)
    hostile = making.run(1, A, 4, 150.0, record="../../etc/passwd")
    failed = making.run(1, A, 5, 150.0, "out of memory")
    written(tmp_path, *making.runs(1, A, 150.0, 151.0), no_record, hostile, failed)
    (tmp_path / "run-1-desktop-1.json").write_text('{"record": 99, "wan22dsl": "7.0"}')
    found = store.load(tmp_path)
    missing, later = found.lost["1-desktop-2"], found.lost["1-desktop-1"]
    assert "No such file" in missing and "later version" in later
    assert "not the id" in found.lost["../../etc/passwd"]
    assert set(found.lost) == {"1-desktop-1", "1-desktop-2", "../../etc/passwd"}
    assert len(found.problems) == 3 and all("does not count" in each for each in found.problems)
    assert all(found.record(each) is None for each in found.runs)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is damaged, or not the plan of a bench"),
        ("[]", "is damaged, or not the plan of a bench"),
        ('{"bench": true}', "is damaged, or not the plan of a bench"),
        ("[" * 100_000, "is damaged, or not the plan of a bench"),
        ('{"bench": 2, "wan22dsl": "9.9"}', "another version of wan22dsl (9.9, schema version 2)"),
        ('{"bench": 1}', "is damaged: `id`: Field required"),
    ],
)
def test_a_plan_that_cannot_be_read_is_one_sentence(tmp_path, text, said):
    (tmp_path / PLAN).write_text(text)
    for read in (store.load, store.load_plan):
        with pytest.raises(CommandError) as caught:
            read(tmp_path)
        assert said in str(caught.value)
    with pytest.raises(CommandError), store.resume(tmp_path):
        pass


def test_folders_that_are_no_benches_are_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="has no bench"):
        store.load(tmp_path)
    with pytest.raises(CommandError, match="has no bench"):
        store.load(tmp_path / "missing")
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(CommandError), store.create(file, making.plan([A])):
        pass
    (tmp_path / PLAN).mkdir()
    with pytest.raises(CommandError, match="is a folder"):
        store.load(tmp_path)


def test_a_folder_with_a_bench_is_not_taken_for_another(tmp_path):
    written(tmp_path)
    refused = pytest.raises(CommandError, match="has a bench already")
    with refused, store.create(tmp_path, making.plan([B])):
        pass
    assert store.load_plan(tmp_path) == making.plan([A, B])


def test_a_bench_that_was_killed_before_its_plan_was_written_can_be_begun_again(tmp_path):
    (tmp_path / LINES).touch()
    written(tmp_path, END)
    assert store.load(tmp_path).lines == (END,)


@pytest.mark.skipif(sys.platform == "win32", reason="no links without rights there")
def test_a_link_or_a_pipe_in_the_place_of_the_lines_is_refused(tmp_path):
    written(tmp_path)
    victim = tmp_path / "victim"
    victim.write_text("x")
    (tmp_path / LINES).unlink()
    (tmp_path / LINES).symlink_to(victim)
    with pytest.raises(CommandError, match="is a link"), store.resume(tmp_path):
        pass
    assert victim.read_text() == "x"
    (tmp_path / LINES).unlink()
    os.mkfifo(tmp_path / LINES)
    for read in (store.load, lambda folder: store.resume(folder).__enter__()):
        with pytest.raises(CommandError, match="is a pipe"):
            read(tmp_path)


def test_what_goes_wrong_while_measuring_stays_what_it_is(tmp_path):
    with pytest.raises(OSError, match="the socket"), store.create(tmp_path, making.plan([A])):
        raise OSError("the socket")
