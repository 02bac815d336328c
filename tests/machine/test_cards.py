"""Cards as `pynvml` reads them from a library: the calls, their arguments and their units."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("stand_in_nvml.c")
CODE = "import json; from wan22dsl.machine import cards; print(json.dumps(cards.read()))"


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("cc") is None,
    reason="needs a compiler, and is loaded as on Linux",
)
def test_a_card_is_read_through_the_binding_of_nvidia(tmp_path):
    library = tmp_path / "libnvidia-ml.so.1"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    environment = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, cwd=SOURCE.parents[2], check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    driver, (card,), missing = json.loads(done.stdout)
    assert (driver, missing) == (["580.95.05", "13.0"], "")
    name, id, memory, capability, generation, width, limit, default, most, clock, *rest = card
    assert (name, len(id), memory, capability) == (
        "NVIDIA GeForce RTX 4090", 16, 25_757_220_864, "8.9",
    )  # fmt: skip
    assert (generation, width, limit, default, most, clock) == (4, 16, 300.0, 450.0, 600.0, 3120)
    assert rest[:4] == [10_501, 90, None, None]
    used, busy, degrees, watts, megahertz, state, link, lanes, throttled, programs = rest[-1]
    assert (used, busy, degrees, watts, megahertz) == (611_319_808, 2, 38, 21.4, 210)
    assert (state, link, lanes, programs) == (8, 1, 16, [])
    assert throttled == ["power limit", "too hot (software limit)"]
