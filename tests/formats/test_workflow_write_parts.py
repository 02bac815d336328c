"""What stands in a workflow: modes, constants, unknown classes, groups, titles, the note."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.prompts import graph_of, picture, split
from tests.test_imports import PORTRAIT, SLOW, called
from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats import prompt as prompt_format
from wan22dsl.formats.workflow_read import read
from wan22dsl.formats.workflow_write import Origin, dump, write
from wan22dsl.formats.workflow_write.notes import text_of
from wan22dsl.graph.modes import active
from wan22dsl.lint.rules.engine import judge
from wan22dsl.source import Source

if TYPE_CHECKING:
    from tests.conftest import Wan

CATALOGUE = open_catalogue("0.33.0")


def drawn(text: str, **more: Any) -> dict[str, Any]:
    """The workflow of a `.wan` text."""
    workflow, found = compiler.workflow(Source(text, "x.wan"), **more)
    assert workflow is not None, [finding.message for finding in found]
    return workflow


def of_prompt(prompt: dict[str, Any]) -> dict[str, Any]:
    graph, _ = prompt_format.read(Source(json.dumps(prompt), "x.json"), CATALOGUE)
    assert graph is not None
    checked, found = judge(graph)
    assert checked is not None, [finding.message for finding in found]
    return write(checked)


def node(workflow: dict[str, Any], id: str) -> dict[str, Any]:
    """The node that has this id in the prompt."""
    (found,) = (node for node in workflow["nodes"] if node["properties"].get("wan id") == id)
    return dict(found)


def titles(workflow: dict[str, Any]) -> list[str]:
    return [group["title"] for group in workflow["groups"]]


def group_of(workflow: dict[str, Any], id: str) -> str:
    """The title of the group that a node lies in."""
    left, top = node(workflow, id)["pos"]
    (found,) = (
        group["title"]
        for group in workflow["groups"]
        for x, y, width, height in [group["bounding"]]
        if x <= left <= x + width and y <= top <= y + height
    )
    return str(found)


MODES = """\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let small = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = 0.5) {
        mode = "bypass"
    }
    SaveImage(images = small, filename_prefix = "kept")
    PreviewImage(images = start.IMAGE) { mode = "mute" }
}
"""


def test_muted_and_bypassed_nodes_stay_what_they_are():
    workflow = drawn(MODES)
    modes = {node["type"]: node["mode"] for node in workflow["nodes"]}
    assert modes == {
        "LoadImage": 0, "ImageScaleBy": 4, "SaveImage": 0, "PreviewImage": 2, "MarkdownNote": 0,
    }  # fmt: skip
    graph, _ = read(Source(dump(workflow), "x.json"), CATALOGUE)
    assert graph is not None
    assert sorted(node.class_name for node in active(graph).nodes.values()) == [
        "LoadImage",
        "SaveImage",
    ]


def test_a_muted_pass_is_never_taken_for_a_pass():
    graph = graph_of(split())
    samplers = [node for node in graph.nodes.values() if node.class_name == "KSamplerAdvanced"]
    samplers[-1].mode = "mute"
    for node_ in graph.nodes.values():
        if node_.class_name in {"VAEDecode", "CreateVideo", "SaveVideo"}:
            node_.mode = "mute"
    assert len(samplers) == 2
    groups = titles(write_unjudged(graph))
    assert [group for group in groups if "steps" in group] == [
        "high noise: steps 0..2 of 4, cfg 1, shift 5"
    ]
    assert "Switched off" in groups


def write_unjudged(graph: Any) -> dict[str, Any]:
    from wan22dsl.graph.model import CheckedGraph

    return write(CheckedGraph(active(graph), graph))


def test_each_pass_has_a_group_that_says_its_settings():
    workflow = of_prompt(split())
    assert [title for title in titles(workflow) if "steps" in title] == [
        "high noise: steps 0..2 of 4, cfg 1, shift 5",
        "low noise: steps 2..4 of 4, cfg 1, shift 5",
    ]
    assert {"Prompt", "Inputs", "Output"} < set(titles(workflow))


TWO_PASSES = """\
wan 1
use wan22

