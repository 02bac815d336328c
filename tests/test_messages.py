"""Every example that a message gives does what the message says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wan22dsl.catalogue.open import open_catalogue
from wan22dsl.cli.codes import all_messages
from wan22dsl.compiler import DEFAULT_TARGET, check
from wan22dsl.diagnostics import has_errors
from wan22dsl.formats.prompt import read
from wan22dsl.report.text import render
from wan22dsl.rules.engine import judge
from wan22dsl.source import Source
from wan22dsl.syntax.parser import parse

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic, Message

MESSAGES = all_messages()


def found(message: Message, text: str) -> list[Diagnostic]:
    """What is said of an example: a file, a part of one with a mistake of syntax, or prompt JSON."""
    source = Source(text, "example.wan")
    if message.code.startswith("WAN1"):
        return parse(source)[1]
    if not message.good.startswith("{"):
        return check(source).diagnostics
    graph, diagnostics = read(source, open_catalogue(DEFAULT_TARGET))
    return diagnostics if graph is None else diagnostics + judge(graph)[1]


@pytest.mark.parametrize(
    "message", [one for one in MESSAGES.values() if one.bad], ids=lambda one: one.code
)
def test_the_wrong_example_is_answered_with_its_code(message):
    diagnostics = found(message, message.bad)
    assert message.code in {one.code for one in diagnostics}, render(diagnostics)


@pytest.mark.parametrize(
    "message", [one for one in MESSAGES.values() if one.good], ids=lambda one: one.code
)
def test_the_right_example_is_not(message):
    diagnostics = found(message, message.good)
    assert message.code not in {one.code for one in diagnostics}, render(diagnostics)
    assert not has_errors(diagnostics), render(diagnostics)
