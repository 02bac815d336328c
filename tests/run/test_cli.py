"""`wan run` and `wan runs` as people and programs call them."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import Result
from tests.run.conftest import SPLIT
from wan22dsl.cli import quick, runs, typed
from wan22dsl.cli import run as command
from wan22dsl.errors import WanError
from wan22dsl.resources import schema
from wan22dsl.run.client import Client
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable

EVENT = Draft202012Validator(json.loads(schema("run_event")))
RECORD = Draft202012Validator(json.loads(schema("run_record")))

QUICKLY = ("--speed", "5000")


@pytest.fixture
def wan_run(tmp_path, monkeypatch, capsys) -> Callable[..., Result]:
    """Calls `wan run`; what a WanError says is part of standard error, as it is on the command line."""
    monkeypatch.chdir(tmp_path)
    for name in ("WAN_SERVER", "WAN_TOKEN", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "clip.wan").write_text(SPLIT, encoding="utf-8")

    def call(*words: str) -> Result:
        values = quick.read(command.COMMAND, words)
        assert values is not None
        capsys.readouterr()
        try:
            status = command.run(**values)
        except WanError as error:
            return Result("", str(error), 2)
        reported = capsys.readouterr()
        return Result(reported.out, reported.err, status)

    return call


def test_without_its_libraries_a_simulated_run_says_what_to_install(wan_run, monkeypatch):
    for module in ("av", "PIL"):
        monkeypatch.setitem(sys.modules, module, None)
    found = wan_run("clip.wan", "--simulate", *QUICKLY)
    assert found.status == 2
    assert found.stderr == (
        'the simulated server needs PyAV and Pillow: pip install "wan22dsl[simulate]"'
    )


def test_a_simulated_run_ends_with_a_table_the_file_and_the_record(wan_run, tmp_path):
    found = wan_run("clip.wan", "--simulate", *QUICKLY)
    assert found.status == 0
    assert found.stdout.splitlines()[1].startswith("SIMULATED")
    assert "high" in found.stdout and "low" in found.stdout and "rife" in found.stdout
    assert "wan_output/clip-simulated-0001.mp4" in found.stdout
    assert "record  wan_output/run-" in found.stdout
    assert "high: step 2 of 2" in found.stderr
    assert (tmp_path / "wan_output" / "clip-simulated-0001.mp4").exists()


def test_json_is_one_event_a_line_by_the_schema(wan_run):
    found = wan_run("clip.wan", "--simulate", "--json", "--fault", "oom at low.sampler", *QUICKLY)
    assert found.status == 0
    events = [json.loads(line) for line in found.stdout.splitlines()]
    for event in events:
        EVENT.validate(event)
    names = [event["event"] for event in events]
    assert {"submitted", "started", "cached", "step", "ended", "retry", "downloaded"} <= set(names)
    assert names[-1] == "record"
    RECORD.validate(events[-1]["record"])


def test_quiet_says_only_the_files(wan_run):
    found = wan_run("clip.wan", "--simulate", "--quiet", *QUICKLY)
    found.gives(stdout="wan_output/clip-simulated-0001.mp4\n")


def test_repeated_runs_are_not_cached(wan_run):
    found = wan_run("clip.wan", "--simulate", "--json", "--repeat", "2", *QUICKLY)
    records = [json.loads(line) for line in found.stdout.splitlines()]
    records = [record["record"] for record in records if record["event"] == "record"]
    assert [record["seed_shift"] for record in records] == [0, 1]
    assert [own["cached"] for own in records[1]["timing"]["passes"]] == [False, False]
    assert [own["cold"] for own in records[1]["timing"]["passes"]] == [False, False]


def test_an_error_of_the_server_gives_1_and_the_line(wan_run):
    found = wan_run("clip.wan", "--simulate", "--fault", "error at rife", *QUICKLY)
    assert found.status == 1
    assert "error[WAN908 node-failed]" in found.stderr
    assert "--> clip.wan:20:" in found.stderr


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        ("oom at low.samplr", "Did you mean `low.sampler`?"),
        ("error at RIFE", "names no node of the pipeline"),
        ("fail /veiw with 500", "Did you mean `view`?"),
        ("drop socket at execuded", "Did you mean `executed`?"),
    ],
)
def test_a_fault_that_names_nothing_is_refused_before_anything_runs(
    wan_run, tmp_path, fault, shown
):
    found = wan_run("clip.wan", "--simulate", "--fault", fault, *QUICKLY)
    assert found.status == 2 and shown in found.stderr
    assert not (tmp_path / "wan_output").exists()


@pytest.mark.parametrize(
    "fault",
    ["oom at VAEDecodeTiled", "error at LoadLatent", "oom at high.s*", "fail /view with 500"],
)
def test_a_fault_may_name_what_only_a_retry_brings(wan_run, fault):
    assert wan_run("clip.wan", "--simulate", "--fault", fault, *QUICKLY).status in (0, 1)


def test_a_fault_that_did_not_happen_is_reported_at_the_end(wan_run):
    words = (
        "--fault",
        "error at low.sampler",
        "--fault",
        "oom at rife*",
        "--fault",
        "slow /queue by 1ms",
    )
    found = wan_run("clip.wan", "--simulate", *words, *QUICKLY)
    assert found.status == 1
    assert "WAN929" in found.stderr and "`oom at rife*` did not happen" in found.stderr
    assert "`error at low.sampler` did not happen" not in found.stderr


def test_errors_in_the_file_stop_it_before_anything_is_sent(wan_run, tmp_path):
    (tmp_path / "clip.wan").write_text(SPLIT.replace("cfg     = 1.0", "cfg = x"), encoding="utf-8")
    found = wan_run("clip.wan", "--simulate")
    assert found.status == 1
    assert "nothing was run" in found.stderr
    assert not (tmp_path / "wan_output").exists()


def test_everything_that_is_missing_is_told_at_once(wan_run, tmp_path):
    own = """\
