"""Where findings on ComfyUI JSON are: the node, the input and the JSON pointer, on one line as on many."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tests.formats.workflow_read.sketch import Sketch
from wan22dsl import resources
from wan22dsl.api import compiler
from wan22dsl.diagnostics import Diagnostic, Location
from wan22dsl.lint.policy.stored import as_data, from_data
from wan22dsl.report import json as json_report
from wan22dsl.report import sarif
from wan22dsl.source import Source


def found(data: Any, indent: int | None = None) -> list[Diagnostic]:
    return compiler.check(Source(json.dumps(data, indent=indent), "x.json")).diagnostics


def pointed_at(data: Any, pointer: str) -> Any:
    """The value that a JSON pointer names."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data


def location(data: Any, code: str) -> Location:
    (finding,) = [finding for finding in found(data) if finding.code == code]
    assert finding.location is not None
    return finding.location


PROMPT = {
    "a/b~c": {
        "class_type": "LoadImage",
        "inputs": {"image": "start.png"},
        "_meta": {"title": "The start"},
    },
    "7": {
        "class_type": "ImageScaleBy",
        "inputs": {"image": ["a/b~c", 0], "upscale_method": "best", "scale_by": 80.0},
    },
    "8": {"class_type": "SaveImage", "inputs": {"images": ["7", 3], "filename_prefix": "x"}},
}


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("WAN504", Location("/7/inputs/scale_by", "7", "ImageScaleBy", "", "scale_by")),
        ("WAN505", Location("/7/inputs/upscale_method", "7", "ImageScaleBy", "", "upscale_method")),
    ],
)
def test_a_value_of_a_prompt_is_found_by_node_and_input(code: str, where: Location) -> None:
    assert location(PROMPT, code) == where


@pytest.mark.parametrize("indent", [None, 2])
def test_the_pointer_leads_to_what_is_marked(indent: int | None) -> None:
    findings = found(PROMPT, indent)
    assert findings
    for finding in findings:
        assert finding.location is not None
        assert finding.span is not None
        assert pointed_at(PROMPT, finding.location.pointer) == json.loads(finding.span.text)


def test_a_key_with_slashes_is_escaped() -> None:
    prompt = {
        **PROMPT,
        "a/b~c": {"class_type": "LoadImages", "inputs": {}, "_meta": {"title": "It"}},
    }
    where = location(prompt, "WAN501")
    assert where.pointer == "/a~1b~0c/class_type"
    assert where[1:] == ("a/b~c", "LoadImages", "It", "")


def workflow_with_subgraph(instances: int) -> dict[str, Any]:
    inside = Sketch()
    inside.node(12, "ImageScaleBy", ("lanczos", 80.0), title="Larger", links={})
    definition = inside.subgraph("own", {}, {})
    sketch = Sketch()
    for number in range(instances):
        sketch.node(57 + number, "own", ())
    return sketch.workflow(definition)


def test_a_node_in_a_subgraph_has_the_ids_of_the_instances_around_it() -> None:
    workflow = workflow_with_subgraph(1)
    where = location(workflow, "WAN504")
    assert where[1:] == ("57:12", "ImageScaleBy", "Larger", "scale_by")
    assert pointed_at(workflow, where.pointer) == 80.0


def test_a_finding_on_all_instances_of_a_subgraph_has_the_id_inside() -> None:
    where = location(workflow_with_subgraph(2), "WAN504")
    assert where[1:] == ("12", "ImageScaleBy", "Larger", "")


def test_what_is_wrong_with_the_form_has_a_place_too() -> None:
    where = location(
        {"1": {"class_type": "LoadImage", "inputs": {"image": 5}}, "3": None}, "WAN554"
    )
    assert where == Location("/3")


def test_a_file_that_is_no_json_has_no_such_places() -> None:
    (finding,) = compiler.check(Source('{"1": }', "x.json")).diagnostics
    assert finding.location is None


def test_a_location_is_kept_with_a_finding() -> None:
    findings = found(PROMPT)
    kinds: dict[str, Any] = {}
    data = json.loads(json.dumps(as_data(findings, kinds)))
    again = from_data(data, kinds, lambda path, file: Source("", path))
    assert [each.location for each in again] == [finding.location for finding in findings]


def test_the_reports_for_programs_have_it() -> None:
    findings = [finding for finding in found(PROMPT) if finding.code == "WAN504"]
    report = json_report.as_data(findings, 1, "1.2.3")
    jsonschema.validate(report, json.loads(resources.schema("lint_report")))
    assert report["diagnostics"][0]["location"] == {
        "pointer": "/7/inputs/scale_by",
        "node": "7",
        "class": "ImageScaleBy",
        "title": None,
        "input": "scale_by",
    }
    (result,) = json.loads(sarif.render(findings, "1.2.3"))["runs"][0]["results"]
    assert result["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "/7/inputs/scale_by", "kind": "value"},
        {
            "name": "ImageScaleBy",
            "fullyQualifiedName": "7",
            "kind": "object",
            "properties": {"node": "7", "class": "ImageScaleBy", "input": "scale_by"},
        },
    ]
