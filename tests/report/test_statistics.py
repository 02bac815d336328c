"""How often each code was found."""

from __future__ import annotations

import json

from hypothesis import given

from tests.report.any_findings import SOME
from wan22dsl.diagnostics import Edit, Fix, Message, Severity
from wan22dsl.report.lines import plain
from wan22dsl.report.statistics import render, report

GUESSED = Message("WAN910", "guessed", Severity.NOTE, "x", "")


def test_the_most_frequent_come_first_with_what_can_be_fixed(finder):
    text = finder("one two three")
    span = text.span("one")
    guess = GUESSED.at(span, fix=Fix("x", (Edit(span, "x"),), safe=False))
    found = [guess, text.odd("one"), text.odd("two"), text.unknown("three", "x")]
    assert plain(report(found)) == (
        "2  WAN902   bare\n1  WAN901 * unknown-thing\n1  WAN910 ? guessed\n"
    )
    assert json.loads(render(found))[1:] == [
        {
            "code": "WAN901",
            "name": "unknown-thing",
            "severity": "error",
            "count": 1,
            "fixable": 1,
            "fixable_unsafe": 0,
        },
        {
            "code": "WAN910",
            "name": "guessed",
            "severity": "note",
            "count": 1,
            "fixable": 0,
            "fixable_unsafe": 1,
        },
    ]


def test_no_findings_are_no_lines():
    assert plain(report([])) == ""
    assert render([]) == "[]\n"


@given(SOME)
def test_every_finding_is_counted_once(found):
    rows = json.loads(render(found))
    assert sum(row["count"] for row in rows) == len(found)
    assert sum(row["fixable"] + row["fixable_unsafe"] for row in rows) == sum(
        finding.fix is not None for finding in found
    )
