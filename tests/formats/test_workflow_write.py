"""Workflow JSON of every example: its form, its way back to the prompt, and what stands in it."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests.examples.test_examples import OLDER, WHOLE, Example, _is_in, _values
from wan22dsl import resources
from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats import prompt as prompt_format
from wan22dsl.formats.workflow_read import read
from wan22dsl.formats.workflow_write import dump, write
from wan22dsl.lint.rules.engine import judge
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.graph.model import CheckedGraph

SCHEMA = Draft202012Validator(json.loads(resources.schema("workflow")))

#: Each example for each version that has its classes.
BOTH = [
    (example, target)
    for target in ("0.33.0", OLDER)
    for example in WHOLE
    if (
        found := compiler.compile(example.file, pipeline=example.name, values=_values(example.file))
    )
    and found.prompt is not None
    and _is_in(target, found.prompt)
]
EACH = pytest.mark.parametrize(
    ("example", "target"), BOTH, ids=[f"{example.label}-{target}" for example, target in BOTH]
)

#: A dozen in length, of a graph, and with a video of the user's own.
GOLDENS = ("portrait/portrait", "plain_graph/workbench", "fun_control/dance")


@cache
def compiled(example: Example, target: str) -> CheckedGraph:
    found = compiler.compile(
        example.file, pipeline=example.name, values=_values(example.file), target=target
    )
    assert found.graph is not None
    return found.graph


@cache
def drawn(example: Example, target: str) -> dict[str, Any]:
    made, _ = compiler.workflow(
        example.file,
        pipeline=example.name,
        values=_values(example.file),
        target=target,
        version="1.2.3",
    )
    assert made is not None
    return made


def read_back(workflow: dict[str, Any], target: str) -> dict[str, Any]:
    """The prompt of a workflow."""
    graph, found = read(Source(dump(workflow), "x.json"), open_catalogue(target))
    assert graph is not None
    assert {finding.code for finding in found} <= {"WAN569"}  # a seed of an example is that long
    checked, found = judge(graph)
    assert checked is not None, [finding.message for finding in found]
    return prompt_format.write(checked)


@EACH
def test_it_has_the_form_that_the_schema_says(example: Example, target: str) -> None:
    assert not [error.message for error in SCHEMA.iter_errors(drawn(example, target))]


@EACH
def test_from_prompt_to_workflow_and_back_is_the_identity(example: Example, target: str) -> None:
    graph = compiled(example, target)
    back = read_back(drawn(example, target), target)
    prompt = prompt_format.write(graph)
    assert back == prompt
    assert list(back) == list(prompt)


@EACH
def test_links_stand_with_both_of_their_ends(example: Example, target: str) -> None:
    workflow = drawn(example, target)
    nodes = {node["id"]: node for node in workflow["nodes"]}
    for id, start, slot, end, to, kind in workflow["links"]:
        output, taker = nodes[start]["outputs"][slot], nodes[end]["inputs"][to]
        assert id in output["links"] and taker["link"] == id and output["type"] == kind
    listed = [
        each for node in nodes.values() for out in node["outputs"] for each in out["links"] or ()
    ]
    taken = [
        input_["link"] for node in nodes.values() for input_ in node["inputs"] if input_["link"]
    ]
    ids = [link[0] for link in workflow["links"]]
    assert sorted(listed) == sorted(taken) == ids == list(range(1, workflow["last_link_id"] + 1))
    assert max(nodes) == workflow["last_node_id"] and len(nodes) == len(workflow["nodes"])


@EACH
def test_it_is_the_same_for_the_same_graph(example: Example, target: str) -> None:
    again, _ = compiler.workflow(
        example.file,
        pipeline=example.name,
        values=_values(example.file),
        target=target,
        version="1.2.3",
    )
    assert again is not None
    assert dump(again) == dump(drawn(example, target))


@EACH
def test_every_seed_is_fixed(example: Example, target: str) -> None:
    for node in drawn(example, target)["nodes"]:
        names = [input_["name"] for input_ in node["inputs"]]
        if "seed" in names or "noise_seed" in names:
            assert "fixed" in node["widgets_values"]
        assert "randomize" not in node.get("widgets_values", ())


@pytest.mark.parametrize("label", GOLDENS)
def test_an_example_is_drawn_as_its_golden(label: str, golden: Callable[[str, str], None]) -> None:
    (example,) = (example for example in WHOLE if example.label == label)
    golden(f"{label}.workflow.json", dump(drawn(example, "0.33.0")))


def test_a_graph_alone_has_no_note() -> None:
    (example,) = (example for example in WHOLE if example.label == "portrait/portrait")
    graph = compiled(example, "0.33.0")
    workflow = write(graph)
    assert len(workflow["nodes"]) == len(graph.graph.nodes)
    assert "wan" not in workflow["extra"]
