"""Laws of the layout, over the examples, over pipelines put together at random, and over any graph."""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.examples.test_examples import WHOLE, _values
from tests.test_generated import Pipeline, pipelines
from wan22dsl.api import compiler
from wan22dsl.formats.workflow_write.groups import Group, without_circles
from wan22dsl.formats.workflow_write.layers import Edge, in_order, layers_of, sorted_along
from wan22dsl.formats.workflow_write.layout import Box, in_rows, lay_out
from wan22dsl.formats.workflow_write.widgets import TITLE_PX, Size
from wan22dsl.source import Source

LAW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


class Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Area) -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)

    def holds(self, other: Area) -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


def area(node: dict[str, Any]) -> Area:
    """What a node covers, with the bar of its title."""
    (left, top), (width, height) = node["pos"], node["size"]
    return Area(left, top - TITLE_PX, left + width, top + height)


def frame(group: dict[str, Any]) -> Area:
    left, top, width, height = group["bounding"]
    return Area(left, top, left + width, top + height)


def laws_hold(workflow: dict[str, Any]) -> None:
    nodes = {node["id"]: area(node) for node in workflow["nodes"]}
    frames = [frame(group) for group in workflow["groups"]]
    for one, other in combinations(nodes.values(), 2):
        assert not one.meets(other)
    for one, other in combinations(frames, 2):
        assert not one.meets(other)
    for node in workflow["nodes"]:
        around = [frame for frame in frames if frame.holds(nodes[node["id"]])]
        touched = [frame for frame in frames if frame.meets(nodes[node["id"]])]
        assert len(around) == len(touched) == (0 if node["type"] == "MarkdownNote" else 1)
    group_of = {
        id: next((frame for frame in frames if frame.holds(node)), node)
        for id, node in nodes.items()
    }
    for _, start, _, end, _, _ in workflow["links"]:
        is_in_row_above = group_of[start].bottom < group_of[end].top
        assert is_in_row_above or nodes[start].right < nodes[end].left
    order = {node["id"]: node["order"] for node in workflow["nodes"]}
    assert sorted(order.values()) == list(range(len(order)))
    assert all(order[start] < order[end] for _, start, _, end, _, _ in workflow["links"])


@pytest.mark.parametrize("example", WHOLE, ids=lambda example: example.label)
def test_an_example_is_laid_out_without_overlap_from_left_to_right(example) -> None:
    workflow, _ = compiler.workflow(
        example.file, pipeline=example.name, values=_values(example.file)
    )
    assert workflow is not None
    laws_hold(workflow)


@LAW
@given(pipelines())
def test_a_pipeline_is_laid_out_without_overlap_from_left_to_right(pipeline: Pipeline) -> None:
    workflow, found = compiler.workflow(Source(pipeline.text(), "p.wan"))
    if workflow is None:
        assert any(finding.is_error for finding in found)
    else:
        laws_hold(workflow)


@LAW
@given(pipelines())
def test_a_plain_graph_is_laid_out_without_overlap_from_left_to_right(pipeline: Pipeline) -> None:
    plain, _ = compiler.expand(Source(pipeline.text(), "p.wan"))
    if plain is not None:
        workflow, _ = compiler.workflow(Source(plain, "p.wan"))
        assert workflow is not None
        laws_hold(workflow)


class AnyGraph(NamedTuple):
    """A graph of any form: edges lead to later names, and each name has an owner."""

    names: list[str]
    edges: list[Edge]
    owners: dict[str, str]
    sizes: dict[str, Size]


@st.composite
def graphs(draw: st.DrawFn) -> AnyGraph:
    count = draw(st.integers(1, 25))
    names = [f"n{number}" for number in range(count)]
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = (
        draw(st.lists(pair.filter(lambda two: two[0] < two[1]), max_size=60)) if count > 1 else []
    )
    edges = [Edge(names[start], names[end]) for start, end in pairs]
    owners = {name: draw(st.sampled_from("abcd")) for name in names}
    size = st.builds(Size, st.integers(10, 500), st.integers(10, 500))
    return AnyGraph(names, edges, owners, {name: draw(size) for name in names})


