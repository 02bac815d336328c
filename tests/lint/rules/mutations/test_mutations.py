"""Every way to break a good pipeline is told by the rule that is meant to, and by no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.lint.rules.mutations import (
    distillation,
    experts,
    generic,
    parts,
    prompts,
    recipes,
    schedule,
    shape,
    wiring,
)
from tests.lint.rules.mutations.suite import GOOD, Mutation, drawn, prompt_of, said_of, said_of_json
from tests.prompts import found
from wan22dsl.lint.fixing import fix

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.diagnostics import Diagnostic

ALL = [
    *generic.MUTATIONS,
    *experts.MUTATIONS,
    *wiring.MUTATIONS,
    *schedule.MUTATIONS,
    *distillation.MUTATIONS,
    *shape.MUTATIONS,
    *recipes.MUTATIONS,
    *prompts.MUTATIONS,
    *parts.MUTATIONS,
]
#: What a mutation leaves behind in the text, such as the declaration of a LoRA, is told as well.
NO_LONGER_USED = {"WAN222"}

EACH_WAN = pytest.mark.parametrize(
    "mutation", [each for each in ALL if each.wan], ids=lambda file: file.name
)
EACH_PROMPT = pytest.mark.parametrize(
    "mutation", [each for each in ALL if each.prompt is not None], ids=lambda file: file.name
)


@pytest.mark.parametrize("base", GOOD)
def test_the_good_pipelines_are_told_nothing(base):
    assert [line.message for line in said_of(GOOD[base])] == []
    assert [finding.message for finding in found(prompt_of(base))] == []
    assert [finding.message for finding in said_of_json(drawn(prompt_of(base)))] == []


@EACH_WAN
def test_a_mutation_in_the_language_is_told_and_nothing_else(mutation: Mutation):
    diagnostics = said_of(mutation.text)
    reported = [f"{finding.code} {finding.message}" for finding in diagnostics]
    codes = {finding.code for finding in diagnostics} - NO_LONGER_USED
    assert codes == mutation.expected | {f"WAN{code}" for code in mutation.language.split()}, (
        reported
    )


@EACH_PROMPT
def test_a_mutation_in_prompt_json_is_told_and_nothing_else(mutation: Mutation):
    diagnostics = found(mutation.broken)
    reported = [f"{finding.code} {finding.message}" for finding in diagnostics]
    assert {finding.code for finding in diagnostics} == mutation.expected, reported


@EACH_PROMPT
def test_a_mutation_in_workflow_json_is_told_and_nothing_else(mutation: Mutation):
    diagnostics = said_of_json(drawn(mutation.broken))
    reported = [f"{finding.code} {finding.message}" for finding in diagnostics]
    assert {finding.code for finding in diagnostics} == mutation.expected_drawn, reported


@EACH_PROMPT
@pytest.mark.parametrize("form", ["prompt", "workflow"])
def test_fixes_of_json_do_away_with_their_finding_and_come_to_rest(mutation: Mutation, form: str):
    text = json.dumps(mutation.broken, indent=1) if form == "prompt" else drawn(mutation.broken)
    rest(text, said_of_json)


@EACH_WAN
def test_fixes_of_a_text_do_away_with_their_finding_and_come_to_rest(mutation: Mutation):
    rest(mutation.text, said_of)


def rest(text: str, shown: Callable[[str], list[Diagnostic]]) -> None:
    """Fixes a text twice: the second time changes nothing, and what was fixed is not told again."""
    name = "broken.wan" if shown is said_of else "broken.json"
    before = shown(text)
    once = fix(text, lambda source: shown(source.text), path=name, unsafe=True)
    again = fix(once.text, lambda source: shown(source.text), path=name, unsafe=True)
    assert bool(once.applied) == any(each.fix is not None for each in before)
    assert not again.changes
    fixed = {finding.code for finding in once.applied}
    assert not fixed & {finding.code for finding in once.left}
