"""What `wan explain` says."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.report.explanation import explanation, in_general, outline, summary
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
        summary="A number is odd",
    )
    golden("explanation.txt", plain(explanation(message)))


def test_what_a_message_has_not_is_left_out():
    message = Message("WAN903", "x", Severity.NOTE, "so it is", "")
    assert plain(explanation(message)) == "note[WAN903 x]: so it is\n"


def test_only_sentences_without_fields_are_true_of_every_finding():
    wording = "It never ends. `{name}` has {{braces}}. Write `{{`! Or not.\n\nGood?"
    assert in_general(wording) == "It never ends. Write `{`! Or not. Good?"
    assert in_general("Two lines.\n{{}}") == "Two lines.\n{}"


def test_what_has_fields_is_shown_as_it_is_in_the_example():
    why = "Odd is odd. `{name}` is odd."
    message = Message("WAN903", "x", Severity.NOTE, "{name}", why, "Drop `{name}`.")
    sections = {each.title: each.text for each in outline(message, message.at(None, name="7"))}
    assert sections["Why it matters"] == "Odd is odd. In the example: `7` is odd."
    assert sections["What to do"] == "In the example: Drop `7`."
    alone = {each.title: each.text for each in outline(message)}
    assert alone["Why it matters"] == "Odd is odd."
    assert "What to do" not in alone


def test_without_a_summary_the_wording_or_the_name_is_shown():
    message = Message("WAN903", "odd-number", Severity.NOTE, "so it is", "")
    assert summary(message._replace(summary="An odd number")) == "An odd number"
    assert summary(message) == "so it is"
    assert summary(message._replace(text="{count} is odd")) == "odd-number"


def test_a_wording_that_is_all_field_says_nothing_beforehand():
    message = Message("WAN903", "x", Severity.NOTE, "so it is", "", "{help}")
    assert "What to do" not in plain(explanation(message))
