"""Subgraphs are opened, at each of their places with its own values and links."""

from __future__ import annotations

from tests.formats.workflow_read.sketch import Sketch, graph_of, sent, told


def scaler() -> dict:
    """A subgraph that scales a picture: node 5, with `image` and `scale` as inputs."""
    inside = Sketch()
    inside.node(5, "ImageScaleBy", ("lanczos", 2))
    inputs = {"image": [(5, "image")], "scale": [(5, "scale_by")]}
    return inside.subgraph("scaler", inputs, {"images": (5, 0)})


def around(*hosts: dict, type: str = "scaler") -> Sketch:
    """A picture (1), instances one behind the other (11, 12, …), and a preview (9)."""
    made = Sketch()
    made.node(1, "LoadImage", ("start.png", "image"), gives=("IMAGE", "MASK"))
    last = 1
    for number, more in enumerate(hosts, 11):
        made.node(number, type, more.pop("values", ()), links={"image": (last, 0)}, **more)
        last = number
    made.node(9, "PreviewImage", links={"images": (last, 0)}, gives=())
    return made


def test_the_nodes_inside_have_the_id_of_the_instance_in_front():
    inputs = sent(around({}).workflow(scaler()))
    assert list(inputs) == ["1", "9", "11:5"]
    assert inputs["9"] == {"images": ["11:5", 0]}
    assert inputs["11:5"] == {"upscale_method": "lanczos", "scale_by": 2.0, "image": ["1", 0]}


def test_two_instances_have_values_of_their_own():
    inputs = sent(around({"values": (3,)}, {"values": (4,)}).workflow(scaler()))
    assert inputs["11:5"]["scale_by"] == 3.0
    assert inputs["12:5"]["scale_by"] == 4.0
    assert inputs["12:5"]["image"] == ["11:5", 0]


def test_the_value_of_an_instance_may_stand_by_name():
    inputs = sent(around({"widgets_values_named": {"scale": 5}}).workflow(scaler()))
    assert inputs["11:5"]["scale_by"] == 5.0


def test_a_promoted_value_stands_where_the_instance_has_it():
    graph = graph_of(around({"values": (3.25,)}).workflow(scaler()))
    assert graph.nodes["11:5"].spans["scale_by"].text == "3.25"
    assert graph.nodes["11:5"].spans["upscale_method"].text == '"lanczos"'


def test_a_link_into_an_instance_goes_before_its_value():
    sketch = around({"values": (3,)})
    sketch.node(4, "PrimitiveFloat", (1,), gives=("FLOAT",))
    sketch.link((4, 0), sketch.nodes[1], "scale")
    assert sent(sketch.workflow(scaler()))["11:5"]["scale_by"] == ["4", 0]


def test_a_primitive_outside_gives_nothing_as_in_the_editor():
    sketch = around({"values": (3,)})
    sketch.node(4, "PrimitiveNode", (6, "fixed"), gives=("FLOAT",))
    sketch.link((4, 0), sketch.nodes[1], "scale")
    assert sent(sketch.workflow(scaler()))["11:5"]["scale_by"] == 2.0


def nested() -> tuple[dict, dict]:
    inside = Sketch()
    inside.node(7, "scaler", (2.5,))
    outer = inside.subgraph(
        "outer", {"image": [(7, "image")], "by": [(7, "scale")]}, {"images": (7, 0)}
    )
    return outer, scaler()


def test_subgraphs_stand_within_subgraphs():
    inputs = sent(around({}, type="outer").workflow(*nested()))
    assert inputs["9"] == {"images": ["11:7:5", 0]}
    assert inputs["11:7:5"]["image"] == ["1", 0]
    assert inputs["11:7:5"]["scale_by"] == 2.5


def test_a_value_is_promoted_through_both():
    inputs = sent(around({"values": (9,)}, type="outer").workflow(*nested()))
    assert inputs["11:7:5"]["scale_by"] == 9.0


def test_definitions_may_lie_within_each_other():
    outer, inner = nested()
    workflow = around({}, type="outer").workflow({**outer, "definitions": {"subgraphs": [inner]}})
    assert sent(workflow)["9"] == {"images": ["11:7:5", 0]}


def test_the_nodes_of_a_muted_instance_are_muted():
    graph = graph_of(around({"mode": 2}).workflow(scaler()))
    assert graph.nodes["11:5"].mode == "mute"
    assert sent(around({"mode": 2}).workflow(scaler())) == {"1": {"image": "start.png"}, "9": {}}


