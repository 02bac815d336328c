"""`wan runs fetch`: outputs that were not here when the run ended, and records of runs that were killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from time import sleep

import pytest

from tests.conftest import ROOT
from tests.run.conftest import SPLIT, run_on
from wan22dsl.cli import runs
from wan22dsl.errors import CommandError
from wan22dsl.run import store
from wan22dsl.run.events import NodeOutput
from wan22dsl.run.verify import damage
from wan22dsl.server.embedded import EmbeddedServer

TWO = SPLIT.replace('-> save("clip")', '-> [save("clip"), save_webm("other")]')


@pytest.fixture
def fetch(wan, monkeypatch):
    """Calls `wan runs fetch last` on a server."""
    monkeypatch.delenv("WAN_SERVER", raising=False)

    def call(server, *words):
        return wan("runs", "fetch", "last", "--server", server.url, *words)

    return call


def last(wan):
    return json.loads(wan("runs", "show", "last", "--json").stdout)


def damaged(wan, server, text=SPLIT):
    """A run whose outputs could not be fetched: every answer of /view fails."""
    wan.write("clip.wan", text)
    server.inject("fail /view with 404 always")
    done = wan("run", "clip.wan", "--server", server.url)
    assert done.status == 1
    return done


def test_a_file_that_could_not_be_fetched_is_named_with_the_command_that_gets_it(wan):
    with EmbeddedServer(speed=5000) as server:
        done = damaged(wan, server)
    assert "Nothing was downloaded." in " ".join(done.stderr.split())
    assert "`nothing`" not in done.stderr
    record = last(wan)
    assert record["result"] == "error"
    assert [each["filename"] for each in record["not_fetched"]] == ["clip_00001_.mp4"]
    assert f"wan runs fetch {record['id']}" in " ".join(done.stderr.split())
    assert "not downloaded: clip_00001_.mp4" in wan("runs", "show").stdout


def test_what_was_not_fetched_is_fetched_later_and_the_record_completed(wan, fetch, tmp_path):
    with EmbeddedServer(speed=5000) as server:
        damaged(wan, server)
        server.faults._faults.clear()
        done = fetch(server)
        assert done.status == 0, done.stderr
        assert fetch(server).stderr.endswith("all outputs are here already\n")
    record = last(wan)
    assert (record["result"], record["not_fetched"]) == ("success", [])
    assert not [finding for finding in record["findings"] if finding["severity"] == "error"]
    (output,) = record["outputs"]
    assert damage(tmp_path / output["path"]) is None
    assert len(list((tmp_path / "wan_output").glob("*.mp4"))) == 1


def test_a_file_that_was_deleted_here_is_fetched_again(wan, fetch, tmp_path):
    wan.write("clip.wan", SPLIT)
    with EmbeddedServer(speed=5000) as server:
        assert wan("run", "clip.wan", "--server", server.url, "-q").status == 0
        (file,) = (tmp_path / "wan_output").glob("*.mp4")
        file.unlink()
        assert fetch(server).status == 0
    assert len(last(wan)["outputs"]) == 1


def test_a_server_that_was_restarted_has_no_history_and_the_files_all_the_same(
    wan, fetch, tmp_path
):
    with EmbeddedServer(speed=5000, place=tmp_path / "place") as server:
        damaged(wan, server, TWO)
    with EmbeddedServer(speed=5000, place=tmp_path / "place") as server:
        done = fetch(server)
        assert done.status == 0, done.stderr
    assert len(last(wan)["outputs"]) == 2


def test_one_of_two_is_kept_when_the_other_does_not_come(wan, fetch, tmp_path):
    with EmbeddedServer(speed=5000, place=tmp_path / "place") as server:
        damaged(wan, server, TWO)
    (tmp_path / "place" / "output" / "other_00001_.webm").unlink()
    with EmbeddedServer(speed=5000, place=tmp_path / "place") as server:
        done = fetch(server)
    assert done.status == 1 and "not downloaded: other_00001_.webm" in done.stderr
    record = last(wan)
    assert record["result"] == "error" and len(record["outputs"]) == 1
    assert [each["filename"] for each in record["not_fetched"]] == ["other_00001_.webm"]


def test_a_file_of_another_run_under_the_same_name_is_not_taken(wan, fetch, tmp_path):
    with EmbeddedServer(speed=5000) as server:
        damaged(wan, server)
    with EmbeddedServer(speed=5000) as server:
        other = wan(
            "run", "clip.wan", "--server", server.url, "--set", "seed=7", "--out", "b", "-q"
        )
        assert other.status == 0
        done = fetch(server)
    assert done.status == 1 and "belongs to another run" in done.stderr
    assert not list((tmp_path / "wan_output").glob("*.mp4"))


def test_a_server_that_knows_nothing_is_reported_with_the_names_to_look_for(wan, fetch):
    wan.write("clip.wan", SPLIT)
    with EmbeddedServer(speed=5000, faults=["error at low.sampler"]) as server:
        assert wan("run", "clip.wan", "--server", server.url).status == 1
        reported = fetch(server)
        assert reported.status == 2 and "an injected fault" in reported.stderr
    with EmbeddedServer(speed=5000) as server:
        reported = fetch(server)
    assert reported.status == 2 and "names that start with clip" in reported.stderr


def test_a_record_does_not_decide_whom_we_talk_to(wan, monkeypatch, tmp_path):
    wan.write("clip.wan", SPLIT)
    with EmbeddedServer(speed=5000) as server:
        wan("run", "clip.wan", "--server", server.url, "-q")
    monkeypatch.delenv("WAN_SERVER", raising=False)
    done = wan("runs", "fetch", "last")
    assert done.status == 2 and "--server" in done.stderr
    with pytest.raises(CommandError, match="name the one"):
        runs._client_of(None, "https://elsewhere.example")


def test_a_server_killed_just_after_saving_leaves_the_names_in_the_record(tmp_path):
    server = EmbeddedServer(speed=5000, place=tmp_path / "place").start()

    def killed(event):
        if isinstance(event, NodeOutput):
            server.stop()

    ran = run_on(server.url, tmp_path / "out", tell=killed)
    server.stop()
    record = store.find(tmp_path / "out", "last")
    assert ran.done.record.result in ("error", "success")
    assert [each.filename for each in record.not_fetched] == ["clip_00001_.mp4"]
    if ran.done.record.result == "error":
        (found,) = [finding for finding in ran.done.record.found if finding.is_error]
        assert f"wan runs fetch {record.id}" in found.help


# Killed: what is left is whole, or says that it is not.

MOMENTS = ["submitted", "node_started", "step", "ended"]


def killed_at(tmp_path, url, moment, wait_s=0.0, text=SPLIT, words=()):
    """Starts `wan run` and kills it without a word at an event, or some time after it."""
    (tmp_path / "clip.wan").write_text(text, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "wan22dsl", "run", "clip.wan", "--json", "--server", url, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    for line in process.stdout:
        if json.loads(line)["event"] == moment:
            break
    sleep(wait_s)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)


def whole(folder):
    """Looks at everything that is left in a folder: drafts are hidden, the rest is whole."""
    records, problems = store.each(folder)
    assert not problems
    for file in folder.iterdir():
        if not file.name.startswith(".") and file.suffix != ".json":
            assert damage(file) is None, file
    return records


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL elsewhere")
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_that_is_killed_leaves_what_is_whole_and_can_be_fetched(tmp_path, wan, fetch, moment):
    with EmbeddedServer(speed=300) as server:
        killed_at(tmp_path, server.url, moment)
        (record,) = whole(tmp_path / "wan_output")
        assert record.result == "unfinished" and record.attempts[0].prompt_ids
        assert "unfinished" in wan("runs", "list").stdout
        done = fetch(server)
        while "is still running or queued" in done.stderr:
            sleep(0.1)
            done = fetch(server)
        assert done.status == 0, done.stderr
    (record,) = whole(tmp_path / "wan_output")
    assert record.result == "success" and len(record.outputs) == 1
    for draft in (tmp_path / "wan_output").glob(".*.part*"):
        draft.unlink()


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL elsewhere")
def test_a_staged_run_that_is_killed_between_its_passes_says_so(tmp_path, wan, fetch):
    with EmbeddedServer(speed=5000) as server:
        killed_at(tmp_path, server.url, "output", words=("--staged",))
        (record,) = whole(tmp_path / "wan_output")
        assert record.result == "unfinished" and record.attempts[0].staged
        assert not record.not_fetched  # a latent between two passes is no output
        done = fetch(server)
        while "is still running or queued" in done.stderr:
            sleep(0.1)
            done = fetch(server)
        assert done.status == 2
        said = " ".join(done.stderr.split())
        assert "killed between its passes" in said and "Run it again." in said
    (record,) = whole(tmp_path / "wan_output")
    assert record.result == "unfinished"


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL elsewhere")
def test_what_was_fetched_before_the_kill_is_in_the_record_with_the_times(tmp_path, wan, fetch):
    with EmbeddedServer(speed=5000) as server:
        killed_at(tmp_path, server.url, "downloaded", text=TWO)
        (record,) = whole(tmp_path / "wan_output")
        assert record.outputs and record.timing is not None
        assert len(record.outputs) + len(record.not_fetched) == 2 or record.result == "success"
        assert fetch(server).status == 0
    (record,) = whole(tmp_path / "wan_output")
    assert record.result == "success" and len(record.outputs) == 2
    videos = [file for file in (tmp_path / "wan_output").glob("[!.]*") if file.suffix != ".json"]
    assert len(videos) == 2
    for draft in (tmp_path / "wan_output").glob(".*.part*"):
        draft.unlink()


def test_a_file_that_was_here_before_the_record_could_name_it_is_not_kept_twice(
    wan, fetch, tmp_path
):
    out = tmp_path / "wan_output"
    wan.write("clip.wan", SPLIT)
    with EmbeddedServer(speed=5000) as server:
        assert wan("run", "clip.wan", "--server", server.url, "-q").status == 0
        (out / "clip-simulated-0001.mp4").rename(out / "clip-simulated-0003.mp4")
        store.write(
            store.find(out, "last").model_copy(update={"outputs": (), "result": "unfinished"}), out
        )
        assert wan("run", "clip.wan", "--server", server.url, "-q", "--cold").status == 0
        first, second = store.each(out).records
        assert wan("runs", "fetch", first.id, "--server", server.url).status == 0
    first, second = store.each(out).records
    assert first.outputs[0].path.endswith("-0003.mp4")
    assert len(list(out.glob("*.mp4"))) == 2
    assert second.outputs[0].path != first.outputs[0].path


def old(file, seconds=3600.0):
    """A file that was last written to some time ago."""
    file.touch()
    os.utime(file, (file.stat().st_mtime - seconds,) * 2)
    return file


@pytest.mark.parametrize("command", ["run", "fetch"])
def test_drafts_of_processes_that_were_killed_are_removed(wan, fetch, tmp_path, command):
    out = tmp_path / "wan_output"
    out.mkdir()
    names = ".clip-simulated.4711.part.mp4", ".run-20260131T120000-clip-3f2a.4711.part"
    drafts = [old(out / name) for name in (*names, f".{'0a' * 16}.part")]
    new = out / ".clip.4712.part.mp4"
    new.touch()
    others = [old(out / name) for name in (".notes.part", "clip.4711.part.mp4", ".part.txt")]
    (out / ".folder.1.part").mkdir()
    os.utime(out / ".folder.1.part", (1, 1))
    wan.write("clip.wan", SPLIT)
    with EmbeddedServer(speed=5000) as server:
        if command == "fetch":
            assert wan("run", "clip.wan", "--server", server.url, "-q").status == 0
            drafts.append(old(out / ".clip.4713.part.webm"))
            assert fetch(server).status == 0
        else:
            assert wan("run", "clip.wan", "--server", server.url, "-q").status == 0
    assert not [file.name for file in drafts if file.exists()]
    assert all(file.exists() for file in (new, *others, out / ".folder.1.part"))
    for file in (new, *others):
        file.unlink()
    (out / ".folder.1.part").rmdir()
