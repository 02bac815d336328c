"""Every change of a widget in a workflow is reported, whatever the node is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT
from tests.formats.workflow_read.sketch import Sketch, picture
from wan22dsl.api import compiler

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAMPLES = sorted(
    file
    for folder in ("examples", "tests")
    for file in (ROOT / folder).rglob("*.json")
    if '"widgets_values"' in file.read_text(encoding="utf-8")
    and "nodes" in json.loads(file.read_bytes())
)


SAMPLE = ROOT / "tests" / "formats" / "goldens" / "portrait" / "portrait.workflow.json"


def differ(before: Any, after: Any) -> list[str]:
    sides = [
        (json.dumps(each).encode(), name, None) for each, name in ((before, "a"), (after, "b"))
    ]
    compared = compiler.diff(*sides)
    assert compared.diagnostics == []
    return compared.lines()


def levels(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield workflow
    for inner in (workflow.get("definitions") or {}).get("subgraphs") or ():
        yield from levels(inner)


def places(workflow: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The lists and objects of values, with the key of each of them that is a value."""
    for level in levels(workflow):
        for node in level["nodes"]:
            is_ours = (node.get("properties") or {}).get("wan note")
            values = () if is_ours else node.get("widgets_values") or ()
            for key in list(values) if isinstance(values, dict) else range(len(values)):
                if key != "videopreview" and values[key] not in (None, "image"):
                    yield values, key


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str):
        return f"{value}x" if value not in ("fixed", "randomize") else "increment"
    return {"other": value}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: file.name)
def test_another_value_of_any_node_is_told(sample: Path):
    text = sample.read_text(encoding="utf-8")
    before, after = json.loads(text), json.loads(text)
    assert differ(before, after) == []
    for values, key in places(after):
        kept, values[key] = values[key], other(values[key])
        assert differ(before, after), (key, kept)
        values[key] = kept


def of(type: str, *values: Any, **more: Any) -> dict[str, Any]:
    sketch = picture()
    sketch.node(4, type, values, gives=(), **more)
    return sketch.workflow()


@pytest.mark.parametrize(
    ("type", "before", "after", "line"),
    [
        ("Odd", 0.7, 0.1, "#4 (Odd): widgets [0.7] → [0.1]"),
        ("Note", "first", "second", '#4 (Note): value 1 "first" → "second"'),
        ("PrimitiveNode", 1, 2, "#4 (PrimitiveNode): value 1 1 → 2"),
    ],
)
def test_nodes_of_all_kinds_are_compared(type, before, after, line):
    assert differ(of(type, before), of(type, after)) == [line]


def test_a_node_that_is_muted_is_compared():
    lines = differ(of("EmptyImage", 64, 64, mode=2), of("EmptyImage", 64, 32, mode=2))
    assert lines == ["#4 (EmptyImage): height 64 → 32"]


def test_what_becomes_of_a_seed_is_compared():
    lines = differ(of("RandomNoise", 7, "fixed"), of("RandomNoise", 7, "randomize"))
    assert lines == ['#4 (RandomNoise): control_after_generate of noise_seed "fixed" → "randomize"']


def test_the_value_behind_a_link_is_compared():
    def made(steps: int) -> dict[str, Any]:
        sketch = Sketch()
        sketch.node(1, "PrimitiveInt", (6, "fixed"), gives=("INT",))
        values = (7, "fixed", steps, 1, "euler", "simple", 1)
        sketch.node(2, "KSampler", values, links={"steps": (1, 0)})
        return sketch.workflow()

    assert differ(made(4), made(5)) == ["#2 (KSampler): steps 4 → 5"]


def test_a_value_that_runs_is_told_once():
    (line,) = differ(of("EmptyImage", 64, 64), of("EmptyImage", 64, 32))
    assert line.endswith("height 64 → 32")


def test_the_same_nodes_with_other_ids_are_the_same():
    def made(first: int, second: int) -> dict[str, Any]:
        sketch = picture()
        for id, scale, mode in ((first, 2, 0), (second, 3, 0), (6, 4, 2)):
            sketch.node(id, "ImageScaleBy", ("lanczos", scale), links={"image": (1, 0)}, mode=mode)
            sketch.node(id + 10, "PreviewImage", links={"images": (id, 0)}, gives=())
        return sketch.workflow()

    assert differ(made(4, 5), made(5, 4)) == []


def test_the_note_with_the_text_is_not_compared():
    text = SAMPLE.read_text(encoding="utf-8")
    before, after = json.loads(text), json.loads(text)
    (note,) = [one for one in after["nodes"] if one["properties"].get("wan note")]
    note["widgets_values"] = ["another text"]
    assert differ(before, after) == []


def test_workflows_that_are_numbered_in_other_ways_are_compared_as_they_run():
    sketch = Sketch()
    sketch.node(3, "LoadImage", ("start.png", "image"), gives=("IMAGE", "MASK"))
    sketch.node(1, "ImageScaleBy", ("lanczos", 4), links={"image": (3, 0)})
    sketch.node(2, "PreviewImage", links={"images": (1, 0)}, gives=())
    sketch.node(4, "Note", ("second",), gives=())
    first = picture()
    first.node(4, "Note", ("first",), gives=())
    assert differ(first.workflow(), sketch.workflow()) == [
        "#1 (ImageScaleBy): scale_by 2 → 4",
        '#4 (Note): value 1 "first" → "second"',
    ]


def test_values_of_a_class_that_also_shows_something_are_compared_whole():
    before, after = (of("WanVideoLoraSelect", name, 1.0, mode=2) for name in ("a", "b"))
    assert differ(before, after) == ['#4 (WanVideoLoraSelect): lora "a" → "b"']
