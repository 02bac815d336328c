"""No value of a widget is lost, whether anybody can name it or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.formats.workflow_read.sketch import Sketch, picture, source_of
from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import from_object_info, open_catalogue
from wan22dsl.formats.workflow_read import read
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph, Node


def graph_of(workflow: Any) -> Graph:
    graph, _ = read(source_of(workflow), open_catalogue("0.33.0"))
    assert graph is not None
    return graph


def node_of(type: str, values: Any, **more: Any) -> Node:
    sketch = Sketch()
    sketch.node(1, type, values, **more)
    return graph_of(sketch.workflow()).nodes["1"]


def sharpened(values: Any = (0.7, "strong"), **more: Any) -> dict[str, Any]:
    """A picture (1), sharpened by a class that no catalogue has (2), and shown (3)."""
    sketch = picture()
    sketch.nodes[1].update(type="MySharpen", widgets_values=list(values), **more)
    sketch.nodes[1]["properties"] = {"Node name for S&R": "MySharpen"}
    return sketch.workflow()


def imported(workflow: Any) -> tuple[str, list[Any]]:
    found = compiler.import_file(json.dumps(workflow).encode(), shown="drawn.json")
    assert found.text is not None
    return found.text, found.diagnostics


def widget(name: str, kind: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "link": None, "widget": {"name": name}}


def test_values_that_nobody_can_name_are_kept_in_their_order():
    node = node_of("MyGrain", (0.3, "strong"))
    assert node.inputs == {}
    assert node.widgets == [0.3, "strong"]


def test_buttons_alone_are_no_values():
    assert node_of("MyGrain", ("", None)).widgets is None


def test_the_names_of_the_file_are_taken_where_number_and_types_agree():
    inputs = [widget("amount", "FLOAT"), widget("mode", "COMBO")]
    assert node_of("MyGrain", (0.3, "strong"), inputs=inputs).inputs == {
        "amount": 0.3,
        "mode": "strong",
    }
    assert node_of("MyGrain", (0.3, "strong", ""), inputs=inputs).widgets is None
    wrong = node_of("MyGrain", ("strong", 0.3), inputs=inputs)
    assert (wrong.inputs, wrong.widgets) == ({}, ["strong", 0.3])


def test_an_import_keeps_them_and_names_the_nodes():
    text, found = imported(sharpened())
    assert '{ widgets = [0.7, "strong"] }' in text
    (warning,) = found
    assert (warning.code, warning.severity.value) == ("WAN571", "warning")
    assert "#2 (MySharpen)" in warning.message


def test_they_go_into_workflow_json_as_they_came():
    text, _ = imported(sharpened())
    made, _ = compiler.workflow(Source(text, "again.wan"))
    assert made is not None
    values = {node["type"]: node.get("widgets_values") for node in made["nodes"]}
    assert values["MySharpen"] == [0.7, "strong"]
    (again,) = [
        node for node in graph_of(json.dumps(made)).nodes.values() if node.class_name == "MySharpen"
    ]
    assert again.widgets == [0.7, "strong"]


def test_a_text_with_them_is_laid_out_as_it_was():
    text, _ = imported(sharpened())
    assert compiler.format(Source(text, "again.wan"))[0] == text


def test_no_prompt_json_can_be_written_and_the_message_says_how():
    text, _ = imported(sharpened())
    made = compiler.compile(Source(text, "again.wan"))
    assert made.prompt is None
    (error,) = [one for one in made.diagnostics if one.is_error]
    assert error.code == "WAN572"
    assert "wan nodes pull" in error.help


def test_nodes_with_other_values_are_two():
    text = """\
wan 1

