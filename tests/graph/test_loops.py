"""Loops of ComfyUI: what runs in them, how often, and which of them ComfyUI refuses."""

from __future__ import annotations

import pytest

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.loops import loops_of, times_by_node
from wan22dsl.graph.prompts import graph_of

CATALOGUE = open_catalogue("0.39")


def prompt(**nodes):
    """A prompt of nodes `(class, inputs)`; a text among the inputs that names a node is its first output."""
    made = {}
    for id, (class_name, inputs) in nodes.items():
        linked = {
            name.replace("__", "."): [value, 0] if value in nodes else value
            for name, value in inputs.items()
        }
        made[id] = {"class_type": class_name, "inputs": linked}
    return made


def start(times=3, **more):
    return "StartLoop", {"mode": "simple", "mode__num_iterations": times, **more}


def body(image):
    return "ImageInvert", {"image": image}


def graph(**nodes):
    return graph_of(prompt(**nodes), CATALOGUE)


def loop(**more):
    nodes = {
        "start": start(),
        "inner": body("start"),
        "end": ("EndLoop", {"output_value": "inner", "accumulate": False}),
        "show": ("PreviewImage", {"images": "end"}),
    }
    return {**nodes, **more}


NESTED = {
    "outer": start(2),
    "start": start(3, parent_iteration="outer"),
    "inner": body("start"),
    "end": ("EndLoop", {"output_value": "inner", "accumulate": False}),
    "after": body("end"),
    "out": ("EndLoop", {"output_value": "after", "accumulate": False}),
    "show": ("PreviewImage", {"images": "out"}),
}


def test_what_is_between_start_and_end_runs_in_the_loop():
    (found,) = loops_of(graph(**loop())).found
    assert found == ("start", "end", frozenset({"inner"}))


def test_an_inner_loop_comes_before_the_outer_one():
    first, second = loops_of(graph(**NESTED)).found
    assert (first.start, first.end, first.body) == ("start", "end", {"inner"})
    assert (second.start, second.end) == ("outer", "out")
    assert second.body == {"start", "inner", "end", "after"}


def test_a_node_runs_as_often_as_all_loops_around_it_say():
    found = graph(**NESTED)
    assert times_by_node(found, FactTable(found)) == {"start": 2, "inner": 6, "end": 2, "after": 2}


@pytest.mark.parametrize(
    ("mode", "times"),
    [
        ({"mode": "simple", "mode__num_iterations": 0}, 0),
        (
            {
                "mode": "For",
                "mode__start_iteration_index": 1,
                "mode__max_iteration": 8,
                "mode__step": 3,
            },
            3,
        ),
        ({"mode": "List", "mode__list": "pictures"}, None),
        ({"mode": "simple", "mode__num_iterations": "pictures"}, None),
    ],
)
def test_how_often_a_body_runs(mode, times):
    pictures = ("LoadImage", {"image": "a.png"})
    found = graph(**loop(start=("StartLoop", mode), pictures=pictures))
    assert times_by_node(found, FactTable(found)) == {"inner": times}


@pytest.mark.parametrize(
    ("more", "fault", "node"),
    [
        ({"start": ("LoadImage", {"image": "a.png"})}, "loop_end_without_start", "end"),
        ({"show": ("PreviewImage", {"images": "inner"})}, "loop_start_without_end", "start"),
        ({"also": ("PreviewImage", {"images": "inner"})}, "loop_escape", "start"),
        (
            {"end": ("EndLoop", {"output_value": "inner", "accumulate": "inner"})},
            "loop_accumulate_from_body",
            "end",
        ),
        (
            {
                "other": start(),
                "end": ("EndLoop", {"output_value": "inner", "next_iteration_value": "other"}),
            },
            "ambiguous_loop_nesting",
            "end",
        ),
    ],
)
def test_what_comfyui_refuses(more, fault, node):
    bad = loops_of(graph(**loop(**more))).bad
    assert (bad.fault, bad.node) == (fault, node)


def test_what_leads_to_no_output_is_no_part_of_a_loop():
    assert loops_of(graph(**loop(idle=body("inner")))).bad is None


def test_a_graph_without_loops_has_none():
    assert loops_of(graph(show=("PreviewImage", {}))) == ((), None)


# --- loops of packs ---


def repeated(total=3, **more):
    nodes = {
        "start": ("easy forLoopStart", {"total": total}),
        "inner": body("start"),
        "beside": body("start"),
        "end": ("easy forLoopEnd", {"flow": "start", "initial_value1": "inner"}),
        "show": ("PreviewImage", {"images": "end"}),
    }
    return {**nodes, **more}


@pytest.mark.parametrize(("total", "times"), [(3, 3), (0, 1), ("number", None)])
def test_what_leads_to_the_end_of_a_pack_s_loop_runs_as_often_as_its_start_says(total, times):
    made = graph(**repeated(total, number=("OfNobody", {})))
    assert times_by_node(made, FactTable(made)) == {"inner": times}
    assert loops_of(made).bad is None


def test_loops_of_packs_inside_each_other_multiply():
    inside = {
        "outer": ("easy forLoopStart", {"total": 2}),
        "start": ("easy forLoopStart", {"total": 3, "initial_value1": "outer"}),
        "out": ("easy forLoopEnd", {"flow": "outer", "initial_value1": "end"}),
        "show": ("PreviewImage", {"images": "out"}),
    }
    made = graph(**repeated(**inside))
    assert times_by_node(made, FactTable(made))["inner"] == 6
