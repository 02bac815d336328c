"""What the readers of test reports read."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given

from tests.report.any_findings import PATHS, SOME
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.report.junit import NO_FILE, render


def suite(found, paths):
    """The one suite of a report, after a look at its counts."""
    whole = ElementTree.fromstring(render(found, paths).encode("utf-8"))
    [inner] = whole
    for each in (whole, inner):
        assert int(each.get("tests")) == len(inner)
        assert int(each.get("failures")) == len(inner.findall("testcase/failure"))
    assert all(len(case) <= 1 for case in inner)
    return inner


def test_a_report_is_whole(finder, golden):
    text = finder("use wan22\n日本 = i2v_hihg\n", "shots/日本 1.wan")
    note = Message("WAN903", "adrift", Severity.NOTE, "nothing to do", "").at(None)
    found = [note, text.unknown("i2v_hihg", "i2v_high"), text.odd("日")]
    golden("report.junit.xml", render(found, ["a.wan", "shots/日本 1.wan"]))


def test_files_without_findings_pass():
    inner = suite([], ["a.wan", "b.wan"])
    assert [(case.get("name"), len(case)) for case in inner] == [("a.wan", 0), ("b.wan", 0)]


@pytest.mark.parametrize(
    ("severity", "child"),
    [
        (Severity.ERROR, "failure"),
        (Severity.WARNING, "failure"),
        (Severity.NOTE, "system-out"),
    ],
)
def test_a_file_fails_for_errors_and_warnings_but_not_for_notes(finder, severity, child):
    finding = Message("WAN903", "x", severity, "x", "").at(finder("x").span("x"))
    [case] = suite([finding], ["a.wan"])
    assert [each.tag for each in case] == [child]


def test_signs_that_xml_does_not_know_are_escaped(finder):
    finding = Message("WAN903", "x", Severity.ERROR, "{text}", "").at(
        None, text="\x00\x1b]]><&\ud800é🟨"
    )
    [case] = suite([finding], [])
    assert case.get("name") == NO_FILE
    assert case[0].text.endswith(r"\x00\x1b]]><&\ud800é🟨")


@given(SOME)
def test_any_findings_give_well_formed_xml(found):
    inner = suite(found, PATHS)
    failing = {
        finding.span and finding.span.source.path
        for finding in found
        if finding.severity != Severity.NOTE
    }
    assert len(inner.findall("testcase/failure")) == len(failing)
    assert len(inner) == len(PATHS) + any(finding.span is None for finding in found)
