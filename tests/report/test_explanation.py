"""What `wan explain` says."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.report.explanation import explanation, with_blanks
from wan22dsl.report.lines import plain


def test_an_explanation_has_all_that_a_message_has(golden):
    message = Message(
        "WAN903",
        "odd-number",
        Severity.WARNING,
        "{count} is odd",
        "Odd numbers are odd. " * 8,
        "write {near}",
        bad="a {\n    b = 1\n}",
        good="a {\n    b = 2\n}",
        source="Euclid, book VII",
    )
    golden("explanation.txt", plain(explanation(message)))


def test_what_a_message_has_not_is_left_out():
    message = Message("WAN903", "x", Severity.NOTE, "so it is", "")
    assert plain(explanation(message)) == "note[WAN903 x]: so it is\n"


def test_fields_are_blanks_to_be_filled_in():
    assert with_blanks("`{name}` has {{braces}}") == "`<name>` has {braces}"


def test_a_wording_that_is_all_field_says_nothing_beforehand():
    message = Message("WAN903", "x", Severity.NOTE, "so it is", "", "{mend}")
    assert "What to do" not in plain(explanation(message))
