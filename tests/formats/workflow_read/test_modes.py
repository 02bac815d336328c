"""Muted and bypassed nodes stay in the graph as such; what is sent has them out as in the editor."""

from __future__ import annotations

from tests.formats.workflow_read.sketch import Sketch, graph_of, picture, sent


def moded(mode: int, number: int = 1) -> Sketch:
    sketch = picture()
    sketch.nodes[number]["mode"] = mode
    return sketch


def test_the_modes_are_kept():
    assert graph_of(moded(2).workflow()).nodes["2"].mode == "mute"
    assert graph_of(moded(4).workflow()).nodes["2"].mode == "bypass"
    assert graph_of(moded(0).workflow()).nodes["2"].mode == "active"


def test_a_bypassed_node_is_rewired():
    assert sent(moded(4).workflow()) == {"1": {"image": "start.png"}, "3": {"images": ["1", 0]}}


def test_what_needs_a_muted_node_stays_without_that_input():
    assert sent(moded(2).workflow()) == {"1": {"image": "start.png"}, "3": {}}


def test_each_output_of_a_bypassed_node_goes_to_the_input_of_its_number():
    sketch = Sketch()
    for id in (1, 2):
        sketch.node(id, "CLIPTextEncode", ("x",), gives=("CONDITIONING",))
    cond = ("CONDITIONING", "CONDITIONING", "LATENT")
    sketch.node(
        3,
        "WanImageToVideo",
        (832, 480, 81, 1),
        links={"positive": (1, 0), "negative": (2, 0)},
        gives=cond,
        mode=4,
    )
    sketch.node(
        4,
        "KSampler",
        (7, "fixed", 4, 1, "euler", "simple", 1),
        links={"positive": (3, 0), "negative": (3, 1), "latent_image": (3, 2)},
    )
    inputs = sent(sketch.workflow())["4"]
    assert (inputs["positive"], inputs["negative"]) == (["1", 0], ["2", 0])
    assert "latent_image" not in inputs


def test_a_widget_whose_link_comes_to_nothing_has_its_own_value():
    for mode in (2, 4):
        sketch = picture()
        sketch.node(4, "PrimitiveFloat", (3,), gives=("FLOAT",), mode=mode)
        sketch.link((4, 0), sketch.nodes[1], "scale_by")
        assert sent(sketch.workflow())["2"]["scale_by"] == 2.0


def test_an_unknown_class_is_bypassed_by_what_the_file_says_of_it():
    sketch = Sketch()
    sketch.node(1, "LoadImage", ("start.png", "image"), gives=("IMAGE", "MASK"))
    sketch.node(2, "Odd", links={"mask": (1, 1), "image": (1, 0)}, gives=("IMAGE",), mode=4)
    sketch.node(3, "PreviewImage", links={"images": (2, 0)}, gives=())
    assert sent(sketch.workflow())["3"] == {"images": ["1", 0]}


def test_a_bypassed_reroute_hands_on_all_the_same():
    sketch = picture()
    sketch.node(4, "Reroute", links={"": (1, 0)}, mode=4)
    sketch.node(5, "PreviewImage", links={"images": (4, 0)}, gives=())
    assert sent(sketch.workflow())["5"] == {"images": ["1", 0]}