def test_a_bypassed_instance_is_rewired():
    inputs = sent(around({"mode": 4}).workflow(scaler()))
    assert inputs == {"1": {"image": "start.png"}, "9": {"images": ["1", 0]}}


def test_an_input_that_leads_to_two_widgets_gives_both_the_same():
    inside = Sketch()
    inside.node(5, "ImageScaleBy", ("lanczos", 2))
    inside.node(6, "ImageScaleBy", ("bicubic", 3), links={"image": (5, 0)})
    both = inside.subgraph(
        "scaler",
        {"image": [(5, "image")], "by": [(5, "scale_by"), (6, "scale_by")]},
        {"images": (6, 0)},
    )
    inputs = sent(around({}).workflow(both))
    assert [inputs[id]["scale_by"] for id in ("11:5", "11:6")] == [2.0, 2.0]


def test_set_outside_is_got_inside():
    inside = Sketch()
    inside.node(4, "GetNode", ("start",))
    inside.node(5, "ImageInvert", links={"image": (4, 0)})
    sub = inside.subgraph("own", {}, {"images": (5, 0)})
    sketch = Sketch()
    sketch.node(1, "LoadImage", ("start.png", "image"))
    sketch.node(2, "SetNode", ("start",), links={"IMAGE": (1, 0)})
    sketch.node(3, "own")
    assert sent(sketch.workflow(sub))["3:5"] == {"image": ["1", 0]}


def test_a_subgraph_in_itself_is_told_with_the_way():
    inside, other = Sketch(), Sketch()
    inside.node(1, "two")
    other.node(2, "one")
    one, two = inside.subgraph("one", {}, {}), other.subgraph("two", {}, {})
    sketch = Sketch()
    sketch.node(3, "one")
    sketch.node(4, "one")
    (found,) = told(sketch.workflow(one, two))
    assert found.code == "WAN559"
    assert found.message == 'The subgraph "The one" contains itself, through "The two".'


def test_subgraphs_that_multiply_come_to_an_end():
    subgraphs = []
    for number in range(40):
        inside = Sketch()
        if number:
            inside.node(1, f"s{number - 1}")
            inside.node(2, f"s{number - 1}")
        else:
            inside.node(1, "PreviewImage")
        subgraphs.append(inside.subgraph(f"s{number}", {}, {}))
    sketch = Sketch()
    sketch.node(1, "s39")
    (one,) = told(sketch.workflow(*subgraphs))
    assert one.code == "WAN560"
    assert "every subgraph instance" in one.message


def test_an_instance_without_its_subgraph_is_told():
    sketch = Sketch()
    sketch.node(3, "5f0cf4ae-8b9f-4b53-a8b8-2b4ce0e1a7de")
    (one,) = told(sketch.workflow())
    assert one.code == "WAN564"


def sampler() -> dict:
    """A subgraph that samples: node 5, with `steps` and `cfg` as inputs, and its other widgets inside."""
    inside = Sketch()
    inside.node(5, "KSampler", (7, "fixed", 20, 8, "euler", "simple", 1), gives=("LATENT",))
    return inside.subgraph("sampler", {"steps": [(5, "steps")], "cfg": [(5, "cfg")]}, {})


def sampled(values: tuple, proxies: list, *more: dict, **about) -> dict:
    """What the sampler inside of an instance (11) gets that has these values."""
    sketch = Sketch()
    sketch.node(11, "sampler", values, properties={"proxyWidgets": proxies}, **about)
    inputs = sent(sketch.workflow(sampler(), *more))["11:5"]
    return {name: inputs[name] for name in ("seed", "steps", "cfg", "denoise")}


INSIDE = {"seed": 7, "steps": 20, "cfg": 8.0, "denoise": 1.0}


def test_values_are_in_the_order_of_the_list_of_the_instance():
    assert sampled((32, 6), [["-1", "cfg"], ["-1", "steps"]]) == {**INSIDE, "cfg": 32.0, "steps": 6}


def test_widgets_inside_have_values_of_the_instance_too():
    proxies = [["-1", "steps"], ["5", "seed"], ["5", "control_after_generate"], ["5", "denoise"]]
    assert sampled((6, 9, "fixed", 0.5), proxies) == {
        "seed": 9,
        "steps": 6,
        "cfg": 8.0,
        "denoise": 0.5,
    }