@LAW
@given(graphs())
def test_any_graph_is_laid_out_without_overlap_from_left_to_right(graph: AnyGraph) -> None:
    parts = without_circles(graph.owners, graph.names, graph.edges)
    groups = {
        part: Group(part, "#888", tuple(name for name in graph.names if parts[name] == part))
        for part in dict.fromkeys(parts.values())
    }
    layout = lay_out(groups, graph.sizes, graph.edges)
    workflow = {
        "nodes": [
            {"id": name, "type": "x", "order": number, "pos": box[:2], "size": box[2:]}
            for number, name in enumerate(graph.names)
            for box in [layout.nodes[name]]
        ],
        "groups": [{"bounding": list(box)} for box in layout.groups.values()],
        "links": [[0, edge.start, 0, edge.end, 0, "x"] for edge in graph.edges],
    }
    laws_hold(workflow)
    assert layout == lay_out(groups, graph.sizes, graph.edges)


@LAW
@given(graphs(), st.randoms())
def test_what_closes_a_circle_is_left_out_and_nothing_else(graph: AnyGraph, random: Any) -> None:
    names = list(graph.names)
    random.shuffle(names)
    along, kept = sorted_along(names, graph.edges)
    assert sorted(along) == sorted(names)
    assert sorted(kept) == sorted(graph.edges)
    place = {name: number for number, name in enumerate(along)}
    assert all(place[edge.start] < place[edge.end] for edge in kept)
    circle = [*graph.edges, *(Edge(edge.end, edge.start) for edge in graph.edges)]
    along, kept = sorted_along(names, circle)
    place = {name: number for number, name in enumerate(along)}
    assert sorted(along) == sorted(names)
    assert all(place[edge.start] < place[edge.end] for edge in kept)


def crossings(layers: list[list[str]], edges: list[Edge]) -> int:
    place = {name: number for layer in layers for number, name in enumerate(layer)}
    depth = {name: number for number, layer in enumerate(layers) for name in layer}
    return sum(
        depth[each.start] == depth[other.start]
        and depth[each.end] == depth[other.end]
        and (place[each.start] - place[other.start]) * (place[each.end] - place[other.end]) < 0
        for each, other in combinations(edges, 2)
    )


def test_crossings_that_need_not_be_are_taken_out() -> None:
    edges = [Edge("a", "z"), Edge("b", "y"), Edge("c", "x"), Edge("x", "end"), Edge("z", "end")]
    along, kept = sorted_along(["a", "b", "c", "x", "y", "z", "end"], edges)
    layers = layers_of(along, kept)
    assert crossings(layers, kept) > 0
    assert crossings(in_order(layers, kept), kept) == 0


def test_a_long_strip_of_groups_is_wrapped_before_a_clip_and_a_short_one_is_not() -> None:
    strip = {
        f"shot_{clip}.{part}\0{0}": Box(3 * 2_000 * clip + 2_000 * at, 0, 1_900, 900)
        for clip in range(4)
        for at, part in enumerate(("high", "low", "join"))
    }
    found = in_rows(strip)
    assert max(box.x + box.width for box in found.values()) < 9_000
    assert {name for name, box in found.items() if box.x == 0} <= {
        name for name in strip if ".high" in name
    }
    assert len({box.y for box in found.values()}) > 1
    short = {name: box for name, box in strip.items() if name.startswith("shot_0")}
    assert in_rows(short) == short


def test_three_clips_of_a_film_are_rows_below_each_other() -> None:
    made, _ = compiler.workflow(ROOT / "examples" / "long_video.wan", pipeline="film_of_three")
    assert made is not None
    top = {group["title"].partition(":")[0]: group["bounding"][1] for group in made["groups"]}
    assert top["shot_1.high"] < top["shot_2.high"] < top["shot_3.high"]
    assert top["shot_2.high"] == top["shot_2.low"]
    assert max(group["bounding"][0] + group["bounding"][2] for group in made["groups"]) < 8_000
