"""`wan batch`: what people and programs see."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tests.api.test_benching import CFG, CLIP
from tests.conftest import ROOT
from wan22dsl import resources

QUICK = ("--simulate", "--speed", "max", "--out", "b")


@pytest.fixture
def wan(wan):
    wan.write("rows.csv", "id;seed\r\none;1\r\ntwo;2\r\n".encode("utf-8-sig"))
    return wan.write("clip.wan", CLIP)


def test_lines_show_the_plan_each_job_and_the_end(wan):
    shown = wan("batch", "clip.wan", "--each", "rows.csv", *QUICK, "--servers", "2")
    assert shown.status == 0
    said = shown.stderr.splitlines()
    assert "folder: b" in said
    assert "batch rows: 2 jobs of clip (clip.wan), simulated" in said
    assert any(line.startswith("done in about ") and "of card time" in line for line in said)
    for job in ("one", "two"):
        assert any(line.startswith(f"  {job} → sim-0") for line in said)
        assert any(line.startswith(f"  {job}: done in ") for line in said)
    assert shown.stdout.splitlines()[1:] == ["2 of 2 jobs done", "folder: b"]


def test_quiet_names_the_outputs(wan):
    shown = wan("batch", "clip.wan", "--each", "rows.csv", *QUICK, "--quiet")
    made = ["b/one-clip-simulated-0001.mp4", "b/two-clip-simulated-0001.mp4"]
    assert (shown.status, shown.stdout.splitlines(), shown.stderr) == (0, made, "")


def test_json_has_the_plan_then_each_line_of_the_folder_then_the_result(wan):
    shown = wan("batch", "clip.wan", "--each", "rows.csv", *QUICK, "--json")
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [lines[0]["line"], lines[-1]["line"]] == ["plan", "result"]
    assert lines[0]["plan"] == json.loads(wan.read("b/batch.json"))
    kept = [json.loads(line) for line in wan.read("b/batch.jsonl").splitlines()]
    assert lines[1:-1] == kept
    validator = Draft202012Validator(json.loads(resources.schema("batch_line")))
    for line in kept:
        validator.validate(line)
    assert (lines[-1]["done"], lines[-1]["exit_code"]) == (2, shown.status)


def test_a_dry_run_is_on_standard_output_and_makes_nothing(wan):
    words = ("batch", "clip.wan", "--each", "rows.csv", "--simulate", "--servers", "3", "--dry-run")
    shown = wan(*words, "--card", "RTX 4090", "--card", "RTX 3090")
    assert (shown.status, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[0] == "batch rows: 2 jobs of clip (clip.wan), simulated"
    assert [line.split()[1:3] for line in lines if line.startswith("   sim-")] == [
        ["RTX", "4090"], ["RTX", "3090"], ["RTX", "4090"],
    ]  # fmt: skip
    assert lines[-1].startswith("done in about ")
    assert not (wan.folder / "wan_output").exists()


def test_a_dry_run_without_a_server_says_that_the_end_is_not_known(wan):
    shown = wan("batch", "clip.wan", "--server", "http://127.0.0.1:9", "--dry-run")
    lines = shown.stdout.splitlines()
    assert "   127.0.0.1:9  card unknown  away     " in shown.stdout
    assert lines[-1].startswith("done: not known, as ")


def test_mistakes_in_rows_are_listed_with_row_and_column(wan):
    wan.write("bad.csv", "sed,text_high.cfg\n1,2\n3,x\n")
    shown = wan("batch", "clip.wan", "--each", "bad.csv", *QUICK)
    assert (shown.status, shown.stdout) == (1, "")
    assert shown.stderr.splitlines() == [
        "error: bad.csv: column `sed`: unknown parameter `sed`. Did you mean `seed`?",
        (
            "error: bad.csv: row 3, column `text_high.cfg`: unknown name `x`. "
            'Declare it, or write `"x"` if it is a string.'
        ),
        "",
        "nothing was sent",
    ]


def test_many_mistakes_are_counted(wan):
    wan.write("bad.csv", "due\n" + "soon\n" * 200)
    shown = wan("batch", "clip.wan", "--each", "bad.csv", *QUICK)
    assert "and 170 more mistakes" in shown.stderr


def test_rows_come_from_standard_input(wan):
    shown = wan("batch", "clip.wan", "--each", "-", *QUICK, "--quiet", stdin='{"seed": 3}\n')
    assert (shown.status, shown.stdout) == (0, "b/0001-clip-simulated-0001.mp4\n")


def test_the_cells_of_a_bench_are_jobs(wan):
    shown = wan.write("c.wan", CFG)("batch", "c.wan", "--bench", "cfg", "--simulate", "--dry-run")
    assert shown.stdout.splitlines()[0] == "batch c: 2 jobs of clip (c.wan), simulated"


def test_a_job_that_is_set_aside_is_shown_with_its_reason(wan):
    fault = ("--fault", "error at text_high.sampler always")
    shown = wan("batch", "clip.wan", *QUICK, *fault, "--attempts", "1")
    assert shown.status == 1
    assert "0 of 1 job done, 1 set aside" in shown.stdout
    assert "   set aside: 0001" in shown.stdout


def test_a_batch_that_is_whole_is_not_run_again(wan):
    wan("batch", "clip.wan", *QUICK)
    before = wan.read("b/batch.jsonl").splitlines()
    shown = wan("batch", "--resume", "--out", "b", "--simulate")
    assert shown.status == 0
    assert "nothing is left to run" in shown.stderr
    after = [json.loads(line)["line"] for line in wan.read("b/batch.jsonl").splitlines()]
    assert after[len(before) :] == ["driver", "batch ended"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a .wan file"),
        (("clip.wan", "--servers", "2"), "belong to --simulate"),
        (("clip.wan", "--simulate", "--server", "http://127.0.0.1:9"), "exclude each other"),
        (("clip.wan", "--simulate", "--servers", "0"), "--servers 0: give a whole number"),
        (("clip.wan", "--simulate", "--card", "RTX 409"), "RTX 409"),
        (("clip.wan", "--simulate", "--each", "none.csv"), "none.csv"),
        (("clip.wan", "r.csv", "--simulate"), "wan batch FILE --each r.csv"),
        (("clip.wan", "--simulate", "--vary", "seed"), "--vary seed: write"),
        (("clip.wan", "--simulate", "--fault", "rain"), "unknown fault `rain`"),
        (("--resume",), "name the folder of the batch with --out"),
        (("--resume", "--out", "none"), "none"),
        (("clip.wan", "--resume"), "has no batch of `clip` to resume"),
        (("clip.wan", "--resume", "--set", "seed=1"), "leave out --set"),
        (("clip.wan", "--fleet", "none"), "none"),
        (("clip.wan", "--server", "http://127.0.0.1:9"), "no server answers"),
    ],
)
def test_a_wrong_command_is_one_message_and_makes_nothing(wan, words, said):
    wan.write("r.csv", "seed\n1\n")
    shown = wan("batch", *words)
    assert (shown.status, shown.stdout) == (2, "")
    assert said in shown.stderr
    assert not (wan.folder / "wan_output").exists()


def test_the_example_shows_all_of_it(wan):
    for name in ("portrait.wan", "prompts.csv"):
        wan.write(name, (ROOT / "examples" / name).read_bytes())
    shown = wan("batch", "portrait.wan", "--each", "prompts.csv", *QUICK, "--servers", "8")
    assert shown.status == 0
    assert "20 of 20 jobs done" in shown.stdout
