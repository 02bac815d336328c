"""What a driver tells those who look on: `now.json` while it runs, metrics in a file, and all it is told."""

from __future__ import annotations

import inspect
import json
from datetime import datetime, timezone
from pathlib import Path

import jsonschema
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import ROOT
from tests.fleet.made_batch import made
from wan22dsl.api.batch_options import BatchOptions, BatchResult, BatchWatcher
from wan22dsl.api.batch_tasks import Progress
from wan22dsl.api.batch_told import Telling
from wan22dsl.api.batching import batch
from wan22dsl.fleet import now
from wan22dsl.fleet.board import Counts
from wan22dsl.fleet.forecast import Forecast

PORTRAIT = ROOT / "examples" / "portrait.wan"


def methods(of):
    return {name for name, each in inspect.getmembers(of, inspect.isfunction) if name[0] != "_"}


def test_everything_is_passed_on():
    assert methods(BatchWatcher) <= set(vars(Telling))


class Looking(BatchWatcher):
    """Looks into `now.json` whenever something happens."""

    def __init__(self):
        self.place = None
        self.seen = []

    def folder(self, folder, is_resumed):
        self.place = folder

    def progress(self, server, progress):
        self.seen.append(
            now.read(self.place, json.loads((self.place / "batch.json").read_text())["id"])
        )


def test_a_batch_tells_what_runs_and_at_its_end_that_nothing_does(tmp_path, monkeypatch):
    monkeypatch.setattr("wan22dsl.api.batch_told._NOW_S", 0.0)
    watcher = Looking()
    metrics = tmp_path / "wan.prom"
    options = BatchOptions(
        files=(PORTRAIT,), repeat=4, simulate=True, simulated_servers=2, speed=200.0, out=tmp_path / "b",
        metrics=metrics,
    )  # fmt: skip
    result = batch(options, watcher)
    assert result.done == 4
    told = [each for each in watcher.seen if each is not None and each.running]
    assert {each.running[0].job for each in told} <= {job.id for job in result.plan.jobs}
    assert any(progress.steps for each in told for progress in each.running)
    last = now.read(tmp_path / "b", result.plan.id)
    assert last is not None and last.running == () and last.expected_end is None
    families = {each.name: each for each in text_string_to_metric_families(metrics.read_text())}
    jobs = {each.labels["state"]: each.value for each in families["wan_batch_jobs"].samples}
    assert jobs["done"] == 4 and sum(jobs.values()) == 4
    schema = json.loads((ROOT / "schemas" / "batch_now.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads((tmp_path / "b" / now.FILE).read_text("utf-8")), schema)


def test_metrics_that_cannot_be_written_are_said_once_and_stop_nothing(tmp_path):
    said = []

    class Said(BatchWatcher):
        def said(self, text):
            said.append(text)

    made(3, 1).put(tmp_path, with_records=False)
    telling = Telling(Said(), tmp_path)
    telling.folder(tmp_path, False)
    telling.planned(made(3, 1).plan, None)
    telling.ends(BatchResult("complete"))
    telling.ends(BatchResult("complete"))
    assert len(said) == 1 and said[0].startswith("metrics are not written: ")


def of_plan(folder, **changes):
    plan = made(3, 1).plan.model_copy(update=changes)
    telling = Telling(BatchWatcher())
    telling.folder(folder, False)
    telling.planned(plan, None)
    return telling, plan


def test_the_expected_end_is_by_the_clock_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.setattr("wan22dsl.api.batch_told._NOW_S", 0.0)
    telling, plan = of_plan(tmp_path)
    telling.counts(Counts(1, 0, 1, 1, 0), Forecast(3700.0, 3700.0, {}, ()), 100.0)
    end = datetime.fromisoformat(now.read(tmp_path, plan.id).expected_end)
    assert abs((end - datetime.now(timezone.utc)).total_seconds() - 3600) < 60


def test_what_another_batch_left_is_not_taken_for_it(tmp_path):
    telling, plan = of_plan(tmp_path)
    telling.progress("gpu-01", Progress("0001", "high", "sampling", 1, 4))
    assert now.read(tmp_path, plan.id) is not None
    assert now.read(tmp_path, "another") is None
    (tmp_path / now.FILE).write_text('{"now": 1')
    assert now.read(tmp_path, plan.id) is None


def test_a_folder_that_takes_nothing_stops_no_batch(tmp_path):
    telling, _ = of_plan(Path("/dev/null/none"))
    telling.progress("gpu-01", Progress("0001", "high", "sampling", 1, 4))
    telling.ends(BatchResult("stopped"))
