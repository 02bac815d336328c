"""What GitLab reads."""

from __future__ import annotations

import json

import jsonschema
from hypothesis import given

from tests.report.any_findings import SOME
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.report.gitlab import render

SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "pattern": "^WAN[0-9]{3}$"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1},
                    "lines": {
                        "type": "object",
                        "required": ["begin", "end"],
                        "additionalProperties": {"type": "integer", "minimum": 1},
                    },
                },
            },
        },
    },
}


def issues(*found):
    read = json.loads(render(found))
    jsonschema.validate(read, SCHEMA)
    return read


def test_a_report_is_whole(finder, golden):
    text = finder("use wan22\n日本 = i2v_hihg\n", "shots/日本 1.wan")
    adrift = Message("WAN903", "adrift", Severity.NOTE, "nothing to do", "").at(None)
    found = [adrift, text.unknown("i2v_hihg", "i2v_high"), text.odd("日")]
    issues(*found)
    golden("report.gitlab.json", render(found))


def test_no_findings_are_an_empty_list():
    assert render([]) == "[]\n"


@given(SOME)
def test_any_findings_give_a_valid_report(found):
    read = issues(*found)
    assert [each["check_name"] for each in read] == [finding.code for finding in found]
    assert len({each["fingerprint"] for each in read}) == len(found)
