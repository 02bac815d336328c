"""What every rule promises: a message with examples, and a judgement that takes linear time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forms import unchecked
from tests.lint.rules.test_odd_but_right import BASIC, by_sigmas
from tests.prompts import alone, changed, found, graph_of, node, picture, split
from wan22dsl.api.compiler import check
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.diagnostics import Severity
from wan22dsl.formats.prompt import dump, shape_errors, write
from wan22dsl.graph.model import Draft, Graph, Link, Node
from wan22dsl.lint import rules
from wan22dsl.lint.rules import all_rules
from wan22dsl.lint.rules.cost import EXAMPLES_ON
from wan22dsl.lint.rules.engine import judge, judge_draft
from wan22dsl.lint.rules.files import EXAMPLES_WITH
from wan22dsl.report.text import render
from wan22dsl.source import Source

EACH = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.MESSAGE.code)


#: The rules for packs that are not bundled, whose examples are told of that as well.
OF_PACKS = {"WAN726", "WAN728"}


def _said(rule, text: str):
    if text.startswith("{"):
        besides = {"WAN501"} if rule.MESSAGE.code in OF_PACKS else set()
        return [finding for finding in found(text) if finding.code not in besides]
    card = EXAMPLES_ON.get(rule.MESSAGE.code)
    models = EXAMPLES_WITH.get(rule.MESSAGE.code)
    return check(Source(text, "example.wan"), card=card, models=models).diagnostics


@EACH
def test_the_wrong_example_is_told_with_its_code_and_little_else(rule):
    diagnostics = _said(rule, rule.MESSAGE.bad)
    assert {finding.code for finding in diagnostics} == {rule.MESSAGE.code}, render(diagnostics)


@EACH
def test_the_right_example_is_told_nothing(rule):
    diagnostics = _said(rule, rule.MESSAGE.good)
    assert not diagnostics, render(diagnostics)


@EACH
def test_a_message_says_what_why_and_from_where(rule):
    message = rule.MESSAGE
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", message.name)
    assert message.why.endswith(".")
    assert message.help
    assert message.source
    assert "{" not in message.why
    assert rule.__doc__.startswith(f"{message.code}: ")


def test_rules_stand_in_the_order_of_their_codes_and_no_code_is_used_twice():
    codes = [rule.MESSAGE.code for rule in all_rules()]
    assert codes == sorted(set(codes))
    names = [rule.MESSAGE.name for rule in all_rules()]
    assert len(set(names)) == len(names)


def test_every_file_of_a_rule_is_in_the_list():
    root = Path(rules.__file__).parent
    files = [file for file in root.rglob("*.py") if "\ndef check(view" in file.read_text("utf-8")]
    listed = {Path(rule.__file__) for rule in all_rules()}
    assert [file.name for file in files if file not in listed] == [], "add it to LISTED"


def test_only_a_graph_without_errors_comes_out():
    checked, diagnostics = judge(Graph("empty", {}, open_catalogue(DEFAULT_TARGET)))
    assert checked is None
    assert [finding.severity for finding in diagnostics] == [Severity.ERROR]


#: What is reported of a node even where the rest of the file is wrong: each looks at one value.
OF_ONE_VALUE = "WAN501 WAN504 WAN505 WAN506 WAN507 WAN508 WAN514 WAN517 WAN519".split()


@EACH
def test_in_a_node_that_lacks_something_single_values_are_judged_and_nothing_else(rule):
    """All nodes of the bad example lack something: none of them can be the cause of more."""
    graph = unchecked(rule.MESSAGE.bad)
    found = judge_draft(Draft(graph, frozenset(graph.nodes), wrong=True, lost=False))
    reported = {finding.code for finding in found} - (
        {"WAN501"} if rule.MESSAGE.code in OF_PACKS else set()
    )
    assert reported == ({rule.MESSAGE.code} if rule.MESSAGE.code in OF_ONE_VALUE else set())


def test_findings_are_in_order_and_none_is_told_twice():
    prompt = picture(scale_by=9.0, strength=1)
    prompt["other"] = node("KSampler")
    diagnostics = found(prompt)
    places = [
        (finding.span.start, finding.code) for finding in diagnostics if finding.span is not None
    ]
    assert places == sorted(set(places))


def test_a_chain_of_a_hundred_thousand_nodes_is_judged_without_recursion():
    nodes = {"start": Node("start", "LoadImage", {"image": "a.png"})}
    last = "start"
    for number in range(100_000):
        name = f"n{number}"
        nodes[name] = Node(name, "ImageInvert", {"image": Link(last, 0)})
        last = name
    nodes["end"] = Node("end", "PreviewImage", {"images": Link(last, 0)})
    checked, diagnostics = judge(Graph("long", nodes, open_catalogue(DEFAULT_TARGET)))
    assert diagnostics == []
    assert checked is not None
    assert len(write(checked)) == 100_002


_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from(["", "euler", "1e999", "nan", "enable", "wan2.2_low_noise", "\x00", "a/b"])
    | st.lists(st.integers(), max_size=2).map(lambda each: {"__value__": each})
    | st.tuples(st.sampled_from(["start", "high_sampler", "lost", "decode"]), st.integers(-2, 5))
    | st.just({"on": True, "lora": "x.safetensors", "strength": None})
)


@given(st.data())
def test_whatever_stands_in_a_prompt_is_told_and_never_raises(data):
    linked = by_sigmas(
        BASIC,
        node("SplitSigmasDenoise", sigmas=("source_0", 0), denoise=0.5),
        first=("source_1", 0),
        second=("source_1", 1),
    )
    prompt = data.draw(st.sampled_from([split(), alone(), picture(), linked]))
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(prompt)))
        inputs = prompt[name]["inputs"]
        key = data.draw(st.sampled_from([*inputs, "foo", "lora_name", "sigmas", "guider"]))
        value = data.draw(_VALUES)
        prompt = changed(prompt, name, **{key: value})
    graph = graph_of(prompt)
    data.draw(
        st.sampled_from(sorted(graph.nodes.values(), key=lambda each: each.id))
    ).mode = data.draw(st.sampled_from(["active", "bypass", "mute"]))
    checked, diagnostics = judge(graph)
    assert all(finding.message and finding.span for finding in diagnostics)
    if checked is not None:
        assert shape_errors(write(checked)) == []
        dump(write(checked))
