"""A batch on simulated servers: every job ends once, whatever the servers and the driver do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.test_benching import CLIP
from tests.conftest import ROOT
from wan22dsl.api.batch_options import BatchOptions, BatchWatcher
from wan22dsl.api.batching import batch
from wan22dsl.api.compiler import compile
from wan22dsl.cli.streams import ClosedPipe
from wan22dsl.errors import CommandError
from wan22dsl.fleet import store
from wan22dsl.fleet.earlier_times import Time, earlier_times
from wan22dsl.network import address, limits
from wan22dsl.run import store as records
from wan22dsl.run.client import Client
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable

FAST = inf


class Listener(BatchWatcher):
    """Keeps what happened. `stop_at` presses Ctrl-C at the first progress behind so many ends."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.stop_at = stop_at
        self.lines: list[object] = []
        self.texts: list[str] = []
        self.preview = None

    def planned(self, plan, preview):
        self.preview = preview

    def said(self, text):
        self.texts.append(text)

    def line(self, line):
        self.lines.append(line)

    def progress(self, server, progress):
        ended = sum(line.line == "ended" for line in self.lines)
        if self.stop_at is not None and ended >= self.stop_at:
            self.stop_at = None
            raise KeyboardInterrupt


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("clip.wan").write_text(CLIP, encoding="utf-8")
    return tmp_path


def options(count: int = 6, servers: int = 2, **more: object) -> BatchOptions:
    found = {"files": ("clip.wan",), "repeat": count, "simulate": True, "simulated_servers": servers,
             "speed": FAST, "out": "b"}  # fmt: skip
    return BatchOptions(**{**found, **more})


def ends(folder: str = "b") -> Counter[str]:
    stored = store.load(Path(folder))
    assert not stored.problems
    return Counter(line.how for line in stored.lines if line.line == "ended")


def outputs(folder: str = "b") -> list[str]:
    return sorted(path.name for path in Path(folder).glob("*.mp4"))


def test_every_job_has_its_record_and_its_video(here):
    result = batch(options(), listener := Listener())
    assert (result.how, result.done, result.exit_code) == ("complete", 6, 0)
    assert ends() == {"success": 6}
    stored = store.load(Path("b"))
    assert stored.is_complete
    for state in stored.jobs.values():
        record = stored.record(state.success.record)
        assert (record.batch.id, record.batch.job) == (stored.plan.id, state.job.id)
        assert record.seed_shift == state.job.seed_shift
        assert Path(record.outputs[0].path).name.startswith(f"{state.job.id}-clip-simulated")
    assert len(outputs()) == 6
    assert {line.server for line in listener.lines if line.line == "placed"} == {"sim-01", "sim-02"}


def test_a_job_that_fails_once_is_done_on_another_server(here):
    result = batch(options(3, faults=("error at text_low.sampler",)))
    assert (result.done, result.exit_code) == (3, 0)
    assert ends() == {"success": 3, "error": 1}


def test_a_job_that_always_fails_is_set_aside_and_those_that_need_it_with_it(here):
    Path("r.jsonl").write_text(
        '{"id": "bad", "seed": 1, "text_high.cfg": 2.0}\n{"id": "next", "after": "bad"}\n{"id": "free"}\n',
        encoding="utf-8",
    )
    result = batch(options(1, 3, each="r.jsonl", faults=("error at text_high.sampler always",)))
    assert result.how == "complete"
    assert result.exit_code == 1
    assert set(result.set_aside) == {"bad", "next", "free"}
    assert "failed on 3 servers (sim-01, sim-02, sim-03)" in result.set_aside["bad"]
    assert result.set_aside["next"].startswith("needs `bad`, which was set aside: failed on 3")
    assert ends() == {"error": 6}


def test_out_of_memory_is_tried_staged_before_it_is_given_up(here):
    result = batch(options(1, 2, retry=False, faults=("oom at text_low.sampler unless staged",)))
    assert result.done == 1
    record = next(each for each in records.each(Path("b")).records if each.result == "success")
    assert record.attempts[-1].staged