def test_a_widget_inside_that_has_an_input_is_named_by_its_node():
    assert sampled((6, 3), [["5", "steps"], ["5", "cfg"]]) == {**INSIDE, "steps": 6, "cfg": 3.0}


def test_where_an_instance_has_null_the_value_inside_counts():
    proxies = [["-1", "steps"], ["5", "seed"], ["-1", "cfg"]]
    assert sampled((None, None, 3), proxies) == {**INSIDE, "cfg": 3.0}
    assert sampled((), proxies) == INSIDE


def test_a_linked_input_keeps_its_place_in_the_list():
    sketch = Sketch()
    sketch.node(1, "PrimitiveInt", (4, "fixed"), gives=("INT",))
    proxies = [["-1", "steps"], ["-1", "cfg"]]
    host = sketch.node(11, "sampler", (6, 3), properties={"proxyWidgets": proxies})
    sketch.link((1, 0), host, "steps")
    inputs = sent(sketch.workflow(sampler()))["11:5"]
    assert (inputs["steps"], inputs["cfg"]) == (["1", 0], 3.0)


def test_a_primitive_into_a_promoted_input_is_lost_as_in_the_editor():
    sketch = Sketch()
    sketch.node(1, "PrimitiveNode", (88, "fixed"), gives=("INT",))
    proxies = [["-1", "steps"], ["-1", "cfg"]]
    host = sketch.node(11, "sampler", (35, 3), properties={"proxyWidgets": proxies})
    sketch.link((1, 0), host, "steps")
    inputs = sent(sketch.workflow(sampler()))["11:5"]
    assert (inputs["steps"], inputs["cfg"]) == (20, 3.0)


def test_instances_have_values_of_their_own_for_widgets_inside():
    sketch = Sketch()
    for id, seed in ((11, 1), (12, 2)):
        sketch.node(id, "sampler", (seed,), properties={"proxyWidgets": [["5", "seed"]]})
    inputs = sent(sketch.workflow(sampler()))
    assert [inputs[id]["seed"] for id in ("11:5", "12:5")] == [1, 2]


def test_an_outer_instance_has_values_for_those_of_an_inner_one():
    inside = Sketch()
    proxies = [["-1", "steps"], ["5", "seed"]]
    inside.node(7, "sampler", (4, 9), properties={"proxyWidgets": proxies})
    outer = inside.subgraph("outer", {"steps": [(7, "steps")]}, {})
    sketch = Sketch()
    for id, values in ((11, (6, 1)), (12, (None, 2)), (13, ())):
        proxies = [["-1", "steps"], ["7", "seed"]]
        sketch.node(id, "outer", values, properties={"proxyWidgets": proxies})
    inputs = sent(sketch.workflow(outer, sampler()))
    found = [(inputs[f"{id}:7:5"]["steps"], inputs[f"{id}:7:5"]["seed"]) for id in (11, 12, 13)]
    assert found == [(6, 1), (4, 2), (4, 9)]


def test_an_instance_without_that_list_has_values_for_the_inputs_that_the_file_calls_widgets():
    inputs = [
        {"name": name, "type": "*", "link": None, "widget": {"name": name}}
        for name in ("steps", "cfg")
    ]
    sketch = Sketch()
    sketch.node(11, "sampler", (6, 3), inputs=inputs)
    found = sent(sketch.workflow(sampler()))["11:5"]
    assert (found["steps"], found["cfg"]) == (6, 3.0)


def test_many_subgraphs_within_each_other_have_the_value_of_the_outermost():
    inside = Sketch()
    inside.node(5, "ImageScaleBy", ("lanczos", 2), gives=("IMAGE",))
    subgraphs = [inside.subgraph("s0", {}, {})]
    proxies = [["5", "scale_by"]]
    for number in range(1, 900):
        around_it = Sketch()
        around_it.node(5, f"s{number - 1}", (3,), properties={"proxyWidgets": proxies})
        subgraphs.append(around_it.subgraph(f"s{number}", {}, {}))
    sketch = Sketch()
    sketch.node(5, "s899", (4.5,), properties={"proxyWidgets": proxies})
    inputs = sent(sketch.workflow(*subgraphs))
    assert [one["scale_by"] for one in inputs.values()] == [4.5]
