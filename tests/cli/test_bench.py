"""`wan bench FILE`: what people and programs see, and what is left when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from tests.api.test_benching import CFG, CLIP, PROFILES
from tests.conftest import ROOT
from wan22dsl import resources
from wan22dsl.bench import store
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from pathlib import Path

ONE_RUN = ("--simulate", "--repeat", "1", "--out", "b")


@pytest.fixture
def wan(wan):
    return wan.write("clip.wan", CFG)


def test_a_dry_run_shows_the_plan_with_its_minutes_on_standard_output(wan):
    shown = wan("bench", "clip.wan", "--simulate", "--dry-run", "--repeat", "1")
    assert (shown.status, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[0] == "bench cfg of clip (clip.wan): 2 cells, 1 session, simulated"
    assert any("baseline  text_high.cfg 1.0  about " in line for line in lines)
    assert any("of card time: 4 runs and 1 start" in line for line in lines)
    assert not list(wan.folder.glob("wan_output*"))


def test_the_plan_says_what_a_simulation_leaves_out(wan):
    text = CLIP + PROFILES + "bench b { of = clip, profiles = [plain, sage] }\n"
    shown = wan.write("b.wan", text)("bench", "b.wan", "--simulate", "--dry-run").stdout
    said = (
        "the simulation does not know what these change, and leaves them out: --use-sage-attention"
    )
    assert said in shown.splitlines()


def test_plain_lines_show_each_run_and_the_end_has_the_outcome(wan):
    shown = wan("bench", "clip.wan", *ONE_RUN)
    assert shown.status == 0
    assert shown.stderr.count(": warm-up 1  ") == shown.stderr.count(": run 1 of 1  ") == 2
    assert "report: wan report b -o report.html" in shown.stderr
    assert "slower" in shown.stdout or "unclear" in shown.stdout
    assert "baseline" in shown.stdout


def test_with_quiet_only_the_outcome_and_the_folder_are_shown(wan):
    shown = wan("bench", "clip.wan", *ONE_RUN, "--quiet")
    assert "warm-up" not in shown.stderr
    assert "baseline" in shown.stdout


def test_with_json_there_is_the_plan_then_each_line_of_the_folder_then_the_result(wan):
    shown = wan("bench", "clip.wan", *ONE_RUN, "--json")
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [lines[0]["line"], lines[-1]["line"]] == ["plan", "result"]
    kept = [json.loads(line) for line in wan.read("b/bench.jsonl").splitlines()]
    assert lines[1:-1] == kept
    validator = Draft202012Validator(json.loads(resources.schema("bench_line")))
    for line in kept:
        validator.validate(line)
    assert lines[0]["plan"] == json.loads(wan.read("b/bench.json"))
    printed = Draft202012Validator(json.loads(resources.schema("bench_printed")))
    for line in (lines[0], lines[-1]):
        printed.validate(line)
    assert lines[-1]["exit_code"] == shown.status == 0
    assert lines[-1]["verdict"]


def test_a_budget_that_is_spent_says_what_was_left_out_and_how_to_go_on(wan):
    shown = wan("bench", "clip.wan", *ONE_RUN, "--budget", "1s")
    assert "the budget is spent. Left out, or not whole: " in shown.stderr
    assert "The budget was spent before" in shown.stdout
    assert "--resume --out b" in shown.stderr
    assert shown.status == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--budget", "soon"), "--budget soon: give a time such as 90s, 45min or 2h"),
        (("--budget", "-1h"), "--budget"),
        (("--repeat", "0"), "--repeat 0: give a whole number"),
        (("--card", "RTX 409"), "RTX 409"),
        (("--server", "http://127.0.0.1:9"), "exclude each other"),
        (("--resume",), "has no bench `cfg` to resume"),
        (("other",), "has no bench `other`"),
    ],
)
def test_a_wrong_command_is_one_message_and_makes_nothing(wan, words, said):
    shown = wan("bench", "clip.wan", "--simulate", *words)
    assert (shown.status, shown.stdout) == (2, "")
    assert said in shown.stderr
    assert not (wan.folder / "wan_output").exists()


@pytest.mark.parametrize(("word", "meant"), [("shwo", "show"), ("acept", "accept")])
def test_a_misspelt_command_is_no_file(wan, word, meant):
    shown = wan("bench", word, "b", "-o", "x.json")
    assert (shown.status, f"did you mean `{meant}`?" in shown.stderr) == (2, True)
    wan.write("shwo", CFG)
    assert wan("bench", "shwo", "--simulate", "--dry-run").status == 0


def test_a_workflow_is_refused_with_the_way_to_a_bench(wan):
    shown = wan.write("my film.json", '{"1": {}}')("bench", "my film.json", "--simulate")
    assert shown.status == 2
    assert 'wan import "my film.json" -o "my film.wan"' in shown.stderr


def test_a_range_is_no_list_of_values_and_the_help_says_what_to_write(wan):
    text = CLIP + "bench b { of = clip, vary = { text_high.cfg = 1.0..3.5 } }\n"
    shown = wan.write("a.wan", text)("bench", "a.wan", "b", "--simulate")
    assert shown.status == 2
    assert "text_high.cfg = [1.0, …, 3.5]" in shown.stderr and "no steps" in shown.stderr


def test_a_resumed_plan_has_the_times_that_were_measured(wan):
    shown = wan("bench", "clip.wan", *ONE_RUN, "--budget", "80s")
    assert shown.status == 1
    lines = wan("bench", "clip.wan", *ONE_RUN, "--resume", "--dry-run", "--json").stdout
    first = json.loads(lines.splitlines()[0])
    assert first["time"]["unknown"] == [] and first["time"]["runs"] < 4


def test_a_file_without_a_bench_is_refused(wan):
    shown = wan.write("a.wan", CLIP)("bench", "a.wan", "--simulate")
    assert (shown.status, "declares no bench" in shown.stderr) == (2, True)


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "wan22dsl", "bench", "clip.wan", *ONE_RUN, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


#: As `wan`, where no file may grow beyond so many bytes: the disk does not take a video.
_NO_ROOM = """
import resource, sys
from wan22dsl.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of the size of files")
def test_a_disk_that_is_full_ends_the_bench_and_resume_goes_on(wan):
    with EmbeddedServer(speed=1e6) as server:
        words = ("bench", "clip.wan", "--server", server.url, "--repeat", "1", "--out", "b")
        ended = subprocess.run(
            [sys.executable, "-c", _NO_ROOM, *words],
            cwd=wan.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 2, ended.stderr
        assert "cannot be written to b" in ended.stderr and "--resume" in ended.stderr
        assert not store.load(wan.folder / "b").runs
        assert wan(*words, "--resume").status == 0


def has_lines(folder: Path, count: int) -> None:
    """Waits until a bench has written so many lines."""
    file = folder / "b" / "bench.jsonl"
    for _ in range(1200):
        if file.exists() and file.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.05)
    raise AssertionError(file)


