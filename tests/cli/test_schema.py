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
        stderr="error: there is no schema `promt`; did you mean `prompt`?\n", status=2
    )
    assert "there are " in wan("schema", "x").stderr
