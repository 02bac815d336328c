"""Links are followed through all that only the editor knows."""

from __future__ import annotations

import pytest

from tests.formats.workflow_read.sketch import Sketch, picture, sent, told


def behind(*nodes: tuple, last: int, slot: int = 0) -> Sketch:
    """A picture (1), other nodes, and a preview (9) behind the last one."""
    made = Sketch()
    made.node(1, "LoadImage", ("start.png", "image"), gives=("IMAGE", "MASK"))
    for id, type, links, more in nodes:
        made.node(id, type, more.pop("values", ()), links=links, **more)
    made.node(9, "PreviewImage", links={"images": (last, slot)}, gives=())
    return made


def test_reroutes_hand_on_what_they_get():
    sketch = behind(
        (2, "Reroute", {"": (1, 0)}, {}), (3, "Reroute (rgthree)", {"": (2, 0)}, {}), last=3
    )
    assert sent(sketch.workflow()) == {"1": {"image": "start.png"}, "9": {"images": ["1", 0]}}


def test_a_reroute_of_nothing_leaves_no_input():
    assert sent(behind((2, "Reroute", {}, {}), last=2).workflow())["9"] == {}


PAIRS = [("SetNode", "GetNode"), ("easy setNode", "easy getNode"), ("KaySetNode", "KayGetNode")]


@pytest.mark.parametrize(("setter", "getter"), PAIRS)
def test_get_hands_on_what_set_was_given(setter, getter):
    sketch = behind(
        (2, setter, {"IMAGE": (1, 0)}, {"values": ("start",)}),
        (3, getter, {}, {"values": ("start",)}),
        last=3,
    )
    assert sent(sketch.workflow())["9"] == {"images": ["1", 0]}


def test_a_get_takes_from_the_set_nodes_of_its_own_pack():
    sketch = behind(
        (2, "easy setNode", {"IMAGE": (1, 0)}, {"values": ("start",)}),
        (3, "GetNode", {}, {"values": ("start",)}),
        last=3,
    )
    (finding,) = told(sketch.workflow())
    assert finding.code == "WAN563"


@pytest.mark.parametrize("mode", [2, 4])
def test_the_mode_of_a_set_node_does_not_matter(mode):
    sketch = behind(
        (2, "SetNode", {"IMAGE": (1, 0)}, {"values": ("start",), "mode": mode}),
        (3, "GetNode", {}, {"values": ("start",)}),
        last=3,
    )
    assert sent(sketch.workflow())["9"] == {"images": ["1", 0]}


@pytest.mark.parametrize("mode", [2, 4])
def test_a_get_that_is_off_gets_nothing(mode):
    sketch = behind(
        (2, "SetNode", {"IMAGE": (1, 0)}, {"values": ("start",)}),
        (3, "GetNode", {}, {"values": ("start",), "mode": mode}),
        last=3,
    )
    assert sent(sketch.workflow())["9"] == {}


def test_a_widget_behind_a_get_that_is_off_has_its_own_value():
    sketch = picture()
    sketch.node(4, "PrimitiveFloat", (3,), gives=("FLOAT",))
    sketch.link((4, 0), sketch.node(5, "SetNode", ("by",), gives=()), "FLOAT")
    sketch.node(6, "GetNode", ("by",), gives=("FLOAT",), mode=4)
    sketch.link((6, 0), sketch.nodes[1], "scale_by")
    assert sent(sketch.workflow())["2"]["scale_by"] == 2


def test_a_get_in_a_subgraph_sees_a_set_outside():
    inner = Sketch()
    inner.node(1, "GetNode", ("start",), gives=("IMAGE",))
    inner.node(2, "ImageInvert", links={"image": (1, 0)})
    definition = inner.subgraph("own", {}, {"images": (2, 0)})
    outer = Sketch()
    outer.node(1, "LoadImage", ("start.png", "image"), gives=("IMAGE", "MASK"))
    outer.link((1, 0), outer.node(2, "SetNode", ("start",), gives=()), "image")
    outer.node(3, "own")
    outer.node(4, "PreviewImage", links={"images": (3, 0)}, gives=())
    assert sent(outer.workflow(definition))["3:2"]["image"] == ["1", 0]


