"""What we drew has its own ids and constants again."""

from __future__ import annotations

from tests.formats.workflow_read.sketch import Sketch, graph_of, picture


def named(*names: str) -> Sketch:
    made = picture()
    for node, name in zip(made.nodes, names):
        node["properties"]["wan id"] = name
        node["title"] = name
    return made


def test_nodes_have_the_ids_that_they_were_drawn_from():
    graph = graph_of(named("start", "large", "show").workflow())
    assert list(graph.nodes) == ["start", "large", "show"]
    assert graph.nodes["large"].inputs["image"] == ("start", 0)
    assert graph.nodes["large"].title == ""
    assert graph.nodes["large"].label == '#2 "large"'


def test_a_title_that_is_more_than_the_id_stays():
    sketch = named("start", "large", "show")
    sketch.nodes[1]["title"] = "Twice as large"
    assert graph_of(sketch.workflow()).nodes["large"].title == "Twice as large"


def test_a_copy_made_in_the_editor_takes_the_name_of_neither():
    sketch = named("start", "large", "show")
    sketch.node(4, "ImageScaleBy", ("lanczos", 3), links={"image": (1, 0)})
    sketch.nodes[-1]["properties"]["wan id"] = "large"
    graph = graph_of(sketch.workflow())
    assert list(graph.nodes) == ["start", "2", "show", "4"]
    assert graph.nodes["show"].inputs["images"] == ("2", 0)


def test_a_name_that_is_the_number_of_another_node_is_not_taken():
    assert list(graph_of(named("3", "large").workflow()).nodes) == ["1", "large", "3"]


def test_a_node_for_a_constant_is_that_constant():
    sketch = named("start", "large", "show")
    constant = sketch.node(4, "PrimitiveFloat", (1.5,), gives=("FLOAT",))
    sketch.link((4, 0), sketch.nodes[1], "scale_by")
    constant["properties"]["wan constant"] = True
    graph = graph_of(sketch.workflow())
    assert list(graph.nodes) == ["start", "large", "show"]
    assert graph.nodes["large"].inputs["scale_by"] == 1.5
    assert graph.nodes["large"].spans["scale_by"].text == "1.5"


def test_a_node_for_a_constant_that_was_muted_is_a_node():
    sketch = named("start", "large", "show")
    constant = sketch.node(4, "PrimitiveFloat", (1.5,), gives=("FLOAT",))
    sketch.link((4, 0), sketch.nodes[1], "scale_by")
    constant["properties"]["wan constant"] = True
    constant["mode"] = 2
    assert list(graph_of(sketch.workflow()).nodes) == ["start", "large", "show", "4"]
