"""What programs read."""

from __future__ import annotations

import json

import jsonschema
from hypothesis import given

from tests.report.any_findings import SOME
from wan22dsl import resources
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.report.json import as_data, render

SCHEMA = json.loads(resources.schema("lint_report"))


def test_a_report_is_as_its_schema_says(finder, golden):
    text = finder("use wan22\n日本 = i2v_hihg\n", "日本.wan")
    found = [
        Message("WAN903", "adrift", Severity.NOTE, "nothing to do", "").at(None),
        text.unknown("i2v_hihg", "i2v_high", related="use wan22"),
        text.odd("日本"),
    ]
    jsonschema.validate(as_data(found, 2, "1.2.3"), SCHEMA)
    golden("report.json", render(found, 2, "1.2.3"))


def test_an_empty_report_is_a_report():
    data = as_data([], 3, "1.2.3")
    jsonschema.validate(data, SCHEMA)
    assert data == {
        "diagnostics": [],
        "summary": {"errors": 0, "warnings": 0, "notes": 0, "files": 3},
        "input_files": [],
    }


def test_lines_and_columns_count_from_1_and_end_behind_the_stretch(finder):
    finding = as_data([finder("a\nbcd\n").odd("cd")], 1, "1.2.3")["diagnostics"][0]
    assert (finding["line"], finding["column"], finding["end_line"], finding["end_column"]) == (
        2,
        2,
        2,
        4,
    )


@given(SOME)
def test_any_findings_give_a_valid_report(found):
    data = json.loads(render(found, 2, "1.2.3"))
    jsonschema.validate(data, SCHEMA)
    assert len(data["diagnostics"]) == len(found)
    assert sum(data["summary"].values()) == len(found) + 2