def test_the_output_of_a_set_node_is_what_it_was_given():
    sketch = behind((2, "SetNode", {"IMAGE": (1, 0)}, {"values": ("start",)}), last=2)
    assert sent(sketch.workflow())["9"] == {"images": ["1", 0]}


def test_get_without_set_is_told_once_and_named():
    sketch = behind((3, "GetNode", {}, {"values": ("start",)}), last=3)
    sketch.node(10, "PreviewImage", links={"images": (3, 0)}, gives=())
    (one,) = told(sketch.workflow())
    assert one.code == "WAN563"
    assert one.message == "#3 (GetNode) gets `start`, which no node of the graph sets."
    assert one.span is not None
    assert one.span.text == '"GetNode"'


def test_a_primitive_gives_its_value_to_each_widget():
    sketch = picture()
    sketch.node(4, "PrimitiveNode", (1.5, "fixed"), gives=("FLOAT",))
    sketch.link((4, 0), sketch.nodes[1], "scale_by")
    assert sent(sketch.workflow())["2"] == {
        "upscale_method": "lanczos",
        "scale_by": 1.5,
        "image": ["1", 0],
    }


def test_notes_and_decoration_are_left_out():
    sketch = picture()
    sketch.node(4, "Note", ("Read me",), gives=())
    sketch.node(5, "MarkdownNote", ("# Read me",), gives=())
    sketch.node(6, "Label (rgthree)", gives=())
    sketch.node(7, "Shiny clock", gives=(), properties={})
    assert set(sent(sketch.workflow())) == {"1", "2", "3"}


def test_an_unknown_class_of_a_server_stays():
    sketch = picture()
    sketch.node(4, "Some Pack's Node", gives=())
    assert set(sent(sketch.workflow())) == {"1", "2", "3", "4"}


def test_links_of_version_1_are_objects():
    workflow = {**picture().workflow(), "version": 1, "links": picture().links, "reroutes": []}
    assert sent(workflow) == sent(picture().workflow())


def test_link_reroutes_change_nothing():
    workflow = picture().workflow()
    workflow["extra"] = {
        "reroutes": [{"id": 1, "pos": [0, 0], "linkIds": [1]}],
        "linkExtensions": [{"id": 1, "parentId": 1}],
    }
    assert sent(workflow) == sent(picture().workflow())


def test_a_link_that_is_not_there_is_told_and_left_out():
    workflow = picture().workflow()
    del workflow["links"][1]
    (one,) = told(workflow)
    assert one.code == "WAN561"
    assert one.message == "`images` of #3 (PreviewImage) names link 2, which is not in the file."
    assert one.span is not None
    assert one.span.text == '"images"'


def test_a_link_from_a_node_that_is_not_there_is_told():
    workflow = picture().workflow()
    workflow["links"][1][1] = 77
    (one,) = told(workflow)
    assert "whose node #77 is not in the file" in one.message


def test_reroutes_in_a_circle_are_told():
    sketch = behind((2, "Reroute", {"": (3, 0)}, {}), (3, "Reroute", {"": (2, 0)}, {}), last=3)
    assert {one.code for one in told(sketch.workflow())} == {"WAN562"}


def test_a_long_row_of_reroutes_is_followed_without_recursion():
    rows = [(number, "Reroute", {"": (number - 1, 0)}, {}) for number in range(10, 5_000)]
    sketch = Sketch()
    sketch.node(9, "LoadImage", ("start.png", "image"))
    for id, type, links, _ in rows:
        sketch.node(id, type, links=links)
    sketch.node(6_000, "PreviewImage", links={"images": (4_999, 0)}, gives=())
    assert sent(sketch.workflow())["6000"] == {"images": ["9", 0]}


def test_nodes_stand_in_the_order_of_their_numbers_then_in_that_of_running():
    sketch = Sketch()
    sketch.node(30, "LoadImage", ("start.png", "image"))
    sketch.node(4, "PreviewImage", links={"images": (30, 0)}, gives=())
    sketch.node("b", "PreviewImage", links={"images": ("a", 0)}, gives=())  # type: ignore[arg-type]
    sketch.node("a", "ImageInvert", links={"image": (30, 0)})  # type: ignore[arg-type]
    sketch.nodes[3]["outputs"][0]["links"] = [2]
    assert list(sent(sketch.workflow())) == ["4", "30", "a", "b"]
