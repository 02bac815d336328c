"""Group nodes, which the editor had before subgraphs, are opened: their nodes, links and values."""

from __future__ import annotations

import pytest

from tests.formats.workflow_read.sketch import Sketch, graph_of, sent, source_of, told
from wan22dsl.api.compiler import check


def inside(type, values=None, ins=(), outs=("IMAGE",), **more):
    made = {
        "id": -1,
        "type": type,
        "mode": 0,
        "inputs": [{"name": name, "type": kind, "link": None} for name, kind in ins],
        "outputs": [{"name": kind, "type": kind, "links": []} for kind in outs],
        **more,
    }
    return made if values is None else {**made, "widgets_values": values}


SCALE = inside("ImageScaleBy", ["lanczos", 2.0], [("image", "IMAGE")])
INVERT = inside("ImageInvert", None, [("image", "IMAGE")])
PAIR = {"nodes": [SCALE, INVERT], "links": [[0, 0, 1, 0, 1, "IMAGE"]], "external": []}


def sketch(values=("area", 0.5), type="workflow>pair", **more):
    made = Sketch()
    made.node(1, "LoadImage", ("start.png", "image"), gives=("IMAGE", "MASK"))
    made.node(2, type, values, links={"image": (1, 0)}, **more)
    made.node(3, "PreviewImage", links={"images": (2, 0)}, gives=())
    return made


def workflow(made=None, **groups):
    groups = groups or {"pair": PAIR}
    return (made or sketch()).workflow(extra={"groupNodes": groups})


@pytest.mark.parametrize("type", ["workflow>pair", "workflow/pair"])
def test_a_group_node_is_its_nodes_with_its_values(type):
    inputs = sent(workflow(sketch(type=type)))
    assert inputs["2:0"] == {"image": ["1", 0], "upscale_method": "area", "scale_by": 0.5}
    assert inputs["2:1"] == {"image": ["2:0", 0]}
    assert inputs["3"] == {"images": ["2:1", 0]}


def test_a_workflow_with_a_group_node_has_no_findings():
    checked = check(source_of(workflow()))
    assert checked.diagnostics == []
    assert list(checked.graphs) == ["drawn"]


def test_a_value_is_where_the_group_node_has_it():
    (finding,) = check(source_of(workflow(sketch(("area", 50.5))))).diagnostics
    assert (finding.code, finding.span.text) == ("WAN504", "50.5")
    assert finding.location.pointer == "/nodes/1/widgets_values/1"


def test_two_group_nodes_of_one_group_have_their_own_values():
    made = sketch()
    made.node(4, "workflow>pair", ("bicubic", 3.0), links={"image": (1, 0)})
    made.node(5, "PreviewImage", links={"images": (4, 0)}, gives=())
    inputs = sent(workflow(made))
    assert inputs["2:0"]["scale_by"] == 0.5
    assert inputs["4:0"]["scale_by"] == 3.0


def test_the_entry_behind_a_seed_and_a_widget_that_is_linked_inside_are_counted():
    sampler = inside(
        "KSampler",
        [1, "fixed", 20, 8.0, "euler", "simple", 1.0],
        [("model", "MODEL")],
        ["LATENT"],
    )
    sampler["inputs"].append({"name": "cfg", "type": "FLOAT", "widget": {"name": "cfg"}})
    number = inside("PrimitiveFloat", [3.5], (), ["FLOAT"])
    group = {"nodes": [number, sampler], "links": [[0, 0, 1, 1, 1, "FLOAT"]]}
    made = Sketch()
    values = [2.5, 7, "randomize", 4, "uni_pc", "beta", 0.5]
    made.node(1, "workflow>s", values, gives=("LATENT",), inputs=[])
    inputs = sent(workflow(made, s=group))
    assert inputs["1:0"] == {"value": 2.5}
    assert inputs["1:1"]["cfg"] == ["1:0", 0]
    assert (inputs["1:1"]["seed"], inputs["1:1"]["steps"], inputs["1:1"]["denoise"]) == (7, 4, 0.5)


def test_inputs_of_one_name_go_to_their_nodes_in_order():
    blend = inside("ImageBlend", [0.5, "normal"], [("image1", "IMAGE"), ("image2", "IMAGE")])
    group = {"nodes": [SCALE, SCALE, blend], "links": [[0, 0, 2, 0, 1, "IMAGE"]]}
    made = Sketch()
    made.node(1, "LoadImage", ("a.png", "image"), gives=("IMAGE", "MASK"))
    made.node(2, "LoadImage", ("b.png", "image"), gives=("IMAGE", "MASK"))
    node = made.node(
        3, "workflow>g", ("area", 2.0, "area", 3.0, 0.5, "normal"), gives=("IMAGE",) * 2
    )
    for name, source in (("image", 1), ("ImageScaleBy image", 2), ("image2", 2)):
        made.link((source, 0), node, name)
        node["inputs"][-1]["type"] = "IMAGE"
    made.node(4, "PreviewImage", links={"images": (3, 1)}, gives=())
    made.node(5, "PreviewImage", links={"images": (3, 0)}, gives=())
    inputs = sent(workflow(made, g=group))
    assert inputs["3:0"]["image"] == ["1", 0]
    assert inputs["3:1"]["image"] == ["2", 0]
    assert inputs["3:2"]["image2"] == ["2", 0]
    assert (inputs["4"]["images"], inputs["5"]["images"]) == (["3:2", 0], ["3:1", 0])


