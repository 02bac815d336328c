"""What was found in which file, at a glance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.report.any_findings import SOME
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.report.lines import lay_out, plain
from wan22dsl.report.overview import MOST_FILES, report
from wan22dsl.source import Source, Span

WRONG = Message("WAN910", "all-wrong", Severity.ERROR, "x", "")
BAD = Message("WAN911", "rather-bad", Severity.WARNING, "x", "")
TASTE = Message("WAN912", "of-taste", Severity.NOTE, "x", "")


def at(path, *messages):
    return [message.at(Span(Source("abc", path), 0, 1)) for message in messages]


def shown(found, width=100):
    return plain(report(found, width=width)).splitlines()


def test_each_file_has_a_line_and_those_with_errors_come_first():
    found = [*at("a.json", TASTE, BAD, BAD), *at("of/b.wan", WRONG)]
    assert shown(found) == [
        "of/b.wan  1 error             all-wrong",
        "a.json    2 warnings, 1 note  rather-bad ×2, of-taste",
    ]


def test_of_one_file_nothing_is_said_again():
    assert shown([*at("a.json", WRONG, BAD), WRONG.at(None)]) == []


def test_names_without_room_are_counted():
    found = [*at("a.json", WRONG, BAD, TASTE), *at("b.json", BAD)]
    assert shown(found, 60)[0] == "a.json  1 error, 1 warning, 1 note  all-wrong, +2"


def test_files_without_room_are_counted():
    found = [each for number in range(MOST_FILES + 2) for each in at(f"{number:02}.wan", BAD)]
    assert shown(found)[-2:] == ["14.wan  1 warning  rather-bad", "… and 2 more files"]


@given(SOME, st.integers(60, 140))
def test_every_finding_can_be_told(found, width):
    for line in shown(found, width):
        assert lay_out(line).starts[-1] < 2 * 140
