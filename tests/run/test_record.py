"""Records: by the schema, found again, compared; nothing secret and nothing of the server's machine."""

from __future__ import annotations

import json
import math

import pytest
from jsonschema import Draft202012Validator

from tests.run.conftest import run_on
from wan22dsl.errors import CommandError
from wan22dsl.resources import schema
from wan22dsl.run import comparing, record, store, table
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
    read = store.load(done.file)
    assert read.as_json() == found
    assert "SIMULATED" in "\n".join(table.lines(read))
    assert "simulated" in comparing.listing([read])[1]


def test_runs_are_found_by_id_by_part_as_last_and_as_file(tmp_path):
    with EmbeddedServer(speed=float("inf")) as server:
        first = run_on(server.url, tmp_path).done
        second = run_on(server.url, tmp_path).done
    assert [record.id for record in store.each(tmp_path).records] == [
        first.record.id,
        second.record.id,
    ]
    assert store.find(tmp_path, "last").id == second.record.id
    assert store.find(tmp_path, first.record.id).id == first.record.id
    assert store.find(tmp_path, first.record.id[-4:]).id == first.record.id
    assert store.find(tmp_path, str(second.file)).id == second.record.id
    with pytest.raises(CommandError, match="several runs"):
        store.find(tmp_path, "clip")
    with pytest.raises(CommandError, match="no run"):
        store.find(tmp_path, "nothing")


def test_a_comparison_says_what_differs(tmp_path):
    with EmbeddedServer(speed=2000) as server:
        run_on(server.url, tmp_path)
        run_on(server.url, tmp_path, cold=True)
    left, right = store.each(tmp_path).records
    text = "\n".join(comparing.comparison(left, right))
    assert "high sampling" in text and "total" in text
    assert "prompt:" not in text


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("", "is damaged: it is not JSON"),
        ("\x00", "is damaged: it is not JSON"),
        ('{"record": 1, "id": "x"', "is damaged: it is not JSON (line 1)"),
        ("[" * 100_000, "is damaged: it is not JSON"),
        ("[]", "is not the record of a run"),
        ("{}", "is not the record of a run"),
        ('{"record": "1"}', "is not the record of a run"),
        ('{"record": true}', "is not the record of a run"),
        ('{"record": 0}', "has schema version 0, which this version does not know"),
        (
            '{"record": 99, "wan22dsl": "7.0"}',
            "was made by a later version of wan22dsl (7.0, schema version",
        ),
        ('{"record": 1, "id": 7}', "is damaged: `id`: Input should be a valid string (and "),
    ],
)
def test_what_is_no_record_is_told_by_name_and_keeps_nobody_from_the_others(
    tmp_path, text, reported
):
    with EmbeddedServer(speed=math.inf) as server:
        good = run_on(server.url, tmp_path).done
    file = tmp_path / "run-x.json"
    file.write_text(text, encoding="utf-8")
    found = store.each(tmp_path)
    assert [record.id for record in found.records] == [good.record.id]
    assert found.problems[0].startswith(f"{file.as_posix()}: {reported}")
    assert store.find(tmp_path, "last").id == good.record.id
    with pytest.raises(CommandError) as caught:
        store.load(file)
    assert str(caught.value) == found.problems[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each["timing"].update(total_s="long"),
        lambda each: each["timing"]["passes"][0].update(steps_s=[None]),
        lambda each: each["outputs"][0].update(sha256="0"),
        lambda each: each.pop("server"),
        lambda each: each.update(result="splendid"),
    ],
)
def test_a_record_that_was_tampered_with_is_damaged(tmp_path, change):
    with EmbeddedServer(speed=math.inf) as server:
        file = run_on(server.url, tmp_path).done.file
    found = json.loads(file.read_text(encoding="utf-8"))
    change(found)
    file.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(CommandError, match="is damaged: `"):
        store.load(file)


def test_what_a_later_version_adds_is_kept(tmp_path):
    with EmbeddedServer(speed=math.inf) as server:
        file = run_on(server.url, tmp_path).done.file
    found = json.loads(file.read_text(encoding="utf-8")) | {"later": [1]}
    del found["source"]["uses"]  # which the first records did not have
    file.write_text(json.dumps(found), encoding="utf-8")
    assert store.load(file).as_json()["later"] == [1]
    assert store.load(file).source.uses == {}


def test_every_event_is_told_with_all_that_is_known_of_it():
    from wan22dsl.run.models.events import SHAPES

    for event, shape in SHAPES.items():
        assert shape.model_fields.keys() == {"event", *event._fields}


def test_the_schemas_are_made_of_the_shapes():
    from wan22dsl.run.models.schema import schemas

    assert {name: schema(name) for name in schemas()} == schemas()


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
    assert not any(each in kept for each in ("10.0.0.7", "/home"))