pipeline clip {
    image = "a.png"
    prompt = "x"
    size = 832x480
    length = 17f
    seed = 9
    flow = wan22.high -> wan22.low -> rife(times = 2) -> save("x")
}
"""


@pytest.mark.parametrize(
    ("id", "group"),
    [
        ("i2v_high", "high"),
        ("high.lora.1", "high"),
        ("high.sampler", "high"),
        ("low.decode", "low"),
        ("image_to_video.positive", "Prompt"),
        ("umt5", "Prompt"),
        ("vae_2_1", "Inputs"),
        ("image", "Inputs"),
        ("rife", "rife"),
        ("save", "save"),
    ],
)
def test_a_node_lies_in_the_group_of_its_owner(id, group):
    assert group_of(drawn(TWO_PASSES), id).partition(":")[0] == group


def test_the_text_and_the_command_are_in_the_note_and_the_text_can_be_had_back():
    workflow = drawn(TWO_PASSES, command="wan compile x.wan", version="1.2.3")
    (note,) = (node for node in workflow["nodes"] if node["type"] == "MarkdownNote")
    assert TWO_PASSES.strip() in note["widgets_values"][0]
    assert "wan compile x.wan" in note["widgets_values"][0]
    assert workflow["extra"]["wan"] == {
        "source": TWO_PASSES, "name": "x.wan", "uses": {}, "pipeline": "clip", "parameters": {},
        "wan22dsl": "1.2.3",
    }  # fmt: skip


def test_a_text_with_fences_does_not_break_out_of_the_note():
    source = 'wan 1\n# ```\nlet x = "`````"\n'
    text = text_of(Origin(source, "x.wan", "p", "wan compile x.wan"))
    assert text.count("``````") == 4


def test_a_constant_without_a_field_comes_from_a_node_that_says_so():
    workflow = drawn(
        "wan 1\n\ngraph demo {\n"
        '    let sum = ComfyMathExpression(expression = "a + 1", values.a = 2)\n'
        "    PreviewAny(source = sum.INT)\n}\n"
    )
    made = node(workflow, "sum.values.a")
    assert (made["type"], made["widgets_values"]) == ("PrimitiveInt", [2, "fixed"])
    assert made["properties"]["wan constant"] is True
    taker = next(
        input_ for input_ in node(workflow, "sum")["inputs"] if input_["name"] == "values.a"
    )
    assert [taker["link"]] == made["outputs"][0]["links"]


def test_a_class_that_is_not_known_keeps_its_links_and_its_values_in_order():
    workflow = drawn(
        "wan 1\n\ngraph demo {\n"
        '    let start = LoadImage(image = "start.png")\n'
        '    let own = MyOwnNode(image = start.IMAGE, amount = 3, word = "x")\n'
        '    SaveImage(images = own[1], filename_prefix = "x")\n}\n'
    )
    own = node(workflow, "own")
    assert [(input_["name"], input_["link"] is not None) for input_ in own["inputs"]] == [
        ("image", True), ("amount", False), ("word", False),
    ]  # fmt: skip
    assert own["widgets_values"] == [3, "x"]
    assert [output["links"] is not None for output in own["outputs"]] == [False, True]


def test_ids_that_are_numbers_are_kept():
    prompt = {str(number): each for number, each in zip((7, 3, 12), picture().values())}
    prompt["3"]["inputs"]["image"] = ["7", 0]
    prompt["12"]["inputs"]["images"] = ["3", 0]
    assert [node["id"] for node in of_prompt(prompt)["nodes"]] == [7, 3, 12]


def test_a_value_behind_a_link_is_kept():
    workflow = of_prompt(picture())
    scale = node(workflow, "scale")
    source = {
        "id": 99, "type": "PrimitiveFloat", "mode": 0, "inputs": [], "widgets_values": [3.0],
        "outputs": [{"name": "FLOAT", "type": "FLOAT", "links": [99]}], "properties": {},
    }  # fmt: skip
    at = next(n for n, each in enumerate(scale["inputs"]) if each["name"] == "scale_by")
    scale["inputs"][at]["link"] = 99
    workflow["nodes"].append(source)
    workflow["links"].append([99, 99, 0, scale["id"], at, "FLOAT"])
    graph, _ = read(Source(json.dumps(workflow), "x.json"), CATALOGUE)
    assert graph is not None
    checked, _ = judge(graph)
    assert checked is not None
    again = next(node for node in write(checked)["nodes"] if node["type"] == "ImageScaleBy")
    assert again["widgets_values"] == ["lanczos", 2.0]
    assert (
        next(input_ for input_ in again["inputs"] if input_["name"] == "scale_by")["link"]
        is not None
    )


def test_a_choice_within_a_choice_is_in_its_place_and_the_old_input_at_its_default():
    values = node(of_prompt(split()), "save")["widgets_values"]
    assert values == ["demo", "mp4", "h264", "auto", "auto"]


def test_video_helper_suite_has_its_values_by_name():
    workflow = drawn(TWO_PASSES.replace('save("x")', 'combine("x")'))
    values = node(workflow, "combine")["widgets_values"]
    assert values["filename_prefix"] == "x"
    assert values["format"] == "video/h264-mp4"
    assert "crf" in values and "force_size" not in values


@pytest.mark.parametrize(
    ("type", "least"),
    [  # as the editor computes them, without the room for a picture
        ("KSamplerAdvanced", 334),
        ("WanImageToVideo", 210),
        ("VAEDecode", 46),
        ("RIFE VFI", 270),
        ("UNETLoader", 82),
        ("CLIPLoader", 106),
        ("CLIPTextEncode", 88),
        ("CreateVideo", 78),
        ("LoadImage", 102),
    ],
)
def test_a_node_is_as_high_as_the_editor_needs(type, least):
    sizes = [node["size"] for node in drawn(TWO_PASSES)["nodes"] if node["type"] == type]
    assert sizes and all(height >= least and width >= 270 for width, height in sizes)


def test_the_command_line_writes_a_workflow(wan: Wan):
    wan.write("clip.wan", TWO_PASSES)
    found = wan(
        "compile", "clip.wan", "--format", "workflow", "-o", "clip.workflow.json", "--set", "a=1"
    )
    assert found.status == 2  # there is no parameter `a`
    found = wan("compile", "clip.wan", "--format", "workflow", "-o", "clip.workflow.json")
    assert (found.stdout, found.status) == ("", 0)
    workflow = json.loads(wan.read("clip.workflow.json"))
    (note,) = (node for node in workflow["nodes"] if node["type"] == "MarkdownNote")
    assert "\nwan compile clip.wan --format workflow\n" in note["widgets_values"][0]
    assert wan("compile", "clip.wan", "-f", "workflow").stdout == wan.read("clip.workflow.json")
    assert wan("compile", "clip.wan", "-f", "prompt") == wan("compile", "clip.wan")


def test_the_note_has_the_command_with_its_settings_and_no_folders(wan: Wan):
    wan.write("deep/clip.wan", TWO_PASSES.replace("pipeline", "param seed: int\n\npipeline").replace(
        "seed = 9", "seed = seed"
    )).write("own/values.toml", "seed = 4\n")  # fmt: skip
    words = (
        "--format",
        "workflow",
        "--pipeline",
        "clip",
        "--set",
        "seed=5",
        "--params",
        "own/values.toml",
    )
    found = wan("compile", "deep/clip.wan", *words)
    assert found.status == 0
    command = (
        "wan compile clip.wan --format workflow --pipeline clip --set seed=5 --params values.toml"
    )
    assert command in json.loads(found.stdout)["nodes"][-1]["widgets_values"][0]
    assert "deep" not in found.stdout and "own/" not in found.stdout


def test_nothing_is_written_when_there_are_errors(wan: Wan):
    wan.write("bad.wan", TWO_PASSES.replace("rife(", "rfe("))
    found = wan("compile", "bad.wan", "-f", "workflow", "-o", "bad.json")
    assert (found.stdout, found.status) == ("", 1)
    assert not (wan.folder / "bad.json").exists()


def test_the_same_bytes_come_out_of_every_process(wan: Wan):
    wan.write("clip.wan", TWO_PASSES)
    words = ("compile", "clip.wan", "-f", "workflow")
    runs = [wan.process(*words, PYTHONHASHSEED=seed) for seed in ("0", "1")]
    assert runs[0] == runs[1] == wan(*words)


def test_writing_a_workflow_imports_nothing_slow():
    roots = {each.split(".")[0] for each in called("compile", PORTRAIT, "-f", "workflow")}
    assert not roots & SLOW


def test_compiling_a_prompt_does_not_import_what_draws_workflows():
    assert not [each for each in called("compile", PORTRAIT) if "workflow_write" in each]
