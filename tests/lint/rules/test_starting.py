"""The rules for profiles: their examples, and what they find and leave alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wan22dsl.api.compiler import check
from wan22dsl.lint import rules
from wan22dsl.lint.rules import starting
from wan22dsl.report.text import render
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic

RULES = starting.all_rules()

each = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.MESSAGE.code)


#: What is reported of a pipeline in an example: that it is long is what the rule is about.
OF_PIPELINES = {"WAN803"}


def found(text: str) -> list[Diagnostic]:
    return check(Source(text, "launch.wan")).diagnostics


@each
def test_the_bad_example_has_the_finding_and_no_other(rule):
    diagnostics = found(rule.MESSAGE.bad)
    codes = [finding.code for finding in diagnostics if finding.code not in OF_PIPELINES]
    assert codes == [rule.MESSAGE.code], render(diagnostics)


@each
def test_the_good_example_has_no_finding(rule):
    diagnostics = found(rule.MESSAGE.good)
    assert not diagnostics, render(diagnostics)


@each
def test_a_message_has_what_why_help_and_source(rule):
    message = rule.MESSAGE
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", message.name)
    assert message.help
    assert message.source
    assert rule.__doc__.startswith(f"{message.code}: ")


def test_the_rules_are_in_the_order_of_their_codes_and_all_are_listed():
    codes = [rule.MESSAGE.code for rule in RULES]
    assert codes == sorted(set(codes))
    names = {rule.MESSAGE.name for rule in RULES} & {
        rule.MESSAGE.name for rule in rules.all_rules()
    }
    assert not names
    folder = Path(starting.__file__).parent
    with_check = {
        file.stem for file in folder.glob("*.py") if "\ndef check(start" in file.read_text("utf-8")
    }
    assert with_check == set(starting.LISTED)


@each
def test_a_fix_leaves_no_such_finding(rule):
    (finding,) = (each for each in found(rule.MESSAGE.bad) if each.code == rule.MESSAGE.code)
    if finding.fix is None:
        return
    text = rule.MESSAGE.bad
    for edit in sorted(finding.fix.edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert rule.MESSAGE.code not in {each.code for each in found(text)}, text
    assert not [each for each in found(text) if each.code.startswith(("WAN1", "WAN2", "WAN3"))], (
        text
    )
