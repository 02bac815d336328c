"""WAN501: an unknown class is a note where its pack is known, and an error where it is a slip."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.formats.workflow_read.sketch import Sketch, source_of
from tests.prompts import changed, found, node, split
from wan22dsl.api.compiler import import_file
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.diagnostics import Severity
from wan22dsl.formats.workflow_read import read
from wan22dsl.lint.rules.engine import judge

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic


def workflow_of(type_: str, properties: dict[str, object]) -> dict[str, object]:
    """A workflow with a picture that goes through a node, which has these properties."""
    sketch = Sketch()
    sketch.node(1, "LoadImage", ("a.png", "image"))
    sketch.node(3, type_, (832, "lanczos"), links={"image": (1, 0)}, properties=properties)
    sketch.node(4, "SaveImage", ("out",), links={"images": (3, 0)})
    return sketch.workflow()


def unknown_in(workflow: dict[str, object], target: str = "0.39") -> list[Diagnostic]:
    graph, _ = read(source_of(workflow), open_catalogue(target))
    assert graph is not None
    return [finding for finding in judge(graph)[1] if finding.code == "WAN501"]


@pytest.mark.parametrize(
    ("type_", "properties", "words"),
    [
        ("ImageResizeKX", {"cnr_id": "comfyui_essentials"}, "ComfyUI_essentials (ImageResizeKX)"),
        ("ImageResizeKX", {"aux_id": "some/own-pack"}, "some/own-pack (ImageResizeKX)"),
        ("SwarmTrimFrames", {}, "SwarmUI (mcmonkeyprojects) (SwarmTrimFrames)"),
        ("FL_ColorPicker", {}, "ComfyUI_Fill-Nodes (FL_ColorPicker)"),
        ("KSamplerNext", {"cnr_id": "comfy-core", "ver": "0.44.1"}, "ComfyUI 0.44.1"),
        ("Wan3ImageToVideoApi", {"cnr_id": "comfy-core", "ver": "0.39.0"}, "partner of ComfyUI"),
    ],
)
def test_a_class_of_a_pack_is_a_note_that_names_the_pack(type_, properties, words):
    (finding,) = unknown_in(workflow_of(type_, properties))
    assert finding.severity is Severity.NOTE
    assert words in finding.message
    assert "`wan nodes pull" in finding.help
    assert "has it" not in finding.message and "did you mean" not in finding.message


def test_a_near_miss_is_an_error_only_where_the_rest_of_the_node_fits():
    fitting = split()
    fitting["high_sampler"]["class_type"] = "KSamplerAdvancd"
    (finding,) = [each for each in found(fitting) if each.code == "WAN501"]
    assert finding.is_error and "did you mean KSamplerAdvanced?" in finding.message
    assert finding.fix is not None and not finding.fix.safe
    strange = changed(fitting, "high_sampler", strange=3)
    (finding,) = [each for each in found(strange) if each.code == "WAN501"]
    assert finding.severity is Severity.WARNING
    assert finding.fix is None and "did you mean" not in finding.message


@pytest.mark.parametrize("name", ["ImageResizeKJv3", "ImageResizeKJv22"])
def test_a_later_version_of_a_class_is_not_meant_to_be_the_earlier_one(name):
    (finding,) = unknown_in(workflow_of(name, {}))
    assert finding.severity is Severity.WARNING and finding.fix is None
    assert "did you mean" not in finding.message
    assert "Another version of ComfyUI-KJNodes" in finding.help


def test_the_class_of_a_pack_is_not_said_to_be_in_a_version_of_comfyui(tmp_path):
    file = tmp_path / "mine.json"
    info = {"LoadImage": {"input": {"required": {"image": [["a.png"]]}}, "output": ["IMAGE"]}}
    file.write_text(json.dumps(info), encoding="utf-8")
    findings = unknown_in(workflow_of("ImageResize+", {}), str(file))
    (finding,) = [each for each in findings if "ImageResize+" in each.message]
    assert finding.is_error and "has it" not in finding.message
    assert "Install ComfyUI_essentials" in finding.help


LOOP = {
    "load": node("LoadImage", image="a.png"),
    "start": node(
        "StartLoop",
        mode="simple",
        cache_iterations=False,
        initial_iteration_value=("load", 0),
        **{"mode.num_iterations": 3},
    ),
    "end": node("EndLoop", output_value=("start", 4), accumulate=False),
    "item": node("GetItemFromList", list=("end", 0), index=0),
    "save": node("SaveImage", images=("item", 0), filename_prefix="x"),
}


def test_loops_are_not_accused():
    assert found(LOOP, "0.39") == []


def test_classes_of_a_newer_comfyui_are_one_finding_that_offers_its_target():
    (finding,) = [each for each in found(LOOP, "0.33.0") if each.code == "WAN501"]
    assert finding.is_error and "ComfyUI 0.39 has them" in finding.message
    assert "StartLoop, EndLoop, GetItemFromList" in finding.message
    assert "`--target 0.39`" in finding.help


def test_an_import_says_the_same_as_a_note():
    imported = import_file(json.dumps(LOOP).encode(), shown="loop.json", target="0.33.0")
    assert imported.text is not None and "StartLoop(" in imported.text
    (finding,) = [each for each in imported.diagnostics if each.code == "WAN501"]
    assert finding.severity is Severity.NOTE
    assert "ComfyUI 0.39 has them" in finding.message and "`--target 0.39`" in finding.help


def test_an_input_of_a_newer_comfyui_is_offered_its_target():
    prompt = {**split(), "end": node("SaveImage", images=("decode", 0), filename_prefix="x")}
    video = next(id for id, each in prompt.items() if each["class_type"] == "CreateVideo")
    (finding,) = [
        each for each in found(changed(prompt, video, codec="auto")) if each.code == "WAN514"
    ]
    assert "ComfyUI 0.39 has it: use `--target 0.39`" in finding.help


def test_the_pack_that_a_file_names_decides_which_class_of_two_it_is():
    """RES4LYF and ComfyUI-Chibi-Nodes have a SeedGenerator each; the schema is that of RES4LYF."""
    chibi = workflow_of("SeedGenerator", {"cnr_id": "comfyui-chibi-nodes"})
    graph, _ = read(source_of(chibi), open_catalogue("0.39"))
    assert graph is not None
    (finding,) = [each for each in judge(graph)[1] if each.code in {"WAN501", "WAN502", "WAN514"}]
    assert finding.severity is Severity.NOTE and "ComfyUI-Chibi-Nodes" in finding.message
    assert unknown_in(workflow_of("SeedGenerator", {"cnr_id": "RES4LYF"})) == []
    assert unknown_in(workflow_of("SeedGenerator", {"aux_id": "a/fork-of-res4lyf"})) == []
