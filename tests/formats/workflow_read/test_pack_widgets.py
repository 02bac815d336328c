"""Widgets that scripts of packs make: from workflow JSON to what is sent, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.formats.workflow_read.sketch import Sketch, source_of
from wan22dsl.comfyui.catalogue.open import from_object_info, open_catalogue
from wan22dsl.formats import prompt, workflow_read, workflow_write
from wan22dsl.graph.model import CheckedGraph, Graph, Node
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue

HEADER = {"type": "PowerLoraLoaderHeaderWidget"}
LORA = {"on": True, "lora": "a.safetensors", "strength": 1, "strengthTwo": None}
OFF = {"on": False, "lora": "b.safetensors", "strength": 0.5, "strengthTwo": 0.25}
LORAS = [{"name": "a", "strength": 0.5, "active": True, "clipStrength": 0.5, "expanded": False}]
CHOOSERS = {
    "Select to add LoRA": "Select the LoRA to add to the text",
    "Select to add Wildcard": "Select the Wildcard to add to the text",
}


def described(**inputs: list[Any]) -> dict[str, Any]:
    """A class as a server describes it, with these required inputs."""
    return {
        "input": {"required": inputs},
        "input_order": {"required": list(inputs)},
        "output": ["INT"],
        "output_name": ["INT"],
        "output_node": False,
    }


SERVER = {
    "Power Lora Loader (rgthree)": {
        **described(),
        "input": {"optional": {"model": ["MODEL"], "clip": ["CLIP"]}},
        "input_order": {"optional": ["model", "clip"]},
    },
    "Seed (rgthree)": described(seed=["INT", {"default": 0, "min": -1000, "max": 2**50}]),
    "easy seed": described(seed=["INT", {"default": 0, "min": 0, "max": 2**50}]),
    "mxSlider": described(
        Xi=["INT", {"default": 20}], Xf=["FLOAT", {"default": 20}], isfloatX=["INT", {"default": 0}]
    ),
    "Lora Loader (LoraManager)": described(
        model=["MODEL"], text=["AUTOCOMPLETE_TEXT_LORAS"], loras=["LORAS"]
    ),
    "ImpactWildcardEncode": described(
        model=["MODEL"],
        clip=["CLIP"],
        wildcard_text=["STRING", {"multiline": True}],
        populated_text=["STRING", {"multiline": True}],
        mode=["BOOLEAN", {"default": True}],
        **{"Select to add LoRA": [["Select the LoRA to add to the text"]]},
        **{"Select to add Wildcard": [["Select the Wildcard to add to the text"]]},
        seed=["INT", {"default": 0, "min": 0, "max": 2**64 - 1}],
    ),
    "KSampler (Efficient)": described(
        seed=["INT", {"default": 0}], steps=["INT", {"default": 20}], cfg=["FLOAT", {"default": 7}]
    ),
    "Unet Loader (LoraManager)": described(
        unet_name=[["a", "b"], {"control_after_generate": "fixed"}],
        weight_dtype=[["default", "fp8"], {}],
    ),
    "Loop": described(initial_seed=["INT", {"default": 0, "control_after_generate": True}]),
    "Counter": described(seed=["INT", {"default": 0, "control_after_generate": False}]),
    "Wave": described(height=["FLOAT", {"default": 0, "control_after_generate": True}]),
}
CATALOGUES = {"known": from_object_info("a server", SERVER), "unknown": open_catalogue("0.33.0")}
EITHER = pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=CATALOGUES)


def node_of(catalogue: Catalogue, type: str, values: Any, **more: Any) -> Node:
    sketch = Sketch()
    sketch.node(1, type, values, **more)
    graph, _ = workflow_read.read(source_of(sketch.workflow()), catalogue)
    assert graph is not None
    return graph.nodes["1"]


def sent(node: Node, catalogue: Catalogue) -> dict[str, Any]:
    return prompt.write(CheckedGraph(Graph("g", {"1": node}, catalogue)))["1"]["inputs"]


def saved(catalogue: Catalogue, type: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """The node of the workflow JSON that prompt JSON becomes."""
    text = json.dumps({"1": {"class_type": type, "inputs": inputs}})
    graph, _ = prompt.read(Source(text, "prompt.json"), catalogue)
    assert graph is not None
    (node,) = workflow_write.write(CheckedGraph(graph))["nodes"]
    return node


#: Class, the values in workflow JSON, and what is sent.
PAIRS: list[tuple[str, list[Any], dict[str, Any]]] = [
    (
        "Power Lora Loader (rgthree)",
        [{}, HEADER, LORA, OFF, {}, ""],
        {
            "lora_1": {"on": True, "lora": "a.safetensors", "strength": 1},
            "lora_2": OFF,
        },
    ),
    ("Seed (rgthree)", [-1, "", "", ""], {"seed": -1}),
    ("easy seed", [7, "fixed", None], {"seed": 7}),
    ("mxSlider", [16, 16, 0], {"Xi": 16, "Xf": 16, "isfloatX": 0}),
    (
        "Lora Loader (LoraManager)",
        ["<lora:a:0.5>", LORAS],
        {"text": "<lora:a:0.5>", "loras": {"__value__": LORAS}},
    ),
    (
        "ImpactWildcardEncode",
        ["a __b__", "a c", True, *CHOOSERS.values(), 3, "fixed"],
        {
            "wildcard_text": "a __b__",
            "populated_text": "a c",
            "mode": True,
            **CHOOSERS,
            "seed": 3,
        },
    ),
]


@EITHER
@pytest.mark.parametrize(("type", "values", "inputs"), PAIRS, ids=[one[0] for one in PAIRS])
def test_what_a_workflow_has_is_sent_and_the_other_way_round(catalogue, type, values, inputs):
    node = node_of(catalogue, type, tuple(values))
    assert sent(node, catalogue) == inputs
    assert node.widgets is None
    assert saved(catalogue, type, inputs)["widgets_values"] == values


@EITHER
def test_what_a_slider_shows_is_what_is_sent(catalogue):
    node = node_of(catalogue, "mxSlider", (14, 14, 0), properties={"value": 16, "decimals": 0})
    assert sent(node, catalogue) == {"Xi": 16, "Xf": 16, "isfloatX": 0}
    made = saved(catalogue, "mxSlider", {"Xi": 3, "Xf": 3.25, "isfloatX": 1})
    assert (made["properties"]["value"], made["properties"]["decimals"]) == (3.25, 4)


@EITHER
def test_notes_of_a_script_are_no_values(catalogue):
    values = ({"version": 1, "textWidgetName": "text"}, "<lora:a:0.5>", LORAS)
    node = node_of(catalogue, "Lora Loader (LoraManager)", values)
    assert node.inputs == {"text": "<lora:a:0.5>", "loras": LORAS}
    assert node.widgets is None


@EITHER
def test_the_copy_of_the_loader_keeps_the_state_of_its_editor(catalogue):
    values = ({}, {}, HEADER, LORA, {}, "", '{"folders": 1}')
    node = node_of(catalogue, "WanVideoPowerLoraLoader", values)
    assert node.inputs == {"lora_1": LORA, "ui_state": '{"folders": 1}'}
    assert saved(catalogue, node.class_name, node.inputs)["widgets_values"] == list(values)


def test_a_button_behind_a_seed_is_no_value():
    catalogue = CATALOGUES["known"]
    node = node_of(catalogue, "KSampler (Efficient)", (7, None, 4, 1.0))
    assert node.inputs == {"seed": 7, "steps": 4, "cfg": 1.0}
    made = saved(catalogue, "KSampler (Efficient)", node.inputs)
    assert made["widgets_values"] == [7, None, 4, 1.0]


@pytest.mark.parametrize(
    ("type", "values", "inputs"),
    [
        ("Loop", [3, "fixed"], {"initial_seed": 3}),
        ("Counter", [3], {"seed": 3}),
        ("Wave", [0.5, "fixed"], {"height": 0.5}),
        (
            "Unet Loader (LoraManager)",
            ["b", "fixed", "", "fp8"],
            {"unet_name": "b", "weight_dtype": "fp8"},
        ),
    ],
)
def test_what_stands_behind_a_value_is_what_the_class_says(type, values, inputs):
    catalogue = CATALOGUES["known"]
    assert node_of(catalogue, type, tuple(values)).inputs == inputs
    assert saved(catalogue, type, inputs)["widgets_values"] == values


def test_a_seed_of_an_unknown_class_has_its_entry_behind_it():
    made = saved(CATALOGUES["unknown"], "Odd", {"seed": 3, "size": 64})
    assert made["widgets_values"] == [3, "fixed", 64]


def test_nodes_with_as_many_sockets_as_they_say():
    sketch = Sketch()
    for number in (1, 2, 3):
        sketch.node(number, "EmptyImage", (64, 64, 1, 0))
    links = {f"image_{number}": (number, 0) for number in (1, 2, 3)}
    sketch.node(4, "ImageBatchMulti", (3, None), links=links)
    sketch.node(5, "PreviewImage", links={"images": (4, 0)}, gives=())
    graph, found = workflow_read.read(source_of(sketch.workflow()), CATALOGUES["unknown"])
    assert graph is not None and found == []
    inputs = {"inputcount": 3, **{f"image_{number}": (str(number), 0) for number in (1, 2, 3)}}
    assert graph.nodes["4"].inputs == inputs
    drawn = workflow_write.write(CheckedGraph(graph))["nodes"][3]
    assert drawn["widgets_values"] == [3, None]
    assert [slot["name"] for slot in drawn["inputs"]][:3] == ["image_1", "image_2", "image_3"]


def test_what_a_node_shows_after_a_run_is_no_value():
    for type in ("Display Any (rgthree)", "ShowText|pysssss", "easy showAnything"):
        node = node_of(CATALOGUES["unknown"], type, ("shown",))
        assert (node.inputs, node.widgets) == ({}, None)


def test_a_plot_is_no_value_of_a_field_that_came_later():
    settings = ("dpm++_sde", 4, 5, 0, -1)
    catalogue = open_catalogue("0.39")
    names = ("scheduler", "steps", "shift", "start_step", "end_step")
    for later in ((), ("<img src='data:image/png;base64,iVBOR'>",), (True,)):
        node = node_of(catalogue, "WanVideoScheduler", (*settings, *later))
        assert tuple(node.inputs[name] for name in names) == settings and node.widgets is None
        assert node.inputs.get("enhance_hf", False) is (later == (True,))


def test_videos_of_old_files_have_their_values_in_a_list():
    values = ("a.mp4", 0, "512x?", 81, 0, 1)
    node = node_of(CATALOGUES["unknown"], "VHS_LoadVideo", values)
    assert {name: node.inputs[name] for name in ("video", "custom_width", "frame_load_cap")} == {
        "video": "a.mp4",
        "custom_width": 512,
        "frame_load_cap": 81,
    }
    values = (16, 0, "clip", "video/h264-mp4", True, False)
    inputs = node_of(CATALOGUES["unknown"], "VHS_VideoCombine", values).inputs
    assert (inputs["frame_rate"], inputs["format"]) == (16, "video/h264-mp4")
    assert (inputs["pingpong"], inputs["save_output"]) == (True, False)
    drawn = saved(CATALOGUES["unknown"], "VHS_VideoCombine", inputs)["widgets_values"]
    assert isinstance(drawn, dict) and drawn["frame_rate"] == 16


@pytest.mark.parametrize(
    ("force_size", "sides"),
    [
        ("Disabled", (0, 0)),
        ("Custom Width", (640, 0)),
        ("Custom Height", (0, 360)),
        ("Custom", (640, 360)),
        ("?x512", (0, 512)),
        ("256x256", (256, 256)),
    ],
)
@pytest.mark.parametrize("type", ["VHS_LoadVideo", "VHS_LoadVideoFFmpegPath", "VHS_LoadImagePath"])
def test_a_forced_size_becomes_the_sides_that_the_script_of_the_pack_makes_of_it(
    type, force_size, sides
):
    values = {"force_size": force_size, "custom_width": 640, "custom_height": 360}
    inputs = node_of(CATALOGUES["unknown"], type, values).inputs
    assert (inputs["custom_width"], inputs["custom_height"]) == sides
    assert "force_size" not in inputs


@EITHER
def test_an_input_of_any_type_has_no_field_because_it_has_a_default(catalogue):
    schema = described(value=["STRING", {"default": ""}], a=["*", {"default": 0.0}])
    known = from_object_info("a server", {"SimpleMath+": schema})
    for each in (known, catalogue):
        node = node_of(each, "SimpleMath+", ("a*2",))
        assert "a" not in node.inputs


def test_of_classes_whose_fields_have_moved_no_value_is_named_by_its_place():
    schema = described(length=["INT", {"default": 81}], width=["INT", {"default": 64}])
    catalogue = from_object_info("a server", {"WanAdvancedI2V": schema})
    node = node_of(catalogue, "WanAdvancedI2V", (832, 81))
    assert (node.inputs, node.widgets) == ({}, [832, 81])
    slots = [
        {"name": name, "type": "INT", "link": None, "widget": {"name": name}}
        for name in ("width", "length")
    ]
    assert node_of(catalogue, "WanAdvancedI2V", (832, 81), inputs=slots).inputs == {
        "width": 832,
        "length": 81,
    }


def test_a_seed_that_a_choice_brings_along_has_its_entry_behind_it():
    key = {"key": "large", "inputs": {"required": {"seed": ["INT", {"default": 0}]}}}
    schema = described(model=["COMFY_DYNAMICCOMBO_V3", {"options": [key]}], size=["INT", {}])
    catalogue = from_object_info("a server", {"Chosen": schema})
    values = ["large", 7, "fixed", 64]
    inputs = {"model": "large", "model.seed": 7, "size": 64}
    assert node_of(catalogue, "Chosen", tuple(values)).inputs == inputs
    assert saved(catalogue, "Chosen", inputs)["widgets_values"] == values


def test_a_choice_of_an_editor_without_the_second_entry_is_read_too():
    node = node_of(CATALOGUES["known"], "Unet Loader (LoraManager)", ("b", "fixed", "fp8"))
    assert node.inputs == {"unet_name": "b", "weight_dtype": "fp8"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "much", None, True])
def test_a_slider_without_a_number_has_the_values_of_its_widgets(value):
    properties = {"value": value}
    node = node_of(CATALOGUES["known"], "mxSlider", (14, 14, 0), properties=properties)
    assert node.inputs == {"Xi": 14, "Xf": 14, "isfloatX": 0}
