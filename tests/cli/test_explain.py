"""`wan explain`, and the register of all codes."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from tests.checked import answers
from tests.conftest import ROOT
from wan22dsl.about import rule_file
from wan22dsl.api import codes
from wan22dsl.report.explanation import explanation
from wan22dsl.report.lines import plain

ALL = codes.all_messages()
PAGES = ROOT / "docs" / "rules"


def test_all_codes_are_listed(wan):
    listed = wan("explain").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(ALL)


def test_a_code_is_explained_by_its_code_or_its_name(wan):
    message = next(iter(ALL.values()))
    whole = plain(explanation(message, answers()[message.code]))
    told = wan("explain", message.code).gives(stdout=whole)
    assert wan("explain", message.code.lower()) == told == wan("explain", message.name)


def test_for_an_unknown_code_the_nearest_is_named(wan):
    code, name = next((one.code, one.name) for one in ALL.values())
    assert f"did you mean `{name}`?" in wan("explain", name + "s").stderr
    wan("explain", "zzz").gives(
        stderr="error: unknown code `zzz`; `wan explain` lists all\n", status=2
    )
    assert code in ALL


@pytest.mark.parametrize("message", ALL.values(), ids=ALL)
def test_an_explanation_has_no_blanks(message):
    """Fields are filled in as in the example, or their sentences left out."""
    text = plain(explanation(message, answers()[message.code]))
    assert message.summary in " ".join(text.split())
    wordings = (message.text, message.why, message.help)
    fields = {field for one in wordings for _, field, _, _ in Formatter().parse(one) if field}
    page = (PAGES / rule_file(message.code, message.name)).read_text(encoding="utf-8")
    for field in fields:
        assert f"<{field}>" not in text
        assert f"<{field}>" not in page


def test_no_code_and_no_name_is_used_twice():
    messages = list(codes.each_message())
    assert len({one.code for one in messages}) == len(messages)
    assert len({one.name for one in messages}) == len(messages)


@pytest.mark.parametrize("message", ALL.values(), ids=ALL)
def test_every_message_is_made_alike(message):
    assert re.fullmatch(r"WAN\d\d\d", message.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", message.name)
    assert message.why
    assert message.text
    for wording in (message.text, message.why, message.help):
        fields = [field for _, field, _, _ in Formatter().parse(wording) if field is not None]
        assert all(field.isidentifier() for field in fields)
