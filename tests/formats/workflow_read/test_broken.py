"""Whatever is wrong in a workflow is told, at its place, and never raised."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.workflow_read.sketch import Sketch, picture, source_of, told
from wan22dsl.api.compiler import check
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats import kind
from wan22dsl.graph.modes import active

CATALOGUE = open_catalogue("0.33.0")


def with_subgraph() -> dict[str, Any]:
    inside = Sketch()
    inside.node(5, "ImageScaleBy", ("lanczos", 2))
    inputs = {"image": [(5, "image")], "scale": [(5, "scale_by")]}
    sketch = picture()
    sketch.node(11, "scaler", (3,), links={"image": (1, 0)})
    sketch.node(12, "GetNode", ("start",))
    sketch.node(13, "SetNode", ("start",), links={"IMAGE": (11, 0)})
    sketch.node(14, "PreviewImage", links={"images": (12, 0)}, mode=4)
    sketch.node(15, "KSampler", (7, "fixed", 4, 1, "euler", "simple", 1), mode=2)
    return sketch.workflow(inside.subgraph("scaler", inputs, {"images": (5, 0)}))


WORKFLOW = with_subgraph()


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [path]
    if isinstance(value, dict):
        found += [one for key in value for one in paths(value[key], (*path, key))]
    if isinstance(value, list):
        found += [one for key, each in enumerate(value) for one in paths(each, (*path, key))]
    return found


PATHS = [one for one in paths(WORKFLOW) if one]
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-30, 30),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["scaler", "Reroute", "PrimitiveNode", "GetNode", "SetNode", "KSampler", "*"]),
    st.lists(st.integers(-30, 30), max_size=6),
    st.dictionaries(st.sampled_from(["id", "type", "link", "name", "nodes"]), st.integers(0, 20)),
)


def judged(text: str) -> None:
    """Reads and judges a text; what is said of it stands in it."""
    source = source_of(text)
    for one in check(source, target=CATALOGUE).diagnostics:
        assert one.message
        assert one.help is not None
        if one.span is not None:
            assert 0 <= one.span.start <= one.span.end <= len(source.text)


@given(st.lists(st.tuples(st.sampled_from(PATHS), ANYTHING), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_wrong_values_anywhere_never_raise(changes):
    workflow = copy.deepcopy(WORKFLOW)
    for path, value in changes:
        place = workflow
        try:
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took that place away
    judged(json.dumps(workflow))


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_text_cut_off_or_damaged_never_raises(data):
    text = json.dumps(WORKFLOW, indent=1)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.sampled_from([start, start + 1, start + 40, len(text)]))
    judged("{" + text[1:start] + data.draw(st.text('{}[],:"0aN\\\n', max_size=3)) + text[end:])


@given(st.recursive(ANYTHING, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
@settings(max_examples=100, deadline=None)
def test_any_list_of_nodes_never_raises(nodes):
    judged(json.dumps({"nodes": [nodes], "links": [nodes], "definitions": nodes}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nodes": "x"}, "no list of `nodes`"),
        ({"nodes": {"1": {"class_type": "X", "inputs": {}}}, "links": []}, "as prompt JSON is"),
        ({"nodes": [5]}, "not an object with an `id`"),
        ({"nodes": [{"type": "Note"}]}, "not an object with an `id`"),
        ({"nodes": [{"id": 1}]}, "Node #1 has no `type`"),
        ({"nodes": [{"id": 1, "type": "X", "inputs": 3}]}, "`inputs` of node #1 is not a list"),
        ({"nodes": [{"id": 1, "type": "X", "inputs": [3]}]}, "input of node #1 is not an object"),
        ({"nodes": [{"id": 1, "type": "X", "outputs": {}}]}, "`outputs` of node #1 is not a list"),
        ({"nodes": [{"id": 1, "type": "X"}, {"id": "1", "type": "Y"}]}, "have the id 1"),
        ({"links": [[1, 2]]}, "A link is not of the form"),
        ({"links": [[1, 1, "a", 2, 0, "X"]]}, "A link is not of the form"),
        ({"links": 7}, "`links` of the workflow is not a list"),
        ({"definitions": {"subgraphs": {"a": 1}}}, "`subgraphs` is not a list"),
        ({"definitions": {"subgraphs": [1]}}, "definition of a subgraph"),
    ],
)
def test_what_has_not_the_form_of_a_workflow_is_told(change, words):
    (one, *_) = told({"nodes": [], "links": [], "version": 0.4, **change})
    assert one.code == "WAN558"
    assert words in one.message
    assert one.span is not None


def test_each_mistake_stands_where_it_is():
    text = '{\n"nodes": [\n{"id": 1, "type": "X"},\n{"id": 2}],\n"links": [\n[1],\nnull]}'
    places = [one.span.first for one in told(text) if one.span is not None]
    assert places == [(4, 1), (6, 1)]


def test_a_key_that_stands_twice_is_told_however_deep():
    text = '{"nodes": [{"id": 1, "type": "X",\n "properties": {"a": 1, "a": 2}}], "links": []}'
    (one,) = told(text)
    assert one.code == "WAN553"
    assert one.span is not None
    assert tuple(one.span.first) == (2, 30)


@pytest.mark.parametrize("text", ['{"nodes": [', "[" * 200_000, '{"nodes":' * 50_000])
def test_text_that_is_no_json_is_told(text):
    assert [one.code for one in told(text)] == ["WAN551"]


def test_more_nodes_than_anyone_draws_are_told_at_once():
    nodes = [{"id": number, "type": "Note"} for number in range(20_001)]
    (one,) = told({"nodes": nodes, "links": []})
    assert one.code == "WAN560"
    assert one.message.endswith("more than 20,000 nodes.")


def test_definitions_that_all_hold_each_other_come_to_an_end():
    subgraphs = []
    for number in range(20):
        inside = Sketch()
        for other in range(20):
            if other != number:
                inside.node(other, f"s{other}")
        subgraphs.append(inside.subgraph(f"s{number}", {}, {}))
    sketch = Sketch()
    sketch.node(1, "s0")
    assert [one.code for one in told(sketch.workflow(*subgraphs))] == ["WAN559"]


def test_numbers_that_json_does_not_have_reach_the_rules():
    text = json.dumps(picture().workflow()).replace('["lanczos", 2]', '["lanczos", NaN]')
    found = check(source_of(text)).diagnostics
    assert [one.code for one in found] == ["WAN508"]
    assert found[0].span is not None
    assert found[0].span.text == "NaN"


def test_a_graph_of_which_half_is_bypassed_keeps_its_places():
    graph, _ = kind.read(source_of(WORKFLOW), CATALOGUE)
    assert graph is not None
    left = active(graph)
    assert "14" in graph.nodes
    assert "14" not in left.nodes
    assert left.nodes["2"].spans["scale_by"].text == "2"