pipeline p {
    flow = LoadImage(image = "a.png").IMAGE -> [
        Odd(images = _) { widgets = [1] }[0] -> save_frames("a")
        Odd(images = _) { widgets = [2] }[0] -> save_frames("b")
    ]
}
"""
    made, found = compiler.workflow(Source(text, "p.wan"))
    assert made is not None, found
    values = [node["widgets_values"] for node in made["nodes"] if node["type"] == "Odd"]
    assert values == [[1], [2]]


@pytest.mark.parametrize("value", ['"strong"', "{ amount = 0.3 }", "3"])
def test_widgets_are_a_list(value):
    text = f"wan 1\n\ngraph g {{\n    Odd() {{ widgets = {value} }}\n}}\n"
    found = compiler.check(Source(text, "g.wan")).diagnostics
    assert "WAN302" in {one.code for one in found if one.is_error}


def test_what_another_version_of_a_class_wrote_is_kept_whole():
    sketch = picture()
    sketch.nodes[1].update(widgets_values=["gpu", "lanczos", 2.0])
    node = graph_of(sketch.workflow()).nodes["2"]
    assert node.widgets == ["gpu", "lanczos", 2.0]
    assert set(node.inputs) == {"image"}
    text, _ = imported(sketch.workflow())
    assert 'widgets = ["gpu", "lanczos", 2.0]' in text
    made, _ = compiler.workflow(Source(text, "again.wan"))
    assert made is not None
    scaled = [node for node in made["nodes"] if node["type"] == "ImageScaleBy"]
    assert scaled[0]["widgets_values"] == ["gpu", "lanczos", 2.0]


def test_names_of_the_file_go_before_the_order_of_the_catalogue():
    sketch = picture()
    inputs = [widget("scale_by", "FLOAT"), widget("upscale_method", "COMBO")]
    sketch.nodes[1]["inputs"] += inputs
    sketch.nodes[1]["widgets_values"] = [2.0, "lanczos"]
    assert graph_of(sketch.workflow()).nodes["2"].inputs == {
        "scale_by": 2.0,
        "upscale_method": "lanczos",
        "image": ("1", 0),
    }


def test_fields_that_came_later_have_their_defaults_where_the_file_names_the_others():
    inputs = [widget(name, kind) for name, kind in (("steps", "INT"), ("denoise", "FLOAT"))]
    node = node_of("KSampler", (4, 0.5), inputs=inputs)
    assert (node.inputs["steps"], node.inputs["denoise"], node.inputs["cfg"]) == (4, 0.5, 8.0)


def test_values_beyond_those_of_a_class_are_kept_and_told_in_the_text():
    sketch = picture()
    sketch.nodes[1]["widgets_values"] = ["lanczos", 2.0, "<b>1024x1024</b>"]
    node = graph_of(sketch.workflow()).nodes["2"]
    assert node.inputs["scale_by"] == 2.0
    assert node.widgets == {"2": "<b>1024x1024</b>"}
    text, found = imported(sketch.workflow())
    assert found == []
    assert '# Beyond the inputs of ImageScaleBy (#2): { `2` = "<b>1024x1024</b>" }' in text


def test_values_by_names_that_a_class_does_not_have_are_kept():
    values = {"frame_rate": 16, "format": "video/h264-mp4", "save_image": True, "videopreview": {}}
    node = node_of("VHS_VideoCombine", values)
    assert "save_image" not in node.inputs
    assert node.widgets == {"save_image": True}


def test_comments_for_nodes_that_do_not_run_have_all_their_values():
    sketch = picture()
    long = "a dog  that runs " * 40
    sketch.node(4, "MyGrain", (0.3, long), mode=2, gives=())
    sketch.node(5, "CLIPTextEncode", (long,), mode=4, gives=())
    text, _ = imported(sketch.workflow())
    assert f'# Muted: MyGrain() {{ widgets = [0.3, "{long}"] }}' in text
    assert f'# Bypassed: CLIPTextEncode(text = "{long}")' in text


def test_a_plain_graph_of_a_text_has_them_too():
    text, _ = imported(sharpened())
    made, found = compiler.expand(Source(text, "again.wan"))
    assert made is not None, found
    assert '{ widgets = [0.7, "strong"] }' in made
    again, _ = compiler.workflow(Source(made, "plain.wan"))
    assert again is not None
    values = [one["widgets_values"] for one in again["nodes"] if one["type"] == "MySharpen"]
    assert values == [[0.7, "strong"]]


def test_a_node_of_another_version_stays_without_an_optional_input():
    """What is optional in the version that is known is optional in the other one."""
    text = """\
wan 1

graph g {
    let start = LoadImage(image = "a.png") { mode = "mute" }
    let found = WanImageToVideo(start_image = start.IMAGE) { widgets = [832, 480, 81, 1, "new"] }
    SaveLatent(samples = found.latent, filename_prefix = "x")
}
"""
    made = compiler.compile(Source(text, "g.wan"))
    assert [one.code for one in made.diagnostics if one.is_error] == ["WAN572"]


def test_a_switch_that_is_not_set_is_no_sign_of_another_version():
    schema = {
        "input": {"required": {"fast": ["BOOLEAN", {}], "steps": ["INT", {}]}},
        "input_order": {"required": ["fast", "steps"]},
        "output": [],
        "output_name": [],
        "output_node": True,
    }
    sketch = Sketch()
    sketch.node(1, "Odd", ("",), gives=())
    catalogue = from_object_info("a server", {"Odd": schema})
    graph, found = read(source_of(sketch.workflow()), catalogue)
    assert graph is not None and found == []
    assert graph.nodes["1"].inputs == {"fast": ""}


def test_a_declaration_of_the_class_names_them(tmp_path):
    nodes = """\
wan 1

node MySharpen(
    image: IMAGE
    amount: FLOAT = 0.1
    mode: text = "soft" in ["soft", "strong"]
) -> (image: IMAGE) {
}
"""
    (tmp_path / "nodes.wan").write_text(nodes, encoding="utf-8")
    data = json.dumps(sharpened()).encode()
    found = compiler.import_file(
        data, shown="drawn.json", uses=(("nodes.wan", "nodes"),), folder=tmp_path
    )
    assert found.text is not None and found.diagnostics == []
    assert 'amount = 0.7, mode = "strong"' in found.text
