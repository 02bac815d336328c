"""`wan schema`."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from wan22dsl import resources


def test_all_are_listed_with_their_titles(wan):
    listed = wan("schema").stdout.splitlines()
    assert [line.split()[0] for line in listed] == resources.schema_names()
    assert "lint_report    The report of `wan lint --output-format json`" in listed


@pytest.mark.parametrize("name", resources.schema_names())
def test_each_is_shown_and_is_a_schema(wan, name):
    shown = wan("schema", name).gives(stdout=resources.schema(name)).stdout
    Draft202012Validator.check_schema(json.loads(shown))


def test_for_an_unknown_one_the_nearest_is_named(wan):
    wan("schema", "promt").gives(
        stderr="error: unknown schema `promt`; did you mean `prompt`?\n", status=2
    )
    assert "there are " in wan("schema", "x").stderr


def test_a_file_is_validated_with_a_schema(wan, tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    node = {"class_type": "X", "inputs": {}, "_meta": {"title": "x"}}
    good.write_text(json.dumps({"1": node}), encoding="utf-8")
    bad.write_text(json.dumps({"1": {**node, "class_type": 7}}), encoding="utf-8")
    wan("schema", "prompt", "--check", str(good)).gives()
    told = f"{bad.as_posix()}: /1/class_type: 7 is not of type 'string'\n"
    wan("schema", "prompt", "--check", str(bad)).gives(stdout=told, status=1)


def test_what_is_no_json_is_told(wan, tmp_path):
    cut = tmp_path / "cut.json"
    cut.write_text('{"1": ', encoding="utf-8")
    said = wan("schema", "prompt", "--check", str(cut))
    assert said.status == 2
    assert said.stderr.startswith(f"error: {cut.as_posix()}: is not JSON: ")
    assert wan("schema", "prompt", "--check", "absent.json").status == 2
    assert wan("schema", "--check", str(cut)).status == 2
