"""What code hosts read."""

from __future__ import annotations

import json
from pathlib import Path
from string import Formatter

import jsonschema
from hypothesis import given

from tests.report.any_findings import SOME
from wan22dsl.about import rule_url
from wan22dsl.api.codes import all_messages
from wan22dsl.diagnostics import Edit, Fix, Message, Severity
from wan22dsl.report.sarif import render

SCHEMA = json.loads((Path(__file__).parent / "sarif.schema.json").read_text(encoding="utf-8"))


def run(found):
    log = json.loads(render(found, "1.2.3"))
    jsonschema.validate(log, SCHEMA)
    return log["runs"][0]


def results(*found):
    return run(found)["results"]


def region(finding):
    place = finding["locations"][0]["physicalLocation"]["region"]
    return tuple(place[key] for key in ("startLine", "startColumn", "endLine", "endColumn"))


def test_a_report_is_whole(finder, golden):
    text = finder("use wan22\n日本 = i2v_hihg\n", "shots/日本 1.wan")
    found = [
        Message("WAN903", "adrift", Severity.NOTE, "nothing to do", "").at(None),
        text.unknown("i2v_hihg", "i2v_high", related="use wan22"),
        text.odd("日本"),
    ]
    run(found)
    golden("report.sarif", render(found, "1.2.3"))


@given(SOME)
def test_any_findings_give_a_valid_report(found):
    log = run(found)
    assert len(log["results"]) == len(found)
    for finding, result in zip(found, log["results"], strict=True):
        assert log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == finding.code
    keys = [result["partialFingerprints"]["wan/v1"] for result in log["results"]]
    assert len(set(keys)) == len(keys)


def test_the_texts_of_every_rule_are_written_out():
    """No wording with its fields as blanks, and the address of the rule's page."""
    kinds = list(all_messages().values())
    found = [kind.at(None, **dict.fromkeys(fields_of(kind), 7)) for kind in kinds]
    rules = run(found)["tool"]["driver"]["rules"]
    for kind, rule in zip(kinds, rules, strict=True):
        whole = rule["fullDescription"]["text"]
        assert rule["shortDescription"]["text"] == f"{kind.summary}."
        assert whole.startswith(f"{kind.summary}.")
        assert rule["helpUri"] == rule_url(kind.code, kind.name, "1.2.3")
        blanks = [f"<{field}>" for field in fields_of(kind)]
        blanks += [f"{{{field}}}" for field in fields_of(kind)]
        for text in (whole, rule["help"]["text"], rule["help"]["markdown"]):
            assert not [blank for blank in blanks if blank in text], kind.code


def fields_of(kind):
    wordings = (kind.text, kind.why, kind.help)
    return {field for wording in wordings for _, field, _, _ in Formatter().parse(wording) if field}


def test_columns_are_counted_in_utf_16(finder):
    assert region(results(finder("a\n日🟨é bad🟨 x").odd("bad🟨"))[0]) == (2, 6, 2, 11)


def test_a_place_over_several_lines_has_the_columns_of_each(finder):
    assert region(results(finder("🟨a\n🟨b\n").odd("a\n🟨b"))[0]) == (1, 3, 2, 4)


def test_places_are_relative_to_the_folder_of_the_run_or_absolute(finder):
    here, there = results(finder("x", "a b.wan").odd("x"), finder("x", "/z/c.wan").odd("x"))
    places = [
        each["locations"][0]["physicalLocation"]["artifactLocation"] for each in (here, there)
    ]
    assert places == [{"uri": "a%20b.wan", "uriBaseId": "%SRCROOT%"}, {"uri": "file:///z/c.wan"}]


def test_a_fix_is_told_for_each_file(finder):
    here, there = finder("🟨 a", "a.wan"), finder("b", "b.wan")
    edits = (Edit(here.span("a"), "A"), Edit(there.span("b"), "B"))
    kind = Message("WAN903", "x", Severity.ERROR, "x", "")
    fix = results(kind.at(here.span("a"), fix=Fix("help", edits, safe=False)))[0]["fixes"][0]
    assert "unsafe" in fix["description"]["text"]
    changes = fix["artifactChanges"]
    assert [change["artifactLocation"]["uri"] for change in changes] == ["a.wan", "b.wan"]
    assert changes[0]["replacements"] == [
        {
            "deletedRegion": {"startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 5},
            "insertedContent": {"text": "A"},
        }
    ]


def test_fingerprints_stay_when_lines_move_and_tell_twins_apart(finder):
    def keys(text):
        source = finder(text)
        places = [source.span("bad"), source.span("bad", after="b\n")]
        found = [Message("WAN903", "x", Severity.ERROR, "x", "").at(place) for place in places]
        return [result["partialFingerprints"] for result in results(*found)]

    before = keys("a = bad\nb\na = bad\n")
    assert before[0] != before[1]
    assert before == keys("new\n\na = bad\nb\n  a =  bad\n")
    assert before != keys("a = bad\nb\nc = bad\n")