def test_a_server_that_restarts_costs_only_the_run_on_it(here):
    result = batch(options(4, 2, faults=("restart at text_low.sampler for 0.5s",)))
    assert (result.done, result.exit_code) == (4, 0)


def test_a_server_whose_worker_died_gets_nothing_more(here):
    result = batch(options(4, 2, faults=("die at text_high.sampler",), silence_s=1.0))
    assert (result.done, result.exit_code) == (4, 0)
    lost = [
        line for line in store.load(Path("b")).lines if line.line == "ended" and line.how == "lost"
    ]
    assert len(lost) == 1
    later = [line.server for line in store.load(Path("b")).lines
             if line.line == "placed" and line.attempt > 1]  # fmt: skip
    assert later
    assert lost[0].server not in later


def test_ctrl_c_stops_the_runs_and_resume_goes_on(here):
    result = batch(options(6, 2, speed=200.0), Listener(stop_at=1))
    assert (result.how, result.exit_code) == ("stopped", 130)
    before = ends()
    assert 1 <= before["success"] < 6
    assert store.load(Path("b")).lines[-1].how == "stopped"
    again = BatchOptions(resume=True, out="b", simulate=True, simulated_servers=3, speed=FAST)
    result = batch(again)
    assert (result.how, result.done, result.exit_code) == ("complete", 6, 0)
    assert ends()["success"] == 6
    assert len(outputs()) == 6


def test_a_simulated_batch_goes_on_with_as_many_servers_and_the_same_cards(here):
    batch(options(3, 2, cards=("RTX 4090", "RTX 5090")), Listener(stop_at=1))
    result = batch(BatchOptions(resume=True, out="b"))
    assert (result.how, result.done) == ("complete", 3)
    assert [server.card for server in store.load_plan(Path("b")).servers] == [
        "RTX 4090",
        "RTX 5090",
    ]


