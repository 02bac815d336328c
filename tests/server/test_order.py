"""The order of nodes and what is known again: laws, beside the recordings."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.server.order import Order, is_link
from wan22dsl.server.signatures import NEVER, signatures


@st.composite
def prompts(draw: st.DrawFn) -> dict[str, Any]:
    """Prompts without circles: a node is linked to some of those before it."""
    count = draw(st.integers(1, 12))
    found: dict[str, Any] = {}
    for number in range(count):
        sources = draw(st.lists(st.integers(0, max(number - 1, 0)), max_size=3 if number else 0))
        inputs: dict[str, Any] = {f"i{at}": [f"{each}", 0] for at, each in enumerate(sources)}
        inputs["value"] = draw(st.integers(0, 2))
        found[f"{number}"] = {"class_type": draw(st.sampled_from("AB")), "inputs": inputs}
    return found


def run(prompt: dict[str, Any], outputs: list[str], cached: set[str]) -> list[str]:
    order = Order(prompt, lambda name: name in outputs, lambda name: name in cached)
    for output in outputs:
        order.add(output)
    ran = []
    while order:
        name = order.next()
        assert name is not None
        ran.append(name)
        order.done(name)
    return ran


def needed(prompt: dict[str, Any], name: str) -> set[str]:
    found = {name}
    for value in prompt[name]["inputs"].values():
        if is_link(value):
            found |= needed(prompt, value[0])
    return found


def test_a_truth_value_is_no_slot_of_a_link() -> None:
    assert is_link(["a", 0]) and is_link(["a", 1.0])
    assert not is_link(["a", True]) and not is_link([1, 0]) and not is_link(["a", 0, 0])


def test_what_leads_to_an_output_within_two_links_runs_first() -> None:
    """Three links lead from `a1` to its output, two from `b1`, which was found later."""
    links = {"a1": [], "a2": ["a1"], "a3": ["a2"], "a4": ["a3"]}
    links |= {"b1": [], "b2": ["b1"], "b3": ["b2"]}
    prompt = {
        name: {"class_type": "A", "inputs": {source: [source, 0] for source in sources}}
        for name, sources in links.items()
    }
    assert run(prompt, ["a4", "b3"], set())[0] == "b1"
    assert run(prompt, ["a3", "b3"], set())[0] == "a1"


@given(prompts(), st.data())
def test_every_node_that_is_needed_runs_once_and_after_what_it_needs(
    prompt: dict[str, Any], data: st.DataObject
) -> None:
    outputs = data.draw(st.lists(st.sampled_from(sorted(prompt)), min_size=1, unique=True))
    ran = run(prompt, outputs, set())
    assert set(ran) == {each for output in outputs for each in needed(prompt, output)}
    assert len(ran) == len(set(ran))
    for at, name in enumerate(ran):
        assert needed(prompt, name) <= set(ran[: at + 1])


@given(prompts())
def test_nothing_behind_what_is_cached_runs(prompt: dict[str, Any]) -> None:
    last = f"{len(prompt) - 1}"
    assert run(prompt, [last], set(prompt)) == [last]


@given(prompts(), st.permutations(list("abcdefghijkl")))
def test_signatures_know_nothing_of_ids(prompt: dict[str, Any], letters: list[str]) -> None:
    names = dict(zip(prompt, letters))
    renamed = {
        names[name]: {
            **node,
            "inputs": {
                key: [names[value[0]], value[1]] if is_link(value) else value
                for key, value in node["inputs"].items()
            },
        }
        for name, node in prompt.items()
    }
    before = signatures(prompt, lambda _: None)
    after = signatures(renamed, lambda _: None)
    assert {names[name]: each for name, each in before.items()} == after
    assert NEVER not in after.values()


@given(prompts())
def test_a_changed_value_changes_what_hangs_on_it_and_nothing_else(prompt: dict[str, Any]) -> None:
    before = signatures(prompt, lambda _: None)
    changed = {**prompt, "0": {**prompt["0"], "inputs": {**prompt["0"]["inputs"], "value": 9}}}
    after = signatures(changed, lambda _: None)
    assert {name for name in prompt if before[name] != after[name]} == {
        name for name in prompt if "0" in needed(prompt, name)
    }


def test_circles_and_links_to_nothing_are_never_known_again() -> None:
    prompt = {
        "a": {"class_type": "A", "inputs": {"x": ["b", 0]}},
        "b": {"class_type": "A", "inputs": {"x": ["a", 0]}},
        "c": {"class_type": "A", "inputs": {"x": ["nothing", 0]}},
        "d": {"class_type": "A", "inputs": {"x": ["c", 0]}},
    }
    assert set(signatures(prompt, lambda _: None).values()) == {NEVER}


def test_a_long_chain_is_no_harder_than_a_short_one() -> None:
    prompt: dict[str, Any] = {"0": {"class_type": "A", "inputs": {}}}
    for number in range(1, 3000):
        prompt[f"{number}"] = {"class_type": "A", "inputs": {"x": [f"{number - 1}", 0]}}
    assert len(set(signatures(prompt, lambda _: None).values())) == 3000
    assert run(prompt, ["2999"], set())[0] == "0"
