"""What a message says of its examples is true, and its fix fixes."""

from __future__ import annotations

import pytest

from tests.language.syntax.fixes import GUESSED, fixed
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.language.syntax import messages, parse
from wan22dsl.source import Source

MESSAGES = {name: one for name, one in vars(messages).items() if isinstance(one, Message)}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_bad_example_is_one_mistake_of_this_kind(name):
    _, diagnostics = parse(Source(MESSAGES[name].bad))
    assert [one.code for one in diagnostics] == [MESSAGES[name].code]
    assert diagnostics[0].message
    assert diagnostics[0].help


@pytest.mark.parametrize("name", MESSAGES)
def test_the_good_example_has_no_mistake(name):
    assert parse(Source(MESSAGES[name].good))[1] == []


@pytest.mark.parametrize("name", MESSAGES)
def test_the_fix_leaves_no_mistake(name):
    text = MESSAGES[name].bad
    _, diagnostics = parse(Source(text))
    if diagnostics[0].fix is not None:
        assert diagnostics[0].fix.safe is (name not in GUESSED)
        assert parse(Source(fixed(text, diagnostics)))[1] == []


def test_codes_and_names_are_given_once():
    codes = [one.code for one in MESSAGES.values()]
    assert sorted(codes) == sorted(set(codes))
    assert all(code.startswith("WAN1") for code in codes)
    assert len({one.name for one in MESSAGES.values()}) == len(MESSAGES)


def test_what_is_wrong_with_the_syntax_is_an_error():
    assert {one.severity for one in MESSAGES.values()} == {Severity.ERROR}
