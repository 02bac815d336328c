"""A rule is left out only where it finds nothing."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from hypothesis import given, settings

from tests.forms import as_prompt, unchecked_graphs
from tests.lint.rules.mutations.suite import drawn, prompt_of
from tests.lint.rules.mutations.test_mutations import ALL
from tests.lint.rules.test_forms import TEXTS, changed
from wan22dsl.graph.cost.cards import card_named
from wan22dsl.graph.modes import active
from wan22dsl.lint.rules import LISTED, rules_for, subjects
from wan22dsl.lint.rules.view import View

CARD = card_named("RTX 4090")


def left_out_although_they_find_something(graph, card=None) -> list[str]:
    """The rules whose subject is not in a graph, and that find something in it."""
    found = []
    for all_needed in (False, True):
        view = View(active(graph), all_needed=all_needed, card=card, whole=graph)
        chosen = {rule.MESSAGE.code for rule in rules_for(view, LISTED)}
        found += [
            listing.file
            for listing in LISTED
            if listing.rule.MESSAGE.code not in chosen and list(listing.rule.check(view))
        ]
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_what_a_rule_finds_in_an_example_is_its_subject(name):
    _, text = TEXTS[name]
    for graph in unchecked_graphs(text):
        assert not left_out_although_they_find_something(graph, CARD)


@pytest.mark.parametrize(
    "mutation", [each for each in ALL if each.prompt], ids=lambda each: each.name
)
def test_what_a_rule_finds_in_broken_json_is_its_subject(mutation):
    prompt = mutation.prompt(prompt_of(mutation.base))
    for text in (json.dumps(prompt), drawn(prompt)):
        for graph in unchecked_graphs(text, "test.json"):
            assert not left_out_although_they_find_something(graph)


@settings(max_examples=25)
@given(changed())
def test_what_a_rule_finds_among_other_numbers_is_its_subject(text):
    for graph in unchecked_graphs(text):
        assert not left_out_although_they_find_something(graph)
        for again in unchecked_graphs(as_prompt(graph), "test.json"):
            assert not left_out_although_they_find_something(again)


def test_every_listed_file_is_there_and_every_subject_is_that_of_a_rule():
    for listing in LISTED:
        assert import_module(f"wan22dsl.lint.rules.{listing.file}") is listing.rule
    used = {listing.subject for listing in LISTED}
    known = {
        value
        for name, value in vars(subjects).items()
        if getattr(value, "__module__", "") == subjects.__name__ and not name.startswith("_")
    }
    assert known - used <= {subjects.inexact_handoffs, subjects.new_starts}
