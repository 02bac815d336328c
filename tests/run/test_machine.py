"""What records say of the machine: every flag with its value, and the snapshot that lies next to them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests.machine.installs import install, site_packages
from tests.machine.nvml import RTX_4090, Nvml
from tests.run.conftest import SPLIT, run_on
from wan22dsl import resources
from wan22dsl.api.running import RunOptions, run_file
from wan22dsl.machine import snapshot
from wan22dsl.machine.snapshot import Place, take
from wan22dsl.run import comparing, machine, record, snapshots, store
from wan22dsl.run.machine import MachineOfRun
from wan22dsl.run.record import Host
from wan22dsl.server.embedded import EmbeddedServer
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.run.models.record import RunRecord

RECORD = Draft202012Validator(json.loads(resources.schema("run_record")))


def flags(*argv: str) -> list[Any]:
    system = {"argv": ["main.py", *argv], "comfyui_version": "0.38.1"}
    found = record._server(Host("http://x", False, {"system": system}))["flags"]
    return [(flag.name, flag.value) for flag in found]


def test_flags_are_recorded_with_their_values_and_none_is_left_out():
    assert flags("--reserve-vram", "2") == [("--reserve-vram", 2.0)]
    assert flags("--reserve-vram", "8") == [("--reserve-vram", 8.0)]
    assert flags("--fast", "fp16_accumulation") == [("--fast", ("fp16_accumulation",))]
    words = (
        "--async-offload --high-ram --deterministic --disable-comfy-compiler --disable-xformers "
        "--disable-triton-backend --disable-pinned-memory --disable-smart-memory --mmap-torch-files"
    ).split()
    assert [name for name, _ in flags(*words)] == sorted(words)


def test_a_server_that_does_not_say_its_flags_has_none_recorded():
    assert record._server(Host("http://x", False, {}))["flags"] is None


def test_every_run_has_the_digest_of_its_machine_and_the_snapshot_is_there_once(tmp_path):
    options = RunOptions(folder=tmp_path, simulate=True, speed=math.inf, repeat=2)
    result = run_file(Source(SPLIT, "clip.wan"), options)
    assert result.ok
    digests = {found.snapshot for found in store.each(tmp_path).records}
    (digest,) = digests
    assert digest is not None
    assert [path.name for path in tmp_path.glob("snapshot-*")] == [f"snapshot-{digest[:16]}.json"]
    kept = snapshots.find(tmp_path, digest)
    assert kept is not None and kept.data["simulated"] is True


def test_a_machine_that_cannot_be_looked_at_does_not_keep_a_run_from_its_record(
    tmp_path, monkeypatch
):
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a driver of another kind")

    monkeypatch.setattr(snapshot, "take", broken)
    options = RunOptions(folder=tmp_path, simulate=True, speed=math.inf)
    result = run_file(Source(SPLIT, "clip.wan"), options)
    assert result.ok
    assert store.find(tmp_path, "last").snapshot is None


def test_a_machine_that_takes_long_is_not_waited_for(tmp_path, monkeypatch):
    import threading

    ends = threading.Event()
    monkeypatch.setattr(snapshot, "take", lambda *_, **__: ends.wait(20))
    with EmbeddedServer(speed=math.inf) as server:
        from wan22dsl.network import address

        slow = MachineOfRun(address.read(server.url), Host(server.url, True, {}), "0")
        assert slow.digest(tmp_path) is None
    ends.set()


def test_a_record_of_an_earlier_version_is_read(tmp_path):
    with EmbeddedServer(speed=math.inf) as server:
        done = run_on(server.url, tmp_path).done
    found = json.loads(done.file.read_text(encoding="utf-8"))
    for key in ("snapshot", "log", "not_as_set"):
        found.pop(key, None)
    found["server"].pop("flags")
    found["server"]["arguments"] = ["--reserve-vram", "--fast"]
    done.file.write_text(json.dumps(found), encoding="utf-8")
    RECORD.validate(found)
    read = store.load(done.file)
    assert read.server.flags is None and read.snapshot is None


@pytest.fixture
def two(tmp_path: Path) -> tuple[RunRecord, RunRecord]:
    """Two records of the same run."""
    with EmbeddedServer(speed=math.inf) as server:
        done = run_on(server.url, tmp_path).done
    read = store.load(done.file)
    return read, read


def changed(record: RunRecord, **server: Any) -> RunRecord:
    data = record.as_json()
    data["snapshot"] = server.pop("snapshot", None)
    data["server"].update(server)
    return type(record).model_validate_json(json.dumps(data), strict=True)


def test_a_comparison_shows_values_of_flags(two):
    same = {"name": "--lowvram", "value": True}
    values = [
        [same, {"name": "--reserve-vram", "value": 2.0}],
        [same, {"name": "--reserve-vram", "value": 8.0}],
    ]
    left, right = (changed(record, flags=each) for record, each in zip(two, values, strict=True))
    assert "flags: --reserve-vram 2 | --reserve-vram 8" in list(comparing.comparison(left, right))


def test_a_comparison_with_an_earlier_record_does_not_call_unrecorded_values_a_difference(two):
    left = changed(two[0], flags=None, arguments=["--reserve-vram"])
    now = [{"name": "--reserve-vram", "value": 2.0}, {"name": "--offline", "value": True}]
    right = changed(two[1], flags=now, arguments=["--reserve-vram", "--offline"])
    lines = list(comparing.comparison(left, right))
    assert not [line for line in lines if line.startswith("flags:")]
    assert "A has the names of some flags only: other flags and values are not compared" in lines


def test_a_comparison_says_what_differs_in_the_machines(two, tmp_path):
    folder = install(tmp_path / "ComfyUI")
    digests = []
    for _ in range(2):
        found = take(place=Place(folder, environment={}), nvml=Nvml(RTX_4090))
        snapshots.keep(found, tmp_path)
        digests.append(found.digest)
        (site_packages(folder) / "sageattention-2.2.0.dist-info").mkdir(exist_ok=True)
    left, right = (
        changed(record, snapshot=each) for record, each in zip(two, digests, strict=True)
    )
    lines = machine.differences(left, right, (tmp_path, tmp_path))
    assert lines == ["attention: sageattention: (none) -> 2.2.0"]
    assert lines[0] in list(comparing.comparison(left, right, lines))
    assert machine.differences(left, left, (tmp_path, tmp_path)) == []
    snapshots.file_of(tmp_path, digests[1]).unlink()
    (missing,) = machine.differences(left, right, (tmp_path, tmp_path))
    assert "of B is missing" in missing
    (older,) = machine.differences(changed(left), right, (tmp_path, tmp_path))
    assert older == "machine: A has no snapshot of it"
