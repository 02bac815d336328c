"""Batches over workers of a Dask scheduler: every job ends once, whatever becomes of workers and drivers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.test_batching import wait_for
from tests.api.test_benching import CLIP
from tests.conftest import ROOT
from wan22dsl.api.batch_options import BatchOptions, BatchWatcher
from wan22dsl.api.batching import batch
from wan22dsl.errors import CommandError
from wan22dsl.fleet import store
from wan22dsl.network import address, limits
from wan22dsl.run.client import Client
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("distributed")

#: A grey pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a494441"
    "54789c636800000082008177cd72b60000000049454e44ae426082"
)


class Listener(BatchWatcher):
    """Keeps what is said; `on_progress` is called once, when a run has begun."""

    def __init__(self, on_progress=None):
        self.texts: list[str] = []
        self.on_progress = on_progress

    def said(self, text):
        self.texts.append(text)

    def progress(self, server, progress):
        if self.on_progress is not None:
            then, self.on_progress = self.on_progress, None
            then(server)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("clip.wan").write_text(CLIP, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A scheduler on loopback, without workers."""
    words = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, *words, "--no-dashboard", "--no-show"], stderr=subprocess.PIPE, text=True
    )
    for line in process.stderr:
        if "Scheduler at:" in line:
            yield line.split()[-1]
            break
    process.kill()
    process.communicate()


class Worker:
    """A `wan worker` that can be killed."""

    def __init__(self, scheduler: str, url: str, name: str, folder: Path) -> None:
        words = ["worker", scheduler, "--server", url, "--name", name, "--folder", str(folder)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wan22dsl", *words],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )

    @cached_property
    def first(self) -> str:
        """What it says when it is there."""
        return self._process.stderr.readline()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def end(self) -> tuple[int, str]:
        self._process.terminate()
        _, text = self._process.communicate(timeout=60)
        return self._process.returncode, text


def check(folder: str, jobs: int) -> store.Stored:
    """Every job has succeeded once, and its outputs are here with the bytes that its record says."""
    at = Path(folder)
    found = store.load(at)
    assert not found.problems
    good = [line for line in found.lines if line.line == "ended" and line.how == "success"]
    assert Counter(line.job for line in good) == Counter({job.id: 1 for job in found.plan.jobs})
    assert len(good) == jobs and not found.unsettled
    named = []
    for line in good:
        record = json.loads((at / f"run-{line.record}.json").read_bytes())
        assert (record["result"], record["source"]["file"]) == ("success", "clip.wan")
        assert record["batch"]["job"] == line.job
        for output in record["outputs"]:
            assert Path(output["path"]).parent == at
            assert sha256(Path(output["path"]).read_bytes()).hexdigest() == output["sha256"]
            named.append(Path(output["path"]).name)
    assert sorted(named) == sorted(file.name for file in at.glob("[!.]*.mp4"))
    return found


class Place:
    """Two simulated servers, each with a worker."""

    def __init__(self, scheduler: str, servers: dict[str, EmbeddedServer], folder: Path) -> None:
        self.scheduler, self.servers, self._folder = scheduler, servers, folder
        self.workers = {name: self.start(name) for name in servers}

    def start(self, name: str) -> Worker:
        return Worker(self.scheduler, self.servers[name].url, name, self._folder / name)

    def clients(self) -> list[Client]:
        return [Client(address.read(server.url)) for server in self.servers.values()]

    def sent(self) -> int:
        """The prompts that the servers have had."""
        return sum(len(client._object("/history", limits.HISTORY)) for client in self.clients())

    def left(self) -> list[Path]:
        """What the workers have kept."""
        return [*self._folder.glob("*/*/*.mp4"), *self._folder.glob("*/*/run-*.json")]


@pytest.fixture(scope="module")
def place(scheduler, tmp_path_factory) -> Iterator[Place]:
    with EmbeddedServer(speed=60.0) as one, EmbeddedServer(speed=60.0) as two:
        found = Place(scheduler, {"a": one, "b": two}, tmp_path_factory.mktemp("workers"))
        assert all(worker.first for worker in found.workers.values())
        yield found
        for worker in found.workers.values():
            worker.kill()


def test_a_batch_runs_on_workers_and_its_files_go_to_them_and_come_back(here, place):
    """A server that is named by its URL and has a worker is one. Clips follow each other across servers."""
    url = place.servers["a"].url
    assert f"worker a of {url} is there for {place.scheduler}" in place.workers["a"].first
    text = CLIP.replace("param seed", 'param face: image = "face.png"\nparam seed')
    text = text.replace("    prompt =", "    image  = face\n    prompt =")
    text = text.replace("wan22.text_high -> wan22.text_low", "wan22.high -> wan22.low")
    Path("clip.wan").write_text(text, encoding="utf-8")
    Path("face.png").write_bytes(PNG)
    Path("rows.csv").write_text("id,face\na,\nb,last frame of a\nc,\n", encoding="utf-8")
    before, watcher = place.sent(), Listener()
    options = BatchOptions(files=("clip.wan",), each="rows.csv", out="b", servers=(url,))
    result = batch(options._replace(scheduler=place.scheduler), watcher)
    assert (result.how, result.done, result.exit_code) == ("complete", 3, 0), watcher.texts
    assert place.sent() - before == 3
    placed = {line.server for line in check("b", 3).lines if line.line == "placed"}
    assert placed <= {url.partition("://")[2], "b"}
    assert any(client.has_input("face.png") for client in place.clients())
    wait_for(lambda: not place.left())


def test_a_worker_that_is_killed_says_what_became_of_its_job_when_it_is_back(here, place):
    def kill(server):
        place.workers[server].kill()
        place.workers[server] = place.start(server)

    before, watcher = place.sent(), Listener(kill)
    options = BatchOptions(files=("clip.wan",), repeat=3, out="b", scheduler=place.scheduler)
    result = batch(options, watcher)
    assert (result.how, result.done) == ("complete", 3), watcher.texts
    assert any("it is waited for" in text for text in watcher.texts), watcher.texts
    assert place.sent() - before == 3
    ends = [line for line in check("b", 3).lines if line.line == "ended"]
    assert sum(line.adopted for line in ends) == 1


def test_a_driver_that_is_killed_leaves_its_runs_to_the_workers_and_the_next_driver(here, place):
    before = place.sent()
    words = ["batch", "clip.wan", "--repeat", "3", "--out", "b", "--scheduler", place.scheduler]
    driver = subprocess.Popen(
        [sys.executable, "-m", "wan22dsl", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: any(client.queue().running for client in place.clients()))
    driver.kill()
    driver.communicate()
    result = batch(BatchOptions(resume=True, out="b", scheduler=place.scheduler))
    assert (result.how, result.done) == ("complete", 3)
    assert place.sent() - before == 3
    check("b", 3)


def test_ctrl_c_ends_a_worker(place):
    assert place.workers["b"].first
    status, text = place.workers["b"].end()
    assert status == 130 and "Traceback" not in text


def test_where_no_scheduler_or_no_worker_is_that_is_said(here, monkeypatch):
    options = BatchOptions(files=("clip.wan",))
    with pytest.raises(CommandError, match="is not the address of a Dask scheduler"):
        batch(options._replace(scheduler="http://127.0.0.1:1"))
    monkeypatch.setattr("wan22dsl.fleet.dask_engine._CONNECT_S", 0.5)
    with pytest.raises(CommandError, match="does not answer"):
        batch(options._replace(scheduler="tcp://127.0.0.1:9"))
