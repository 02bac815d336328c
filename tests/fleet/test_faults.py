"""Batches to which everything happens that can happen: ten in `make test`, and 200 with `WAN_DEEP=1`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks.fleet_faults import Trial, tried_all

DEEP = bool(os.environ.get("WAN_DEEP"))


@pytest.mark.skipif(sys.platform != "linux", reason="it freezes processes, and limits their files")
def test_whatever_happens_every_job_ends_once_and_nothing_is_left_on_any_server(tmp_path):
    usual = Trial(0) if DEEP else Trial(0, jobs=5, servers=3, hosts=2, deeds=3, gone_s=2.0)
    trials = [usual._replace(seed=seed) for seed in range(200 if DEEP else 10)]
    keep = Path(os.environ.get("WAN_TRIALS", tmp_path))
    found = tried_all(trials, keep, at_once=4)
    assert {each.seed: each.broken for each in found if each.broken} == {}
    assert all(each.done + each.aside == trial.jobs for each, trial in zip(found, trials))
