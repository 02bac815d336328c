"""Records: by the schema, found again, compared; nothing secret and nothing of the server's machine."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tests.run.conftest import run_on
from wan22dsl.errors import CommandError
from wan22dsl.resources import schema
from wan22dsl.run import record, store, table
from wan22dsl.run.record import Host
from wan22dsl.server.embedded import EmbeddedServer

RECORD = Draft202012Validator(json.loads(schema("run_record")))


@pytest.mark.parametrize(
    "faults", [[], ["error at rife"], ["oom at low.sampler always"], ["oom at low.sampler twice"]]
)
def test_every_record_has_the_shape_of_the_schema(tmp_path, faults):
    with EmbeddedServer(speed=2000, faults=faults) as server:
        done = run_on(server.url, tmp_path).done
    found = json.loads(done.file.read_text(encoding="utf-8"))
    RECORD.validate(found)
    assert found["timing"] is None or found["timing"]["passes"]
    assert "SIMULATED" in "\n".join(table.lines(found))
    assert "simulated" in table.listing([found])[1]


def test_runs_are_found_by_id_by_part_as_last_and_as_file(tmp_path):
    with EmbeddedServer(speed=float("inf")) as server:
        first = run_on(server.url, tmp_path).done
        second = run_on(server.url, tmp_path).done
    assert [one["id"] for one in store.each(tmp_path)] == [first.record.id, second.record.id]
    assert store.find(tmp_path, "last")["id"] == second.record.id
    assert store.find(tmp_path, first.record.id)["id"] == first.record.id
    assert store.find(tmp_path, first.record.id[-4:])["id"] == first.record.id
    assert store.find(tmp_path, str(second.file))["id"] == second.record.id
    with pytest.raises(CommandError, match="several runs"):
        store.find(tmp_path, "clip")
    with pytest.raises(CommandError, match="no run"):
        store.find(tmp_path, "nothing")


def test_a_comparison_says_what_differs(tmp_path):
    with EmbeddedServer(speed=2000) as server:
        run_on(server.url, tmp_path)
        run_on(server.url, tmp_path, cold=True)
    left, right = store.each(tmp_path)
    text = "\n".join(table.comparison(left, right))
    assert "high sampling" in text and "total" in text
    assert "prompt:" not in text


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"record": 99}', "\x00"])
def test_what_is_no_record_is_not_shown(tmp_path, text):
    file = tmp_path / "run-x.json"
    file.write_text(text, encoding="utf-8")
    assert store.each(tmp_path) == []
    with pytest.raises(CommandError):
        store.load(file)


def test_nothing_of_the_servers_machine_is_kept():
    argv = [
        "main.py",
        "--listen",
        "10.0.0.7",
        "--reserve-vram=2",
        "--output-directory",
        "/home/me",
        "--fast",
    ]
    host = Host("http://x", False, {"system": {"argv": argv}, "devices": "odd"})
    kept = json.dumps(record._server(host))
    assert "--reserve-vram" in kept and "--fast" in kept
    assert not any(one in kept for one in ("10.0.0.7", "/home", "output-directory", "listen"))
