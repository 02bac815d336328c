"""Nodes that another version of their class wrote, and values whose order the catalogue does not know."""

from __future__ import annotations

from typing import Any

from tests.formats.workflow_read.sketch import Sketch, graph_of, picture, sent, source_of, told
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.workflow_read import read
from wan22dsl.lint.rules.engine import judge


def scaled(values: Any, **more: Any) -> Sketch:
    made = picture()
    made.nodes[1].update(widgets_values=values, **more)
    return made


def codes(sketch: Sketch) -> set[str]:
    graph, found = read(source_of(sketch.workflow()), open_catalogue("0.33.0"))
    assert graph is not None
    return {one.code for one in [*found, *judge(graph)[1]]}


def test_a_field_of_another_version_before_the_others_is_told_once_and_nothing_else_is():
    named = {"device": "gpu", "upscale_method": "lanczos", "scale_by": 2.0}
    sketch = scaled(list(named.values()), widgets_values_named=named)
    assert codes(sketch) == {"WAN566"}
    (one,) = told(sketch.workflow())
    assert one.message.endswith("it has `device`.")


def test_the_number_of_values_tells_another_version_where_they_do_not_fit():
    assert codes(scaled(["gpu", "lanczos", 2.0])) == {"WAN566"}
    assert codes(scaled(["lanczos", 2.0, "fixed"])) == set()


def test_a_value_that_does_not_fit_alone_is_a_mistake_of_this_version():
    assert codes(scaled(["lanczos3", 2.0])) == {"WAN505"}


def test_an_output_that_came_later_is_one_of_another_version():
    sketch = picture()
    sketch.nodes[1]["outputs"].append({"type": "MASK", "links": []})
    sketch.node(4, "MaskPreview", links={"mask": (2, 1)}, gives=())
    assert codes(sketch) == {"WAN566"}


def test_a_link_to_an_input_that_is_not_there_is_a_mistake_of_this_version():
    sketch = picture()
    sketch.link((1, 1), sketch.nodes[1], "mask")
    assert codes(sketch) == {"WAN515"}


def test_what_a_node_of_another_version_is_linked_to_stays():
    named = {"device": "gpu", "upscale_method": "lanczos", "scale_by": 2.0}
    sketch = scaled(list(named.values()), widgets_values_named=named)
    graph, _ = read(source_of(sketch.workflow()), open_catalogue("0.33.0"))
    assert graph is not None
    assert graph.nodes["2"].inputs == {**named, "image": ("1", 0)}


def test_values_by_name_win_where_the_order_of_the_catalogue_does_not_fit():
    named = {"scale_by": 2.0, "upscale_method": "lanczos"}
    sketch = scaled(list(named.values()), widgets_values_named=named)
    assert sent(sketch.workflow())["2"]["scale_by"] == 2.0
    assert codes(sketch) == set()


def test_what_a_choice_brings_along_is_told_apart_by_what_fits():
    sketch = Sketch()
    values = ["wan2.7-i2v", "A dog", "blurred", "720P", 10, 7, "fixed", True, False]
    sketch.node(1, "LoadImage", ("start.png", "image"), gives=("IMAGE", "MASK"))
    node = sketch.node(2, "Wan2ImageToVideoApi", values, gives=("VIDEO",))
    sketch.link((1, 0), node, "first_frame")
    inputs = graph_of(sketch.workflow()).nodes["2"].inputs
    assert inputs["model.prompt"] == "A dog"
    assert inputs["model.negative_prompt"] == "blurred"
    assert (inputs["model.resolution"], inputs["model.duration"]) == ("720P", 10)
    assert (inputs["seed"], inputs["prompt_extend"], inputs["watermark"]) == (7, True, False)


def test_a_widget_that_is_not_saved_is_sent_all_the_same():
    sketch = picture()
    sketch.node(4, "ImageCompare", (), links={"image": (1, 0)}, gives=())
    sketch.nodes[-1]["inputs"][0]["name"] = "image_a"
    assert sent(sketch.workflow())["4"] == {
        "compare_view": {"__value__": ["", ""]},
        "image_a": ["1", 0],
    }
    assert codes(sketch) == set()


def test_buttons_among_the_values_are_no_values():
    sketch = Sketch()
    buttons = ["upload3dmodel", "uploadExtraResources", "clear"]
    sketch.node(1, "Load3D", ["a.fbx", *buttons, "", 1024, 512], gives=("IMAGE",))
    inputs = graph_of(sketch.workflow()).nodes["1"].inputs
    assert (inputs["model_file"], inputs["width"], inputs["height"]) == ("a.fbx", 1024, 512)


def test_names_that_stand_twice_are_named_once():
    """Two seeds have two entries for what becomes of them, and one name for both."""
    named = {"scale_by": 2.0, "control_after_generate": "fixed", "upscale_method": "lanczos"}
    values = [2.0, "fixed", "lanczos", "randomize"]
    sketch = scaled(values, widgets_values_named=named)
    inputs = sent(sketch.workflow())["2"]
    assert (inputs["scale_by"], inputs["upscale_method"]) == (2.0, "lanczos")


def test_a_pack_of_another_version_is_a_note_that_names_the_pack():
    sketch = picture()
    sketch.node(4, "RIFE VFI", links={"frames": (1, 0)}, gives=())
    sketch.nodes[-1].update(
        widgets_values=["rife47.pth", "fast", 3, True], inputs=sketch.nodes[-1]["inputs"]
    )
    (finding,) = [each for each in told(sketch.workflow()) if each.code == "WAN566"]
    assert finding.severity.value == "note"
    assert "than the bundled one of ComfyUI-Frame-Interpolation:" in finding.message


def test_a_button_between_the_fields_is_no_value():
    """The script of a pack puts a button between two fields: the names of the file fit without it."""
    sketch = picture()
    slots = {"upscale_method": "COMBO", "scale_by": "FLOAT"}
    sketch.nodes[1]["widgets_values"] = ["lanczos", None, 2.0]
    sketch.nodes[1]["inputs"] += [
        {"name": name, "type": type, "widget": {"name": name}, "link": None}
        for name, type in slots.items()
    ]
    assert codes(sketch) == set()
    inputs = sent(sketch.workflow())["2"]
    assert (inputs["upscale_method"], inputs["scale_by"]) == ("lanczos", 2.0)
    for node in sketch.nodes:
        if node["type"] == "ImageScaleBy":
            node["type"] = "MyScaling"
    assert sent(sketch.workflow())["2"]["scale_by"] == 2.0


def test_nodes_of_one_class_that_another_version_wrote_are_one_finding():
    sketch = picture()
    for id, first in ((4, "fast"), (5, "fast"), (6, "slow")):
        sketch.node(id, "RIFE VFI", links={"frames": (1, 0)}, gives=())
        sketch.nodes[-1].update(widgets_values=["rife47.pth", first, 3, True])
    (finding,) = [each for each in told(sketch.workflow()) if each.code == "WAN566"]
    assert finding.message.startswith("#4, #5 and #6 (RIFE VFI) were saved with another version of")
