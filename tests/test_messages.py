"""Every example that a message gives does what the message says."""

from __future__ import annotations

from collections import Counter

import pytest

from wan22dsl.api.codes import all_messages, findings_in
from wan22dsl.diagnostics import has_errors
from wan22dsl.report.text import render

MESSAGES = all_messages()


@pytest.mark.parametrize(
    "message",
    [message for message in MESSAGES.values() if message.bad],
    ids=lambda finding: finding.code,
)
def test_the_wrong_example_is_answered_with_its_code(message):
    diagnostics = findings_in(message, message.bad)
    assert message.code in {finding.code for finding in diagnostics}, render(diagnostics)


@pytest.mark.parametrize(
    "message",
    [message for message in MESSAGES.values() if message.good],
    ids=lambda finding: finding.code,
)
def test_the_right_example_is_not(message):
    diagnostics = findings_in(message, message.good)
    assert message.code not in {finding.code for finding in diagnostics}, render(diagnostics)
    assert not has_errors(diagnostics), render(diagnostics)


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_every_message_has_a_summary_that_is_true_of_every_finding(message):
    """Without fields, in one short sentence that says more than the name."""
    summary = message.summary
    assert summary
    assert not set("{}<>\n") & set(summary.replace("`->`", ""))
    assert len(summary.split()) <= 15
    assert summary[0] == summary[0].upper()
    assert summary[-1] not in ".:;,"
    assert summary.lower() != message.name.replace("-", " ")


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_a_line_break_is_written_as_its_escape(message):
    """As `\\n`: a raw one breaks the sentence in which it is explained."""
    assert "\n" not in message.text + message.why + message.help + message.summary


def test_no_two_messages_have_the_same_summary():
    count = Counter(message.summary.lower() for message in MESSAGES.values())
    assert [summary for summary, times in count.items() if times > 1] == []
