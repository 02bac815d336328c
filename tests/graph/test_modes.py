"""Bypassed and muted nodes are taken out as ComfyUI's editor does it."""

from __future__ import annotations

import pytest

from tests.prompts import conditioned, graph_of, node, picture, split
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.graph.model import Graph, Link, Node
from wan22dsl.graph.modes import active, through


def moded(prompt: dict, **modes: str) -> Graph:
    graph = graph_of(prompt)
    for name, mode in modes.items():
        graph.nodes[name].mode = mode
    return graph


def test_a_graph_without_modes_is_the_same_graph():
    graph = graph_of(split())
    assert active(graph) is graph


def test_a_bypassed_node_is_rewired_to_its_first_input_of_that_type():
    graph = active(moded(split(), high_lora="bypass", high_shift="bypass"))
    assert graph.nodes["high_sampler"].inputs["model"] == Link("high_model", 0)
    assert "high_lora" not in graph.nodes


@pytest.mark.parametrize(
    ("slot", "inputs", "expected"),
    [
        (0, ["IMAGE", "MASK", "IMAGE"], 0),
        (2, ["IMAGE", "MASK", "IMAGE"], 2),  # the input with the number of the output
        (1, ["MASK,IMAGE", "MASK", "IMAGE"], 2),  # the first of exactly that type
        (1, ["MASK,IMAGE", "MASK"], 0),  # the first that fits
        (1, ["MASK", "MASK"], None),
    ],
)
def test_an_output_of_a_bypassed_node_goes_to_the_nearest_input_of_its_type(slot, inputs, expected):
    assert through(slot, "IMAGE", inputs, "IMAGE") == expected


def test_a_bypassed_node_without_such_an_input_leaves_nothing_behind():
    graph = active(moded(split(), load="bypass"))
    assert "start_image" not in graph.nodes["start"].inputs
    assert "high_sampler" in graph.nodes


def test_a_muted_node_takes_with_it_all_that_needs_it():
    prompt = {**split(), "show": node("PreviewImage", images=("decode", 0))}
    prompt["other"] = node("PreviewImage", images=("load", 0))
    graph = active(moded(prompt, low_sampler="mute"))
    assert not {"low_sampler", "decode", "video", "save", "show"} & set(graph.nodes)
    assert {"high_sampler", "other"} <= set(graph.nodes)


def test_a_bypassed_conditioning_hands_on_what_it_got():
    graph = active(moded(split(start=conditioned()), start="bypass"))
    assert "high_sampler" not in graph.nodes  # there is no latent any more


def test_an_unknown_class_with_one_link_can_be_bypassed():
    prompt = picture()
    prompt["odd"] = node("Some Filter (pack)", pixels=("load", 0))
    prompt["scale"]["inputs"]["image"] = ["odd", 0]
    graph = active(moded(prompt, odd="bypass"))
    assert graph.nodes["scale"].inputs["image"] == Link("load", 0)


def test_a_circle_of_bypassed_nodes_comes_to_an_end():
    prompt = picture()
    prompt["one"] = node("ImageInvert", image=("two", 0))
    prompt["two"] = node("ImageInvert", image=("one", 0))
    prompt["scale"]["inputs"]["image"] = ["one", 0]
    graph = active(moded(prompt, one="bypass", two="bypass"))
    assert list(graph.nodes) == ["load"]


def test_a_link_to_nothing_stays_for_the_rules_to_find():
    prompt = picture(image=("lost", 0))
    graph = active(moded(prompt, load="mute"))
    assert graph.nodes["scale"].inputs["image"] == Link("lost", 0)


def test_a_long_chain_of_bypassed_nodes_is_followed_without_recursion():
    nodes = {"start": Node("start", "LoadImage", {"image": "a.png"})}
    last = "start"
    for number in range(20_000):
        name = f"n{number}"
        nodes[name] = Node(name, "ImageInvert", {"image": Link(last, 0)}, mode="bypass")
        nodes[f"s{number}"] = Node(f"s{number}", "PreviewImage", {"images": Link(name, 0)})
        last = name
    graph = active(Graph("long", nodes, open_catalogue("0.33.0")))
    assert graph.nodes["s19999"].inputs["images"] == Link("start", 0)


def test_a_class_whose_needs_are_unknown_stays_without_the_link():
    prompt = picture()
    prompt["odd"] = node("Some Filter (pack)", pixels=("scale", 0), mask=("load", 1))
    prompt["save"]["inputs"]["images"] = ["odd", 0]
    graph = active(moded(prompt, scale="mute"))
    assert graph.nodes["odd"].inputs == {"mask": Link("load", 1)}
    assert graph.nodes["save"].inputs["images"] == Link("odd", 0)


def bypassed(**inputs):
    prompt = picture()
    prompt["odd"] = node("Some Filter (pack)", **inputs)
    prompt["save"]["inputs"]["images"] = ["odd", 0]
    return prompt


def test_an_unknown_class_hands_on_the_first_link_of_the_type_that_is_wanted():
    prompt = bypassed(mask=("load", 1), pixels=("scale", 0), more=("load", 0))
    graph = active(moded(prompt, odd="bypass"))
    assert graph.nodes["save"].inputs["images"] == Link("scale", 0)


def test_an_unknown_class_hands_on_the_link_that_brings_something():
    prompt = bypassed(options=("settings", 0), pixels=("scale", 0))
    prompt["settings"] = node("Some Options (pack)")
    graph = active(moded(prompt, odd="bypass", settings="bypass"))
    assert graph.nodes["save"].inputs["images"] == Link("scale", 0)


def test_of_two_links_of_unknown_types_none_is_handed_on():
    prompt = bypassed(a=("one", 0), b=("two", 0))
    prompt |= {"one": node("Some Maker (pack)"), "two": node("Some Maker (pack)")}
    assert "save" not in active(moded(prompt, odd="bypass")).nodes


def test_a_long_chain_of_unknown_classes_comes_to_an_end():
    prompt = bypassed(a=("n0", 0), b=("load", 1))
    for number in range(300):
        prompt[f"n{number}"] = node("Some Filter (pack)", x=(f"n{(number + 1) % 300}", 0))
    modes = {id: "bypass" for id in prompt if id.startswith(("n", "odd"))}
    assert "save" not in active(moded(prompt, **modes)).nodes
