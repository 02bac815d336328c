"""`run_bench`: a bench from its plan to what can be said of it, on simulated cards and on programs."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.launch.conftest import fake_in
from wan22dsl.api.bench_options import BenchOptions, BenchWatcher
from wan22dsl.api.bench_places import other_flags
from wan22dsl.api.benching import run_bench
from wan22dsl.bench import store
from wan22dsl.comfyui.starting.profile import Flag, Profile
from wan22dsl.errors import CommandError
from wan22dsl.run import store as records
from wan22dsl.run import store as run_store
from wan22dsl.run.events import Step
from wan22dsl.run.record import Host
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

CFG = CLIP + "bench cfg { of = clip, vary = { text_high.cfg = [1.0, 3.5] }, rounds = 1 }\n"

PROFILES = """\
profile plain { flags = { use_pytorch_cross_attention = true } }
profile sage { flags = { use_sage_attention = true } }
"""


class Listener(BenchWatcher):
    """Keeps what happened; `stop_at` presses Ctrl-C at the first step of this run, from 1."""

    def __init__(self, stop_at: int = 0) -> None:
        self.stop_at, self.begun = stop_at, 0
        self.lines: list[object] = []
        self.left_s: list[float] = []
        self.notes: dict[int, str] = {}

    def planned(self, plan, time, notes):
        self.notes = dict(notes)

    def run_begins(self, step, job, host, left):
        self.begun += 1
        self.left_s.append(left.seconds)

    def event(self, event):
        if self.begun == self.stop_at and isinstance(event, Step):
            self.stop_at = 0
            raise KeyboardInterrupt

    def line(self, line):
        self.lines.append(line)


@pytest.fixture
def bench(tmp_path):
    """Runs a text as a file, in a folder `bench` next to it."""

    def run(text: str = CFG, watcher: BenchWatcher | None = None, **options):
        file = tmp_path / "clip.wan"
        file.write_text(text, "utf-8")
        usual = {"simulate": True, "out": tmp_path / "bench", "repeat": 1}
        if any(options.get(kind) for kind in ("servers", "installs", "fleet")):
            usual.pop("simulate")
        return run_bench(file, BenchOptions(**{**usual, **options}), watcher=watcher)

    return run


def roles(folder: Path) -> list[tuple[str, str, int]]:
    return [(run.cell, run.role, run.number) for run in store.load(folder).runs]


def test_every_cell_is_warmed_up_and_measured_and_each_run_has_a_record(bench):
    watcher = Listener()
    result = bench(watcher=watcher, repeat=2)
    assert (result.how, result.exit_code) == ("finished", 0)
    first, second = (cell.id for cell in result.plan.cells)
    each = [("warmup", 1), ("measured", 1), ("measured", 2)]
    assert roles(result.folder) == [(id, *run) for id in (first, second) for run in each]
    stored = store.load(result.folder)
    assert stored.lines == tuple(watcher.lines)
    assert [line.line for line in stored.lines][-2:] == ["session_end", "end"]
    seeds = set()
    for run in stored.runs:
        record = stored.record(run)
        assert record.bench.model_dump() == {
            "id": stored.plan.id, "cell": run.cell, "role": run.role,
            "session": 1, "number": run.number,
        }  # fmt: skip
        assert record.timing.total_s == run.figures.total_s
        assert not any(own.cached for own in record.timing.passes)
        seeds.add((run.cell, record.seed_shift))
    assert len(seeds) == 6
    assert watcher.left_s == sorted(watcher.left_s, reverse=True)
    (comparison,) = result.outcome.comparisons
    assert comparison.word in ("slower", "unclear") and comparison.ratio > 1.2


def test_a_dry_run_leaves_nothing(bench, tmp_path):
    result = bench(dry_run=True)
    assert (result.how, result.outcome, result.exit_code) == ("planned", None, 0)
    assert all(cell.estimate_s for cell in result.plan.cells)
    assert not (tmp_path / "bench").exists()


@pytest.mark.parametrize("at", [1, 2, 4])
def test_ctrl_c_ends_the_run_and_resume_measures_the_rest(bench, at):
    stopped = bench(watcher=Listener(at))
    assert (stopped.how, stopped.exit_code) == ("stopped", 130)
    runs = store.load(stopped.folder).runs
    assert len(runs) == at
    assert [reason.cause for reason in runs[-1].reasons] == ["stopped"]
    resumed = bench(resume=True)
    assert (resumed.how, resumed.exit_code) == ("finished", 0)
    assert resumed.plan.id == stopped.plan.id
    good = [run for run in store.load(resumed.folder).runs if not run.reasons]
    measured = [run.cell for run in good if run.role == "measured"]
    assert sorted(measured) == sorted(cell.id for cell in resumed.plan.cells)
    again = bench(resume=True, watcher=(watcher := Listener()))
    assert (again.how, watcher.begun) == ("finished", 0)


def test_a_bench_of_another_text_is_not_resumed(bench):
    bench(watcher=Listener(1))
    with pytest.raises(CommandError, match="the file is not as it was"):
        bench(CFG.replace("harbour", "lake"), resume=True)


def test_a_folder_with_a_bench_gets_no_second_one(bench):
    bench(watcher=Listener(1))
    with pytest.raises(CommandError, match="has a bench already"):
        bench()


def test_two_benches_do_not_measure_into_one_folder(bench, tmp_path):
    done = bench(watcher=Listener(1))
    with store.resume(done.folder), pytest.raises(CommandError, match="another `wan bench`"):
        bench(resume=True)


def test_out_of_memory_ends_its_cell_and_the_next_one_has_a_fresh_server(bench):
    result = bench(faults=["oom at text_high.sampler"])
    assert (result.how, result.exit_code) == ("finished", 1)
    stored = store.load(result.folder)
    first, second = stored.plan.cells
    assert [(run.cell, run.role) for run in stored.runs] == [
        (first.id, "warmup"), (second.id, "warmup"), (second.id, "measured"),
    ]  # fmt: skip
    assert [reason.cause for reason in stored.runs[0].reasons] == ["out of memory"]
    assert len(stored.sessions) == 2
    assert [each.state for each in result.outcome.cells] == ["not measured", "measured"]


def test_a_server_that_dies_ends_its_cell_only(bench):
    result = bench(faults=["restart at text_high.sampler"])
    runs = store.load(result.folder).runs
    assert [reason.cause for reason in runs[0].reasons] == ["server died"]
    assert [run.role for run in runs[1:]] == ["warmup", "measured"]


def test_a_fault_that_no_cell_can_have_is_refused_at_once(bench, tmp_path):
    with pytest.raises(CommandError, match="names no node"):
        bench(faults=["oom at nowhere.sampler"])
    assert not (tmp_path / "bench").exists()


def test_the_budget_leaves_out_what_does_not_fit_and_says_so(bench):
    whole = bench(dry_run=True).plan.cells
    result = bench(budget_s=2.5 * (whole[0].cold_estimate_s or 0))
    assert result.how == "budget"
    assert result.left_out == (whole[1].id,)
    assert {run.cell for run in store.load(result.folder).runs} == {whole[0].id}
    assert bench(resume=True).exit_code == 0


def test_a_simulation_compares_no_profiles_that_differ_in_flags_that_it_does_not_know(bench):
    text = CLIP + PROFILES + "bench b { of = clip, profiles = [plain, sage], rounds = 1 }\n"
    result = bench(text)
    plain, sage = result.plan.cells
    assert (plain.not_simulated, sage.not_simulated) == ((), ("--use-sage-attention",))
    assert {run.cell for run in store.load(result.folder).runs} == {plain.id, sage.id}
    (compared,) = result.outcome.comparisons
    assert (compared.word, compared.ratio) == ("not comparable", None)
    assert "does not know what `--use-sage-attention` changes" in compared.note
    assert result.exit_code == 0


def test_several_cards_are_several_places(bench):
    result = bench(cards=["RTX 5090", "RTX 4090"])
    assert [session.place for session in result.plan.sessions] == [
        "simulated RTX 5090", "simulated RTX 4090",
    ]  # fmt: skip
    totals = {each.cell.id: each.figures["total_s"].value for each in result.outcome.cells}
    assert len(totals) == 4
    assert min(totals, key=lambda id: totals[id]).startswith("simulated RTX 5090")


def test_a_bench_with_errors_is_not_begun(bench, tmp_path):
    text = CLIP + "bench b { of = clip, vary = { text_high.cgf = [1.0, 3.5] } }\n"
    result = bench(text)
    assert (result.how, result.plan, result.exit_code) == ("not started", None, 1)
    assert any(finding.is_error for finding in result.findings)
    assert not (tmp_path / "bench").exists()


def test_a_running_server_is_measured_as_it_is(bench):
    with EmbeddedServer(speed=1e6) as server:
        result = bench(servers=[server.url])
    assert (result.how, result.exit_code) == ("finished", 0)
    # A simulated server behind an address is no real card: so is the bench.
    assert result.plan.simulated
    assert "(simulated" in result.outcome.verdict


def test_disturbances_of_a_simulation_are_in_its_times_and_stated(bench):
    result = bench(simulate=True, disturbances=["50 % slower at text_low.sampler"])
    steps = [cell.figures for cell in result.outcome.cells]
    for figures in steps:
        assert figures["text_low.step_s"].value > 1.2 * steps[0]["text_high.step_s"].value
        break
    said = "Disturbed on purpose: 50 % slower at text_low.sampler."
    assert said in result.outcome.notes
    assert store.load(result.folder).sessions[0].findings == (said,)


def test_disturbances_differ_from_session_to_session(bench):
    text = CFG.replace("rounds = 1", "rounds = 2")
    result = bench(text, simulate=True, disturbances=["sessions differ by 5 %"], repeat=1)
    first, second = result.outcome.cells[0].figures["total_s"].medians
    assert first != second


def test_a_server_with_other_flags_is_not_measured_and_the_way_out_is_shown(bench):
    text = CLIP + PROFILES + "bench b { of = clip, profiles = [plain, sage], rounds = 1 }\n"
    with EmbeddedServer(speed=1e6) as server:
        watcher = Listener()
        result = bench(text, servers=[server.url], watcher=watcher)
    _, session = store.load(result.folder).sessions
    assert session.reason.cause == "not started"
    assert "--use-sage-attention" in session.reason.text
    assert "--comfyui NAME" in session.reason.text
    assert watcher.notes[2] == session.reason.text
    assert result.exit_code == 1


def test_a_server_that_does_not_answer_is_said_before_anything_is_made(bench, tmp_path):
    with pytest.raises(CommandError, match="cannot be reached"):
        bench(servers=["http://127.0.0.1:9"])
    assert not (tmp_path / "bench").exists()


def test_each_server_of_a_fleet_is_a_place_and_one_that_is_away_stops_no_other(bench, tmp_path):
    with EmbeddedServer(speed=1e6) as one, EmbeddedServer(card="RTX 4090", speed=1e6) as other:
        urls = {"one": one.url, "away": "http://127.0.0.1:9", "other": other.url, "out": one.url}
        (tmp_path / "wan.toml").write_text(
            "".join(f'[fleet.f.servers.{name}]\nurl = "{url}"\n' for name, url in urls.items())
            .replace(f'out]\nurl = "{one.url}"', 'out]\nurl = "http://127.0.0.1:8"\ndrained = true'),
            "utf-8",
        )  # fmt: skip
        watcher = Listener()
        with pytest.raises(CommandError, match="names servers that you have not allowed"):
            bench(fleet="f")
        result = bench(fleet="f", allow_project=True, watcher=watcher)
    assert [session.place for session in result.plan.sessions] == ["one", "away", "other"]
    stored = store.load(result.folder)
    reasons = [session.reason.cause if session.reason else "" for session in stored.sessions]
    assert reasons == ["", "not started", ""]
    assert "127.0.0.1:9" in stored.sessions[1].reason.text == watcher.notes[2]
    records = run_store.each(result.folder).records
    cards = {record.server.devices[0].name for record in records}
    assert len(cards) == 2
    assert {each.cell.place for each in result.outcome.cells} == {"one", "away", "other"}


def host(*argv: str) -> Host:
    return Host("http://x", False, {"system": {"argv": ["main.py", *argv]}})


@pytest.mark.parametrize(
    ("flags", "argv", "differs"),
    [
        ((Flag("--lowvram", True),), ("--lowvram", "--port", "1"), None),
        ((), ("--listen", "0.0.0.0"), None),
        ((Flag("--reserve-vram", 2.0),), ("--reserve-vram", "2"), None),
        ((Flag("--lowvram", False),), (), None),
        ((Flag("--lowvram", True),), (), "`--lowvram`"),
        ((), ("--lowvram",), "the server has `--lowvram`"),
        ((Flag("--reserve-vram", 2.0),), ("--reserve-vram", "1"), "`--reserve-vram 2`"),
    ],
)
def test_flags_of_a_server_are_compared_with_those_of_a_profile(flags, argv, differs):
    found = other_flags(Profile("p", flags=flags), host(*argv))
    assert (found is None) if differs is None else (differs in found)


def test_a_comfyui_that_does_not_start_is_the_reason_of_its_cells(bench, tmp_path):
    install = fake_in(tmp_path / "comfyui", says="boom: the wrong card", exits=3)
    result = bench(installs=[install.folder], python=install.python)
    (session,) = store.load(result.folder).sessions
    assert session.reason.cause == "not started"
    assert result.exit_code == 1
    assert [each.state for each in result.outcome.cells] == ["not measured", "not measured"]
    assert (result.folder / "comfyui-1.log").exists()


def test_options_that_contradict_each_other_are_refused():
    for options, said in (
        (BenchOptions(simulate=True, servers=["http://x"]), "exclude each other"),
        (BenchOptions(fleet="f", servers=["http://x"]), "--server and --fleet exclude each other"),
        (BenchOptions(cards=["RTX 4090"]), "belong to --simulate"),
        (BenchOptions(python="python"), "belongs to one --comfyui"),
    ):
        with pytest.raises(CommandError, match=said):
            options.check()


def test_a_record_that_is_lost_does_not_count(bench):
    result = bench()
    stored = store.load(result.folder)
    lost = next(run for run in stored.runs if run.role == "measured")
    (result.folder / f"run-{lost.record}.json").unlink()
    again = bench(resume=True)
    assert again.exit_code in (0, 1)
    assert records.each(result.folder).problems == ()


def test_the_lines_of_a_bench_are_json_one_each(bench):
    folder = bench().folder
    lines = (folder / "bench.jsonl").read_text("utf-8").splitlines()
    assert all(json.loads(line)["line"] for line in lines)
    shutil.rmtree(folder)


def test_with_quality_the_videos_of_measured_runs_are_measured_and_their_figures_kept(bench):
    result = bench(CFG.replace("rounds = 1", "rounds = 1, quality = true"))
    stored = store.load(result.folder)
    assert result.exit_code == 0
    for run in stored.runs:
        record = stored.record(run)
        assert (record.quality is not None) == (run.role == "measured")
        assert (run.figures.quality.get("sharpness", 0) > 0) == (run.role == "measured")
    (compared,) = result.outcome.compare("quality.sharpness")
    assert (compared.word, compared.value is not None) == ("not comparable", True)