@pytest.mark.parametrize("lines", [1, 2, 4])
def test_after_a_kill_at_any_point_resume_measures_only_what_is_missing(wan, lines):
    process = started(wan.folder, "--speed", "2000")
    has_lines(wan.folder, lines)
    process.kill()
    process.communicate()
    before = store.load(wan.folder / "b")
    assert before.problems == ()
    resumed = wan("bench", "clip.wan", *ONE_RUN, "--resume")
    assert resumed.status == 0, resumed.stderr
    after = store.load(wan.folder / "b")
    assert after.lines[: len(before.lines)] == before.lines
    measured = [run.cell for run in after.runs if run.role == "measured"]
    assert sorted(measured) == sorted(cell.id for cell in after.plan.cells)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_sigterm_stops_it_in_good_order(wan):
    process = started(wan.folder, "--speed", "100")
    has_lines(wan.folder, 1)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "stopped. Go on with --resume --out b" in stderr
    assert store.load(wan.folder / "b").lines[-1].line == "end"


def test_from_the_bench_to_the_gate_a_slower_pass_turns_the_job_red_and_is_named(wan):
    text = CFG.replace(", rounds = 1", "")
    slower = text.replace("wan22.text_high ->", "wan22.text_high(steps = 0..3 of 5) ->").replace(
        "-> wan22.text_low", "-> wan22.text_low(steps = 3..5 of 5)"
    )
    assert slower.count("of 5") == 2
    wan.write("clip.wan", text)("bench", "clip.wan", "--simulate", "--repeat", "1", "--out", "a")
    assert wan("bench", "accept", "a", "-o", "baseline.json").status == 0
    against = ("--baseline", "baseline.json")
    one = ("--simulate", "--repeat", "1", *against)
    wan("bench", "clip.wan", *one, "--out", "b")
    assert wan("bench", "gate", "b", *against).status == 0
    wan.write("clip.wan", slower)("bench", "clip.wan", *one, "--out", "c")
    gated = wan("bench", "gate", "c", *against)
    assert gated.status == 1
    assert gated.stdout.startswith("REGRESSION: ")
    assert "text_high: +" in gated.stdout and "2 -> 3 steps" in gated.stdout
    assert "measured in one session" not in gated.stdout