def test_a_folder_alone_sends_nothing_to_servers_that_the_user_has_not_named(here):
    batch(options(2, 1), Listener(stop_at=1))
    file = Path("b/batch.json")
    plan = json.loads(file.read_text(encoding="utf-8"))
    plan["simulated"] = False
    plan["servers"] = [
        {"name": "far", "address": "http://203.0.113.9:8188", "card": "", "tags": []}
    ]
    file.write_text(json.dumps(plan), encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        batch(BatchOptions(resume=True, out="b"))
    assert "--resume --out b --server http://203.0.113.9:8188" in str(caught.value)


def test_a_driver_that_is_killed_leaves_runs_that_the_next_one_takes_over(here):
    """No prompt is sent twice, and what was running is waited for."""
    with EmbeddedServer(speed=60.0) as one, EmbeddedServer(speed=60.0) as two:
        urls = ("--server", one.url, "--server", two.url)
        words = ["batch", "clip.wan", "--repeat", "4", "--out", "b", *urls]
        driver = subprocess.Popen(
            [sys.executable, "-m", "wan22dsl", *words],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in driver.stderr:
            if ": done in " in line:
                break
        clients = [Client(address.read(server.url)) for server in (one, two)]
        wait_for(lambda: any(client.queue().running for client in clients))
        driver.kill()
        driver.communicate()
        result = batch(BatchOptions(resume=True, out="b"))  # the folder knows the servers
        sent = [len(client._object("/history", limits.HISTORY)) for client in clients]
        assert all(client.queue() == ((), ()) for client in clients)
    assert (result.how, result.done, result.exit_code) == ("complete", 4, 0)
    assert sum(sent) == 4
    assert any(line.adopted for line in store.load(Path("b")).lines if line.line == "ended")
    assert len(outputs()) == 4


def test_two_batches_on_one_server_follow_each_other(here):
    with EmbeddedServer(speed=300.0) as server:
        named = BatchOptions(files=("clip.wan",), servers=(server.url,), repeat=2)
        results: list[object] = []
        first = threading.Thread(target=lambda: results.append(batch(named._replace(out="b"))))
        first.start()
        wait_for(
            lambda: Path("b/batch.jsonl").exists() and "placed" in Path("b/batch.jsonl").read_text()
        )
        result = batch(named._replace(out="c"))
        first.join()
        results.append(result)
    assert [each.done for each in results] == [2, 2]
    held = [line for line in store.load(Path("c")).lines if line.line == "server"]
    assert held[0].state == "held"
    assert "held by batch" in held[0].reason
    spans = [span(folder) for folder in ("b", "c")]
    assert spans[0][1] <= spans[1][0]


def span(folder: str) -> tuple[str, str]:
    """From the first placing to the last end of a batch."""
    lines = store.load(Path(folder)).lines
    return (
        min(line.at for line in lines if line.line == "placed"),
        max(line.at for line in lines if line.line == "ended"),
    )


def wait_for(is_so: Callable[[], bool]) -> None:
    until_s = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until_s
        time.sleep(0.05)


def test_outputs_that_the_disk_did_not_take_are_fetched_when_there_is_space(here, monkeypatch):
    from wan22dsl.api import batch_unsettled
    from wan22dsl.run import download

    monkeypatch.setattr(batch_unsettled, "_AGAIN_S", 0.05)
    real, failures = download._write, [1, 2]

    def write(*values):
        if failures:
            failures.pop()
            raise OSError(28, "No space left on device")
        return real(*values)

    monkeypatch.setattr(download, "_write", write)
    result = batch(options(2, 1), listener := Listener())
    assert (result.done, result.exit_code) == (2, 0)
    assert len(outputs()) == 2
    assert sum("No space left" in text for text in listener.texts) == 1
    placed = [line.job for line in listener.lines if line.line == "placed"]
    assert sorted(placed) == ["0001-1", "0001-2"]


def test_a_resumed_batch_goes_on_with_the_file_as_it_was_and_says_so(here):
    batch(options(3, 1, speed=200.0), Listener(stop_at=1))
    Path("clip.wan").write_text("wan 1\n", encoding="utf-8")
    again = BatchOptions(resume=True, out="b", simulate=True, simulated_servers=1, speed=FAST)
    result = batch(again, listener := Listener())
    assert result.done == 3
    assert any("clip.wan has changed" in text for text in listener.texts)


def write_a_clip_of_a_picture():
    text = CLIP.replace("param seed", 'param face: image = "face.png"\nparam seed')
    text = text.replace("    prompt =", "    image  = face\n    prompt =")
    text = text.replace("wan22.text_high -> wan22.text_low", "wan22.high -> wan22.low")
    Path("clip.wan").write_text(text, encoding="utf-8")


def test_jobs_of_a_chain_hand_on_the_last_frame(here):
    write_a_clip_of_a_picture()
    Path("r.csv").write_text(
        "id,face\na,\nb,last frame of a\nc,last frame of b\n", encoding="utf-8"
    )
    result = batch(options(1, 2, each="r.csv"))
    assert (result.done, result.exit_code) == (3, 0)
    stored = store.load(Path("b"))
    placed = [line.job for line in stored.lines if line.line == "placed"]
    assert placed == ["a", "b", "c"]
    record = stored.record(stored.jobs["b"].success.record)
    assert record.parameters["face"].endswith("a-clip-simulated-0001-last.png")
    assert Path("b/a-clip-simulated-0001-last.png").read_bytes().startswith(b"\x89PNG")


def test_a_full_disk_sets_no_job_of_a_chain_aside(here, monkeypatch):
    from wan22dsl.api import batch_unsettled

    write, full = records.put, [True]

    def put(folder: Path, name: str, data: bytes) -> Path:
        if name.endswith("-last.png") and full:
            full.pop()
            raise CommandError(f"{name}: No space left on device")
        return write(folder, name, data)

    monkeypatch.setattr(records, "put", put)
    monkeypatch.setattr(batch_unsettled, "_AGAIN_S", 0.01)
    write_a_clip_of_a_picture()
    Path("r.csv").write_text("id,face\na,\nb,last frame of a\n", encoding="utf-8")
    result = batch(options(1, 1, each="r.csv"))
    assert (result.done, result.exit_code, full) == (2, 0, [])


def test_when_nobody_reads_what_is_told_the_runs_are_stopped_and_the_batch_is_ended(here):
    def gone(*_: object) -> None:
        raise ClosedPipe

    with EmbeddedServer(speed=20.0) as server:
        named = BatchOptions(files=("clip.wan",), servers=(server.url,), repeat=2, out="b")
        listener = Listener()
        listener.progress = gone
        with pytest.raises(ClosedPipe):
            batch(named, listener)
        queue = Client(address.read(server.url)).queue()
        assert not queue.running and not queue.pending
    stored = store.load(Path("b"))
    assert (stored.lines[-1].line, stored.lines[-1].how) == ("batch ended", "stopped")
    assert ends() == {"stopped": 1}


def test_a_batch_begins_with_what_earlier_ones_beside_it_have_measured(here):
    def first(folder: str) -> object:
        assert batch(options(1, 1, out=folder)).done == 1
        return next(line for line in store.load(Path(folder)).lines if line.line == "placed")

    assert first("one").basis == "estimate"
    measured = first("two")
    assert measured.basis == "measured"
    ended = next(line for line in store.load(Path("one")).lines if line.line == "ended")
    recipe = store.load_plan(Path("one")).jobs[0].recipe
    time = Time(recipe, "RTX 5090", ended.seconds, ended.load_s)
    assert earlier_times(Path(), {recipe}, simulated=True)[0] == time
    assert earlier_times(Path(), {recipe}, simulated=False) == []
    assert earlier_times(Path(), {"another"}, simulated=True) == []
    for record in Path("two").glob("run-*.json"):
        record.write_text("{", encoding="utf-8")
    assert earlier_times(Path(), {recipe}, simulated=True) == [time]


def test_prompts_of_others_are_waited_for_and_left_alone(here):
    with EmbeddedServer(speed=100.0) as server:
        client = Client(address.read(server.url))
        prompt = compile("clip.wan").prompt
        client.submit(prompt, "11111111-1111-1111-1111-111111111111", {})
        named = BatchOptions(files=("clip.wan",), servers=(server.url,), out="b")
        result = batch(named, Listener())
        theirs = client.history("11111111-1111-1111-1111-111111111111")
    assert (result.done, result.exit_code) == (1, 0)
    assert theirs["status"]["status_str"] == "success"
    lines = store.load(Path("b")).lines
    assert [line.state for line in lines if line.line == "server"] == ["busy", "ready"]
    assert ends() == {"success": 1}


def test_a_server_that_goes_away_and_comes_back_is_used_again(here):
    with EmbeddedServer(speed=100.0) as server:
        named = BatchOptions(files=("clip.wan",), servers=(server.url,), repeat=3, out="b")
        timer = threading.Timer(1.5, lambda: server.restart(1.0))
        timer.start()
        result = batch(named, Listener())
        timer.join()
    assert (result.done, result.exit_code) == (3, 0)


def test_a_server_that_is_drained_meanwhile_gets_nothing_more(here, monkeypatch):
    from wan22dsl.api import batch_driver

    monkeypatch.setattr(batch_driver, "_DRAINED_S", 0.1)
    with EmbeddedServer(speed=200.0) as one, EmbeddedServer(speed=200.0) as two:
        text = "".join(
            f'[fleet.lab.servers.{name}]\nurl = "{server.url}"\n'
            for name, server in (("one", one), ("two", two))
        )
        Path("wan.toml").write_text(text, encoding="utf-8")
        listener = Listener()
        drain = text.replace(
            "[fleet.lab.servers.two]\n",
            '[fleet.lab.servers.two]\ndrained = true\nreason = "a fan is loud"\n',
        )
        listener.progress = lambda *_: Path("wan.toml").write_text(drain, encoding="utf-8")
        named = BatchOptions(
            files=("clip.wan",), fleet="lab", repeat=6, out="b", allow_project=True
        )
        result = batch(named, listener)
    assert (result.done, result.exit_code) == (6, 0)
    placed = Counter(line.server for line in listener.lines if line.line == "placed")
    assert placed == {"one": 5, "two": 1}
    reasons = [
        line.reason for line in listener.lines if line.line == "server" and line.state == "drained"
    ]
    assert reasons == ["a fan is loud"]


def test_a_fleet_whose_scheduler_does_not_answer_is_refused_with_what_to_do(here, monkeypatch):
    from wan22dsl.fleet import dask_engine

    monkeypatch.setattr(dask_engine, "_CONNECT_S", 1.0)
    Path("wan.toml").write_text('[fleet.far]\nscheduler = "tcp://127.0.0.1:9"\n', encoding="utf-8")
    with pytest.raises(CommandError, match=r"does not answer.*\nStart it: dask scheduler"):
        batch(BatchOptions(files=("clip.wan",), fleet="far", allow_project=True, out="b"))
    assert not Path("b").exists()


def test_no_server_is_an_error_before_anything_is_written(here):
    with pytest.raises(CommandError, match="no server answers"):
        batch(BatchOptions(files=("clip.wan",), servers=("http://127.0.0.1:9",), out="b"))
    assert not Path("b").exists()


def test_servers_that_stay_away_end_the_batch_with_its_jobs_left(here):
    with EmbeddedServer(speed=20.0) as server:
        named = BatchOptions(
            files=("clip.wan",), servers=(server.url,), repeat=2, out="b", wait_s=0.5
        )
        listener = Listener()
        listener.progress = lambda *_: server.stop() if server._thread else None
        result = batch(named._replace(silence_s=1.0, gone_s=0.5), listener)
    assert (result.how, result.left, result.exit_code) == ("no servers", 2, 1)


def test_jobs_that_no_server_can_take_are_set_aside_with_the_reason(here):
    Path("r.csv").write_text("id,tags\na,\nb,h100\n", encoding="utf-8")
    result = batch(options(1, 2, each="r.csv"), listener := Listener())
    assert (result.done, set(result.set_aside)) == (1, {"b"})
    assert "no tag `h100`" in result.set_aside["b"]
    assert set(listener.preview.impossible) == {"b"}


def test_a_full_disk_is_said_once_and_waited_for(here, monkeypatch):
    from wan22dsl.api import batch_unsettled

    monkeypatch.setattr(batch_unsettled, "_AGAIN_S", 0.05)
    real, failures = store.Store.add, [CommandError("b/batch.jsonl: No space left on device")] * 5

    def add(self, line):
        if line.line == "ended" and failures:
            raise failures.pop()
        real(self, line)

    monkeypatch.setattr(store.Store, "add", add)
    result = batch(options(3, 1), listener := Listener())
    assert (result.done, result.exit_code) == (3, 0)
    assert sum("No space left" in text for text in listener.texts) == 1


def test_mistakes_in_rows_are_all_said_and_nothing_is_sent(here):
    Path("r.csv").write_text("seed,text_high.cfg\nx,1\n1,y\n2,3\n", encoding="utf-8")
    said = []
    listener = Listener()
    listener.wrong = said.extend
    result = batch(options(1, 1, each="r.csv"), listener)
    assert (result.how, result.exit_code, Path("b").exists()) == ("not started", 1, False)
    assert [(each.place, each.column) for each in said] == [
        ("row 2", "seed"), ("row 3", "text_high.cfg"),
    ]  # fmt: skip


def test_a_dry_run_places_all_jobs_and_sends_nothing(here):
    result = batch(options(6, 3, dry_run=True))
    assert (result.how, result.exit_code) == ("planned", 0)
    assert sum(usage.jobs for usage in result.preview.usages) == 6
    assert result.preview.ends_s > 0
    assert not Path("b").exists()


def test_a_deadline_that_will_be_missed_is_said_before_the_start(here):
    Path("r.csv").write_text("id,due\na,2020-01-01 00:00\nb,2099-01-01 00:00\n", encoding="utf-8")
    result = batch(options(1, 1, each="r.csv", dry_run=True))
    assert set(result.preview.late) == {"a"}


def test_the_lines_of_a_batch_are_those_of_its_schema(here):
    from jsonschema import Draft202012Validator

    from wan22dsl import resources

    batch(options(2, 1))
    validator = Draft202012Validator(json.loads(resources.schema("batch_line")))
    for line in Path("b/batch.jsonl").read_text(encoding="utf-8").splitlines():
        validator.validate(json.loads(line))
