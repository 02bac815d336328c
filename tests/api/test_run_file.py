"""`run_file`: what `wan run` does, from Python and as data, against the embedded server."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

import wan22dsl
from wan22dsl import RunOptions, RunWatcher, Source, run_file
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.run.events import Downloaded, Ended, Started, Step
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from pathlib import Path

CLIP = """\
wan 1
use wan22

param seed: int = 42

pipeline clip {
    prompt = "a harbour in the rain"
    size   = 832x480
    length = 81f
    seed   = seed
    flow   = wan22.text_high -> wan22.text_low -> save("clip")
}
"""


class Listener(RunWatcher):
    """Keeps everything that it gets, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[str, object]] = []

    def found(self, findings):
        self.all.append(("found", list(findings)))

    def begins(self, job, host):
        self.all.append(("begins", (job.subject.pipeline, host.simulated)))

    def event(self, event):
        self.all.append(("event", event))

    def ends(self, done):
        self.all.append(("ends", done))

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.all]

    def events(self, kind: type) -> list[object]:
        return [item for _, item in self.all if isinstance(item, kind)]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    file = tmp_path / "clip.wan"
    file.write_text(CLIP, encoding="utf-8")
    return file


def simulated(folder: Path, **others) -> RunOptions:
    return RunOptions(folder=folder, simulate=True, speed=math.inf, **others)


def test_a_simulated_run_gives_its_record_and_its_video(clip, tmp_path, capfd):
    result = run_file(clip, simulated(tmp_path / "out"))
    (done,) = result.runs
    assert (result.ok, result.exit_code, done.record.result) == (True, 0, "success")
    assert [passed.name for passed in done.record.times.passes] == ["text_high", "text_low"]
    assert all(output.path.stat().st_size for output in done.record.outputs)
    assert json.loads(done.file.read_text(encoding="utf-8"))["result"] == "success"
    assert capfd.readouterr() == ("", "")


def test_a_watcher_gets_everything_in_order(clip, tmp_path):
    listener = Listener()
    options = simulated(tmp_path / "out", repeat=2)
    result = run_file(clip, options, values={"seed": 7}, watcher=listener)
    kinds = [kind for kind in listener.kinds() if kind != "event"]
    assert kinds == ["found", "found", "begins", "ends", "begins", "ends", "found"]
    assert [item for kind, item in listener.all if kind == "ends"] == list(result.runs)
    assert [item for kind, item in listener.all if kind == "begins"] == [("clip", True)] * 2
    found = [finding for kind, item in listener.all if kind == "found" for finding in item]
    assert found == list(result.findings)
    for kind in (Started, Step, Ended, Downloaded):
        assert listener.events(kind), kind
    seeds = [done.record.subject.prompt for done in result.runs]
    assert seeds[0] != seeds[1], "each run has a fresh seed"


def test_a_server_that_is_running_is_used(clip, tmp_path):
    with EmbeddedServer(speed=math.inf) as server:
        result = run_file(clip, RunOptions(folder=tmp_path, server=server.url))
    assert result.ok
    assert result.runs[0].record.host.shown == server.url


def test_with_a_models_folder_nothing_is_run_whose_files_do_not_fit(clip, tmp_path):
    """A truncated file is found before anything is sent."""
    folder = tmp_path / "models"
    (folder / "loras").mkdir(parents=True)
    (folder / "vae").mkdir()
    (folder / "vae" / "wan_2.1_vae.safetensors").write_bytes(b"<!DOCTYPE html>")
    with EmbeddedServer(speed=math.inf) as server:
        options = RunOptions(folder=tmp_path / "out", server=server.url, models=str(folder))
        result = run_file(clip, options)
    assert (result.runs, result.exit_code) == ((), 1)
    assert {"WAN671", "WAN672"} <= {finding.code for finding in result.findings}


def test_a_file_with_an_error_is_not_run(tmp_path):
    listener = Listener()
    source = Source(CLIP.replace("81f", "82f").replace("text_low", "text_lwo"), "clip.wan")
    result = run_file(source, simulated(tmp_path), watcher=listener)
    assert (result.runs, result.ok, result.exit_code) == ((), False, 1)
    assert any(finding.is_error for finding in result.findings)
    assert "begins" not in listener.kinds()


def test_a_run_that_fails_is_a_result(clip, tmp_path):
    options = simulated(tmp_path, faults=["oom at text_low.sampler"], retry=False)
    result = run_file(clip, options)
    assert (result.ok, result.exit_code) == (False, 1)
    assert result.runs[0].record.result != "success"


def test_a_fault_that_does_not_happen_is_a_finding(clip, tmp_path):
    result = run_file(
        clip, simulated(tmp_path, faults=["error at text_low.sampler", "error at save*"])
    )
    assert "fault-did-not-happen" in [finding.name for finding in result.findings]


def test_a_random_seed_is_drawn_and_given(clip, tmp_path):
    result = run_file(clip, simulated(tmp_path), values={"seed": "random"})
    assert set(result.drawn) == {"seed"}
    assert result.runs[0].record.subject.parameters["seed"] == result.drawn["seed"]


def test_a_watcher_that_fails_ends_the_run_and_is_told(clip, tmp_path):
    class Failing(Listener):
        def event(self, event):
            raise RuntimeError("no more")

    failing = Failing()
    with pytest.raises(RuntimeError, match="no more"):
        run_file(clip, simulated(tmp_path), watcher=failing)
    assert failing.all[-1] == ("ends", None)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (RunOptions(card="RTX 4090"), "belong to --simulate"),
        (RunOptions(speed=2.0), "belong to --simulate"),
        (RunOptions(faults=["oom at low.sampler"]), "belong to --simulate"),
        (RunOptions(simulate=True, server="http://127.0.0.1:1"), "brings its own server"),
        (RunOptions(simulate=True, speed=0.0), "above zero"),
    ],
)
def test_options_that_contradict_each_other_are_a_wrong_command(clip, options, reason):
    with pytest.raises(CommandError, match=reason):
        run_file(clip, options)


def test_a_file_that_is_not_there_is_an_exception(tmp_path):
    with pytest.raises(UnreadableFile):
        run_file(tmp_path / "none.wan", simulated(tmp_path))


def test_the_command_and_python_leave_the_same_record(clip, tmp_path, capsys):
    from wan22dsl.cli import main

    words = ["run", str(clip), "--simulate", "--speed", "max", "--out", str(tmp_path / "command")]
    assert main([*words, "--json"]) == 0
    by_command = json.loads(capsys.readouterr().out.splitlines()[-1])["record"]
    result = wan22dsl.run_file(clip, simulated(tmp_path / "python"))
    by_python = json.loads(result.runs[0].file.read_text(encoding="utf-8"))
    for name in ("pipeline", "result", "target", "parameters"):
        assert by_command.get(name) == by_python.get(name)
    assert by_command["timing"]["passes"] == by_python["timing"]["passes"]