def test_an_output_that_is_taken_inside_is_shown_where_the_group_says_so():
    group = {**PAIR, "external": [[0, 0, "IMAGE"]]}
    made = sketch(gives=("IMAGE", "IMAGE"))
    made.node(4, "PreviewImage", links={"images": (2, 1)}, gives=())
    inputs = sent(workflow(made, pair=group))
    assert (inputs["3"]["images"], inputs["4"]["images"]) == (["2:0", 0], ["2:1", 0])


def test_nodes_of_unknown_classes_have_the_values_of_the_group_node():
    group = {"nodes": [SCALE, inside("MyGrain", [1, "soft"], [("image", "IMAGE")])], "links": []}
    made = sketch(("area", 0.5, 9, "hard"))
    graph = graph_of(workflow(made, pair=group))
    assert graph.nodes["2:1"].widgets == [9, "hard"]


def test_a_group_within_a_group_is_opened():
    outer = {"nodes": [inside("workflow>pair", ["lanczos", 2.0], [("image", "IMAGE")]), INVERT]}
    outer["links"] = [[0, 0, 1, 0, 1, "IMAGE"]]
    inputs = sent(workflow(sketch(("area", 0.25), "workflow>outer"), pair=PAIR, outer=outer))
    assert inputs["2:0:0"] == {"image": ["1", 0], "upscale_method": "area", "scale_by": 0.25}
    assert inputs["2:1"]["image"] == ["2:0:1", 0]


def test_a_bypassed_group_node_hands_on_and_a_muted_one_does_not():
    assert sent(workflow(sketch(mode=4)))["3"] == {"images": ["1", 0]}
    assert sent(workflow(sketch(mode=2)))["3"] == {}


def test_values_that_fit_no_widgets_are_reported_and_not_guessed():
    made = workflow(sketch(("area", 0.5, 1, 2)))
    (finding,) = told(made)
    assert finding.code == "WAN575"
    assert "has 4 values, and the nodes of its group have 2" in finding.message


def test_a_group_that_is_missing_is_an_error():
    (finding,) = told(workflow(other=PAIR))
    assert finding.code == "WAN564"


def test_a_group_that_nothing_uses_may_be_damaged():
    assert told(workflow(pair=PAIR, other={"nodes": [{}, 1]}, more=3)) == []


def test_a_group_within_itself_is_an_error():
    own = {"nodes": [inside("workflow>pair", [], [("image", "IMAGE")])], "links": []}
    (finding,) = told(workflow(sketch(()), pair=own))
    assert finding.code == "WAN559"


def test_groups_that_multiply_are_an_error():
    groups = {"pair": {"nodes": [INVERT] * 30, "links": []}}
    for number in range(8):
        before = "pair" if not number else f"g{number - 1}"
        groups[f"g{number}"] = {"nodes": [inside(f"workflow>{before}")] * 30, "links": []}
    found = told(workflow(sketch((), "workflow>g7"), **groups))
    assert [finding.code for finding in found if finding.is_error] == ["WAN560"]


@pytest.mark.parametrize(
    "group",
    [
        {
            "nodes": [SCALE, INVERT],
            "links": [None, [], [0, 0, 9, 0], [0, 0, 1, 9], [None, 0, 1, 0]],
        },
        {"nodes": [SCALE, INVERT], "links": {}, "external": 1, "config": []},
        {
            "nodes": [SCALE, INVERT],
            "external": [None, [0], [[], {}]],
            "config": {"0": {"input": 1}},
        },
        {"nodes": [SCALE, INVERT], "links": [[1, 0, 1, 0], ["0", "0", "1", "0"], [0, -1, 1, 0]]},
    ],
)
def test_a_damaged_group_is_no_fault(group):
    check(source_of(workflow(pair=group)))


@pytest.mark.parametrize("groups", [None, [], {"pair": None}, {"pair": {"nodes": {}}}])
def test_damaged_groups_are_missing_ones(groups):
    (finding,) = told(sketch().workflow(extra={"groupNodes": groups}))
    assert finding.code == "WAN564"
