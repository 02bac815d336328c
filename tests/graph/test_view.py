"""The graph for networkx, and the order in which nodes can run."""

from __future__ import annotations

import networkx

from tests.prompts import changed, graph_of, node, picture, split
from wan22dsl.graph.order import circles, never_ready


def test_nodes_and_links_are_those_of_the_graph():
    graph = graph_of(split())
    made = graph.nx
    assert list(made.nodes) == list(graph.nodes)
    assert made.nodes["decode"]["node"] is graph.nodes["decode"]
    links = {(a, b, each["input"], each["slot"]) for a, b, each in made.edges(data=True)}
    assert ("start", "high_sampler", "negative", 1) in links
    assert made.number_of_edges("start", "high_sampler") == 3
    assert networkx.is_directed_acyclic_graph(made)


def test_links_to_nothing_are_left_out():
    assert "lost" not in graph_of(picture(image=("lost", 0))).nx


def test_consumers_are_who_takes_the_outputs():
    graph = graph_of(picture())
    assert graph.consumers["load"] == [("scale", "image", 0)]
    assert graph.consumers["save"] == []


def test_every_node_of_a_graph_without_circles_gets_its_turn():
    assert never_ready(graph_of(split())) == []


def test_a_circle_and_what_lies_behind_it_never_get_theirs():
    prompt = changed(split(), "high_sampler", latent_image=("low_sampler", 0))
    prompt["own"] = node("ImageInvert", image=("own", 0))
    graph = graph_of(prompt)
    stuck = never_ready(graph)
    assert set(stuck) == {"high_sampler", "low_sampler", "decode", "video", "save", "own"}
    assert circles(graph, stuck) == [["high_sampler", "low_sampler"], ["own"]]


def test_of_many_circles_each_is_named_once_by_the_order_of_the_graph():
    prompt = picture()
    for number in range(40):
        prompt[f"a{number}"] = node("ImageInvert", image=(f"b{number}", 0))
        prompt[f"b{number}"] = node(
            "ImageBatch", image1=(f"a{number}", 0), image2=(f"a{number}", 0)
        )
        prompt[f"behind{number}"] = node("ImageInvert", image=(f"b{number}", 0))
    graph = graph_of(prompt)
    expected = [[f"a{number}", f"b{number}"] for number in range(40)]
    assert circles(graph, never_ready(graph)) == expected