model a { file = "none_high.safetensors", noise = "high", family = wan22.t2v_14b }
vae b { file = "none.safetensors" }

"""
    text = SPLIT.replace("pass high", own + "pass high", 1).replace("wan22.t2v_high", "a")
    text = text.replace("    prompt =", "    vae    = b\n    prompt =")
    (tmp_path / "clip.wan").write_text(text, encoding="utf-8")
    with EmbeddedServer(speed=5000) as server:
        found = wan_run("clip.wan", "--server", server.url)
    assert found.status == 1
    assert found.stderr.count("WAN902") == 2
    assert "models/diffusion_models" in found.stderr and "models/vae" in found.stderr


def test_without_a_server_it_says_what_to_do(wan_run):
    found = wan_run("clip.wan", "--server", "http://127.0.0.1:9")
    assert found.status == 2
    assert "--simulate" in found.stderr and "WAN_SERVER" in found.stderr


def test_the_server_is_the_option_else_the_environment(wan_run, monkeypatch):
    with EmbeddedServer(speed=5000) as server:
        monkeypatch.setenv("WAN_SERVER", server.url)
        assert wan_run("clip.wan", "--quiet").status == 0
        monkeypatch.setenv("WAN_SERVER", "http://127.0.0.1:9")
        assert wan_run("clip.wan", "--quiet", "--server", server.url).status == 0
        assert wan_run("clip.wan", "--quiet").status == 2


def test_a_token_is_nowhere_to_be_seen(wan_run, monkeypatch, tmp_path):
    with EmbeddedServer(speed=5000) as server:
        monkeypatch.setenv("WAN_TOKEN", "tok123")
        url = server.url.replace("http://", "http://me:pass123@")
        found = wan_run("clip.wan", "--server", url)
    assert found.status == 0
    kept = "".join(file.read_text("utf-8") for file in (tmp_path / "wan_output").glob("*.json"))
    for secret in ("tok123", "pass123"):
        assert secret not in found.stdout + found.stderr + kept


def test_what_a_server_names_drives_no_terminal(wan_run, monkeypatch):
    real = Client.system_stats

    def stats(self):
        found = real(self)
        found["devices"][0]["name"] = "card\x1b[2J\x07"
        return found

    monkeypatch.setattr(Client, "system_stats", stats)
    found = wan_run("clip.wan", "--simulate", *QUICKLY)
    assert r"card\x1b[2J\x07" in found.stdout
    assert "\x1b" not in found.stdout + found.stderr
    assert "\x1b" not in listed("list") + listed("show")


def listed(*words: str) -> str:
    """What `wan runs` says."""
    with redirect_stdout(StringIO()) as out:
        assert typed.run(typed.app_of(runs.COMMAND), "wan runs", words) == 0
    return out.getvalue()


def test_a_record_that_is_damaged_is_left_out_and_told(wan_run, tmp_path, capsys):
    wan_run("clip.wan", "--simulate", "-q", *QUICKLY)
    (tmp_path / "wan_output" / "run-2.json").write_text("{", encoding="utf-8")
    assert len(listed("list").splitlines()) == 2
    assert "left out: wan_output/run-2.json: is damaged" in capsys.readouterr().err
    assert len(json.loads(listed("list", "--json"))) == 1
    with pytest.raises(WanError, match=r"run-2\.json: is damaged"):
        typed.run(typed.app_of(runs.COMMAND), "wan runs", ("show", "wan_output/run-2.json"))


@pytest.mark.parametrize(
    "words",
    [
        ("--repeat", "0"),
        ("--repeat", "x"),
        ("--silence", "never"),
        ("--target-seconds", "0"),
        ("--fault", "oom at x"),
        ("--simulate", "--server", "http://127.0.0.1:9"),
        ("--simulate", "--fault", "make it rain"),
    ],
)
def test_what_cannot_be_is_said(wan_run, words):
    assert wan_run("clip.wan", *words).status == 2


def test_runs_are_listed_shown_and_compared(wan_run, capsys):
    wan_run("clip.wan", "--simulate", "--repeat", "2", "--set", "seed=9", "-q", *QUICKLY)

    def call(*words: str) -> str:
        capsys.readouterr()
        assert typed.run(typed.app_of(runs.COMMAND), "wan runs", words) == 0
        return capsys.readouterr().out

    listed = call("list").splitlines()
    assert len(listed) == 3
    assert all(each.endswith("  RTX 5090  simulated  seed=9") for each in listed[1:])
    assert all(len(each.removesuffix("seed=9").rstrip()) <= 80 for each in listed[1:])
    assert "clip (clip.wan): success" in call("show")
    RECORD.validate(json.loads(call("show", "--json")))
    assert "high sampling" in call("compare", listed[1].split()[0])
    assert len(json.loads(call("list", "--json"))) == 2


def test_a_random_seed_is_recorded_and_carried_by_the_outputs(wan_run, tmp_path):
    found = wan_run("clip.wan", "--simulate", "--set", "seed=random", *QUICKLY)
    assert found.status == 0
    (record,) = (tmp_path / "wan_output").glob("run-*.json")
    made = json.loads(record.read_text(encoding="utf-8"))
    seed = made["parameters"]["seed"]
    assert f"seed = {seed} (random)\n" in found.stderr
    assert made["prompt"]["json"]["high.sampler"]["inputs"]["noise_seed"] == seed
    carried = (tmp_path / "wan_output" / "clip-simulated-0001.mp4").read_bytes()
    assert f'"parameters": {{"seed": {seed}}}'.encode() in carried


def test_an_output_is_named_as_the_pipeline_saves_it(wan_run, tmp_path):
    text = SPLIT.replace('save("clip")', 'save("video/base_{high.cfg}")')
    (tmp_path / "clip.wan").write_text(text, encoding="utf-8")
    found = wan_run("clip.wan", "--simulate", "--quiet", *QUICKLY)
    found.gives(stdout="wan_output/base_1.0-simulated-0001.mp4\n")
