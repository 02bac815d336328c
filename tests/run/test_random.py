"""Two hundred runs, one after another, with faults by chance: none hangs, none is lost, nothing is left."""

from __future__ import annotations

import gc
import random
import threading
from pathlib import Path

import pytest

from tests.run.conftest import run_on
from wan22dsl.server.embedded import EmbeddedServer

FAULTS = [
    "oom at low.sampler",
    "oom at low.decode",
    "oom at high.sampler twice",
    "error at rife",
    "drop socket after 2 messages",
    "drop socket after 7 messages 3 times",
    "drop socket at execution_success",
    "drop socket at executed",
    "slow /history by 50ms 3 times",
    "slow /prompt by 50ms",
    "fail /history with 500",
    "fail /prompt with 503",
    "fail /view with 502",
    "truncate /view at 900 bytes",
    "truncate /view at 900 bytes quietly",
    "truncate /prompt at 4 bytes",
    "truncate /queue at 3 bytes",
    "restart at low.sampler for 50ms",
    "busy with 1 prompts",
]


@pytest.mark.parametrize("part", range(8))
def test_twenty_five_runs_with_random_faults_eight_times(tmp_path, part):
    chance = random.Random(part)
    ends: dict[str, int] = {}
    sockets = open_files()
    for number in range(25):
        faults = chance.sample(FAULTS, chance.choice([0, 1, 1, 2, 3]))
        with EmbeddedServer(speed=float("inf"), faults=faults) as server:
            record = run_on(server.url, tmp_path / str(number), retry=True).done.record
        recovered = len(record.attempts) > 1
        end = "recovered" if record.result == "success" and recovered else record.result
        ends[end] = ends.get(end, 0) + 1
        if record.result == "success":
            assert len(record.outputs) == 1 and record.outputs[0].path.exists(), faults
        else:
            assert record.result == "error" and any(finding.is_error for finding in record.found), (
                faults
            )
            assert "error at rife" in faults, faults
    assert ends.get("success") and ends.get("recovered"), ends
    assert not [file for file in threading.enumerate() if file.name.startswith("wan-")]
    gc.collect()
    assert open_files() <= sockets + 2


def open_files() -> int:
    """How many files and sockets this process has open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0
