"""Whole commands with faults by chance, also before the submit: each ends well, or says why."""

from __future__ import annotations

import gc
import json
import random
import threading
from collections import Counter

import pytest

from tests.run.test_random import open_files
from tests.run.test_retry import PICTURE
from wan22dsl.run import store
from wan22dsl.run.verify import damage
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.pictures import png

FAULTS = [
    "fail /system_stats",
    "fail /system_stats with 503 twice",
    "truncate /system_stats at 9 bytes",
    "truncate /object_info/KSamplerAdvanced",
    "fail /object_info with 502 3 times",
    "truncate /upload/image",
    "fail /upload/image with 500 twice",
    "oom at low.sampler",
    "oom at high.sampler twice",
    "oom at low.sampler always",
    "error at rife*",
    "drop socket after 2 messages",
    "drop socket at executing always",
    "drop socket at execution_success",
    "fail /history with 500 3 times",
    "fail /prompt with 503",
    "fail /view with 404",
    "fail /view with 502 twice",
    "truncate /view at 900 bytes quietly",
    "truncate /prompt at 4 bytes",
    "truncate /queue at 3 bytes",
    "restart at low.sampler for 50ms",
    "busy with 1 prompts",
    "reject SaveVideo",
]

#: What cannot be recovered from.
LASTING = ("oom at low.sampler always", "error at", "with 404", "reject")


def command(wan, chance: random.Random) -> str:
    """One command with faults; gives how it ended."""
    faults = chance.sample(FAULTS, chance.choice([0, 1, 1, 2, 3, 4]))
    speed = chance.choice(["max", "3000", "20000"])
    words = [word for fault in faults for word in ("--fault", fault)]
    words += ["--staged"] if chance.random() < 0.2 else []
    done = wan("run", "clip.wan", "--simulate", "--speed", speed, "--json", *words)
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr, (
        faults,
        done.stderr,
    )
    record = json.loads(done.stdout.splitlines()[-1])["record"]
    assert (done.status == 0) == (record["result"] == "success"), faults
    if done.status:
        assert [fault for fault in faults if any(word in fault for word in LASTING)], (
            faults,
            done.stderr,
        )
        assert [finding for finding in record["findings"] if finding["severity"] == "error"], faults
    else:
        assert len(record["outputs"]) == 1 and not record["not_fetched"], faults
        assert record["timing"]["total_s"] > 0
    return record["result"]


def commands(wan, folder, number: int, seed: int) -> Counter[str]:
    """Many commands; at the end every record can be read, and every output is whole."""
    chance = random.Random(seed)
    wan.write("clip.wan", PICTURE)
    wan.write("face.png", png(Clip(64, 64, 1, 16.0, ""), 0, {}))
    ends = Counter(command(wan, chance) for _ in range(number))
    records, problems = store.each(folder / "wan_output")
    assert len(records) == number and not problems
    for record in records:
        for output in record.outputs:
            assert damage(folder / output.path) is None
    assert not list((folder / "wan_output").glob(".*"))
    return ends


@pytest.mark.parametrize("seed", [1, 2])
def test_four_commands_with_random_faults_twice(wan, tmp_path, seed):
    before = open_files()
    assert commands(wan, tmp_path, 4, seed)["success"]
    assert not [file for file in threading.enumerate() if file.name.startswith("wan-")]
    gc.collect()
    assert open_files() <= before + 2
