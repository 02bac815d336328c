"""Whatever a server answers, a snapshot is taken that fits its schema and can be shown and compared."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.machine.nvml import RTX_4090, Nvml
from wan22dsl import resources
from wan22dsl.machine import computer, difference, summary
from wan22dsl.machine.doctor.examination import examine
from wan22dsl.machine.doctor.facts import Facts
from wan22dsl.machine.server import Server
from wan22dsl.machine.snapshot import read, take
from wan22dsl.network import address

VALIDATOR = Draft202012Validator(json.loads(resources.schema("snapshot")))
MEMORY = computer.read().memory_bytes

KEYS = st.sampled_from(
    "system devices name type installed m entries argv loras vae custom_nodes size".split()
)
PLAIN = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8) | st.sampled_from(["\0", "main.py", "--fast", "--reserve-vram", "../x"])
)  # fmt: skip
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
SAID = "argv comfyui_version python_version pytorch_version comfy_package_versions".split()
SYSTEM = st.fixed_dictionaries({}, optional=dict.fromkeys(SAID, VALUES)).map(
    lambda said: {**said, "ram_total": MEMORY, "os": os.name}
)
STATS = st.fixed_dictionaries({"system": SYSTEM | VALUES, "devices": VALUES})


class Odd(Server):
    """A server on this computer that answers anything."""

    def __init__(self, stats: dict[str, Any], logs: Any, folders: Any, other: Any) -> None:
        super().__init__(address.read("http://127.0.0.1:9"), stats)
        self._answers = {"/internal/logs/raw": logs, "/internal/folder_paths": folders}
        self._other = other

    def _json(self, path: str, limit: Any) -> Any:
        return self._answers.get(path, self._other)


@given(STATS, VALUES, VALUES, VALUES, st.booleans())
def test_any_answer_makes_a_snapshot(stats, logs, folders, other, thorough):
    found = take(Odd(stats, logs, folders, other), nvml=Nvml(RTX_4090), thorough=thorough)
    VALIDATOR.validate(found.data)
    assert read(found.dump(), "s.json").digest == found.digest
    assert summary.lines(found)
    assert examine(Facts(found)).lines()
    assert difference.compare(found, found).differences == ()
