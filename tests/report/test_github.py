"""What GitHub Actions reads."""

from __future__ import annotations

import re

from hypothesis import given

from tests.report.any_findings import SOME
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.report.github import render

COMMAND = re.compile(
    r"::(error|warning|notice) ([a-zA-Z]+=[^:,\r\n]*(?:,[a-zA-Z]+=[^:,\r\n]*)*)::(.*)"
)


def unescaped(text):
    for escape, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, sign)
    return text


def read(line):
    """What the runner reads from a line."""
    command, properties, message = COMMAND.fullmatch(line).groups()
    pairs = dict(word.split("=", 1) for word in properties.split(","))
    return command, {key: unescaped(value) for key, value in pairs.items()}, unescaped(message)


def commands(*found):
    return [read(line) for line in render(found).split("\n")[:-1]]


def test_findings_are_commands(finder, golden):
    text = finder("use wan22\n日本 = i2v_hihg\n", "shots/日本 1.wan")
    adrift = Message("WAN903", "adrift", Severity.NOTE, "nothing to do", "").at(None)
    golden(
        "report.github.txt", render([adrift, text.unknown("i2v_hihg", "i2v_high"), text.odd("日")])
    )


def test_no_findings_are_no_commands():
    assert render([]) == ""


def test_what_separates_is_escaped(finder):
    path = "50%, a:b.wan"
    finding = Message("WAN903", "x", Severity.ERROR, "{text}", "", "").at(
        finder("x", path).span("x"), text="100%: a,\r\nb::c%0A"
    )  # what a name holds is in one line
    [(command, properties, message)] = commands(finding)
    assert (command, properties["file"], message) == ("error", path, r"100%: a,\r\nb::c%0A")


def test_columns_are_told_within_a_line_only(finder):
    text = finder("ab\ncd\n")
    [(_, within, _), (_, over, _)] = commands(text.odd("b"), text.odd("b\nc"))
    places = ("line", "col", "endLine", "endColumn")
    assert [within.get(place) for place in places] == ["1", "2", "1", "3"]
    assert [over.get(place) for place in places] == ["1", None, "2", None]


@given(SOME)
def test_any_findings_give_a_command_each(found):
    read_back = commands(*found)
    assert len(read_back) == len(found)
    for finding, (_, properties, message) in zip(found, read_back, strict=True):
        assert properties["title"] == f"{finding.code} {finding.name}"
        assert ("file" in properties) == (finding.span is not None)
        assert message.startswith("said: ")
