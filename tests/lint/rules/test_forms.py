"""What a rule finds in the language it finds in the JSON compiled from it, and the other way round."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.forms import as_prompt, as_workflow, complete, unchecked_graphs
from tests.lint.rules.mutations.suite import GOOD
from tests.lint.rules.mutations.test_mutations import ALL
from wan22dsl.graph.cost.cards import card_named
from wan22dsl.graph.modes import active, causes
from wan22dsl.lint.rules import all_rules, unseen_in
from wan22dsl.lint.rules.cost import EXAMPLES_ON
from wan22dsl.lint.rules.view import View

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph

FORMS = {"prompt": as_prompt, "workflow": as_workflow}
EXAMPLES = ROOT / "examples"

#: Files by name, with the rule that they are an example of.
_ALL = {
    **{f"{rule.MESSAGE.code} bad": (rule, rule.MESSAGE.bad) for rule in all_rules()},
    **{f"{rule.MESSAGE.code} good": (rule, rule.MESSAGE.good) for rule in all_rules()},
    **{f"mutation: {each.name}": (None, each.text) for each in ALL if each.wan},
    **{file.name: (None, file.read_text(encoding="utf-8")) for file in EXAMPLES.glob("*.wan")},
}

#: The same, each text once.
TEXTS = dict({each[1]: (name, each) for name, each in _ALL.items()}.values())

Finding = tuple[str, str, str]


def findings(graph: Graph, card: str | None = None, form: str = "") -> set[Finding]:
    """Code, severity and message of all findings, without those of rules that find nothing in a form."""
    view = View(active(graph), card=None if card is None else card_named(card))
    rules = [rule for rule in all_rules() if form not in unseen_in(rule)]
    found = (each for rule in rules for each in rule.check(view))
    return {(finding.code, finding.severity.value, finding.message) for finding in found}


def read_back(graph: Graph, form: str, *, declared: bool = False) -> Graph:
    """What is read from the JSON of a graph, its nodes called as they are there.

    With `declared` its loaders also have what the language declares of their files.
    """
    (again,) = unchecked_graphs(FORMS[form](graph), f"{graph.name}.json")
    for id in again.nodes.keys() & graph.nodes.keys():  # a constant on a socket is drawn as a node
        node, before = again.nodes[id], graph.nodes[id]
        node.label, node.stage = before.label, before.stage
        if declared:
            node.asset = before.asset
    return again


@pytest.mark.parametrize("name", TEXTS)
def test_json_has_the_findings_of_the_pipeline_that_it_is_compiled_from(name):
    rule, text = TEXTS[name]
    card = None if rule is None else EXAMPLES_ON.get(rule.MESSAGE.code)
    for graph in unchecked_graphs(text):
        if not complete(graph):
            continue  # a parameter has no value yet: nothing can be compiled
        contradicted = "WAN601" in {code for code, _, _ in findings(graph)}
        for form in FORMS:
            if form == "workflow" and causes(graph, active(graph)):
                continue  # the editor keeps what goes with a muted or bypassed node in the language
            again = read_back(graph, form, declared=contradicted)
            assert findings(again, card, form) == findings(graph, card, form), form


@pytest.mark.parametrize(
    ("rule", "form"),
    [(rule, form) for rule in all_rules() for form in unseen_in(rule)],
    ids=lambda each: each if isinstance(each, str) else each.MESSAGE.code,
)
def test_a_rule_that_is_said_to_find_nothing_in_a_form_does_find_nothing_in_it(rule, form):
    """If it does by now, it needs no exception any more."""
    (graph,) = unchecked_graphs(rule.MESSAGE.bad)
    assert form in FORMS and unseen_in(rule)[form]
    assert list(rule.check(View(active(graph))))
    assert not list(rule.check(View(active(read_back(graph, form)))))


#: Whole numbers and fractions in a file, without those in strings, names and comments.
_NUMBER = re.compile(
    r'(?<![\w."#-])\d+(?:\.\d+)?(?=(?:fps|f|s)?\b)(?=[^"\n]*(?:"[^"\n]*"[^"\n]*)*$)', re.M
)

_OTHER = [
    "0",
    "1",
    "2",
    "3",
    "5",
    "8",
    "16",
    "20",
    "24",
    "30",
    "60",
    "80",
    "121",
    "640",
    "0.5",
    "0.9",
]

#: What is done to the frames before they are saved.
_STAGES = ["", "rife(times = 2) -> ", "film(times = 4) -> ", "scale(by = 0.5) -> ", "take(9f) -> "]

_CHANGED = [*GOOD.values(), *(text for name, (_, text) in TEXTS.items() if name.endswith(".wan"))]


@st.composite
def changed(draw: st.DrawFn) -> str:
    """A good file with other numbers, another rate of what is saved, and other stages before it."""
    text = draw(st.sampled_from(_CHANGED))
    spots = [each for each in _NUMBER.finditer(text) if each.start() > len("wan 1")]
    chosen = draw(st.lists(st.sampled_from(spots), max_size=3, unique_by=lambda each: each.start()))
    for spot in sorted(chosen, key=lambda each: -each.start()):
        new = draw(st.sampled_from(_OTHER))
        text = text[: spot.start()] + new + text[spot.end() :]
    rate = draw(st.sampled_from(["", ", fps = 16fps", ", fps = 30fps", ", fps = 60fps"]))
    return re.sub(r'save\(("[^"]*")\)', rf"{draw(st.sampled_from(_STAGES))}save(\1{rate})", text)


@settings(max_examples=15)
@given(changed(), st.sampled_from(sorted(FORMS)))
def test_whatever_numbers_a_pipeline_has_its_json_has_the_same_findings(text, form):
    for graph in unchecked_graphs(text):
        if complete(graph):
            again = read_back(graph, form, declared=True)
            assert findings(again, form=form) == findings(graph, form=form)
