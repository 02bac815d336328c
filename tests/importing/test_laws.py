"""What is imported compiles to what it was imported from, up to ids and titles."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples.test_examples import WHOLE, Example, _values
from tests.importing.random_graphs import graphs
from tests.prompts import meaning
from tests.recorded import recordings
from tests.test_generated import Pipeline, pipelines
from wan22dsl.api import compiler
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.formats.prompt import dump
from wan22dsl.graph.equality import plain

LAW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
TARGETS = (DEFAULT_TARGET, "0.33.0", "0.3.64")


def brought_in(prompt: dict[str, Any], target: str = DEFAULT_TARGET) -> str:
    """The text of a prompt, held to the law."""
    found = compiler.import_file(
        dump(prompt).encode(), shown="made.json", target=target, exact=True
    )
    assert found.text is not None, [finding.message for finding in found.diagnostics]
    again = compiler.compile(compiler.Source(found.text, "again.wan"), target=target)
    assert again.prompt is not None, [finding.message for finding in again.diagnostics]
    assert meaning(again.prompt) == meaning(prompt)
    assert compiler.format(compiler.Source(found.text, "again.wan"))[0] == found.text
    return found.text


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("example", WHOLE, ids=lambda example: example.label)
def test_every_example_comes_back_as_a_pipeline(example: Example, target: str) -> None:
    compiled = compiler.compile(
        example.file, pipeline=example.name, values=_values(example.file), target=target
    )
    if compiled.prompt is None:
        assert any(finding.is_error for finding in compiled.diagnostics)  # it has not all classes
        return
    text = brought_in(compiled.prompt, target)
    assert re.search("^pipeline ", text, re.MULTILINE)


def test_most_examples_come_back_as_short_as_they_are_written() -> None:
    lines = []
    for example in WHOLE:
        compiled = compiler.compile(
            example.file, pipeline=example.name, values=_values(example.file)
        )
        assert compiled.prompt is not None
        lines.append(len(brought_in(compiled.prompt).splitlines()))
    assert sum(line <= 25 for line in lines) >= 0.7 * len(lines)
    assert max(lines) <= 80


@LAW
@given(pipelines())
def test_a_pipeline_that_nobody_wrote_comes_back(pipeline: Pipeline) -> None:
    compiled = compiler.compile(compiler.Source(pipeline.text(), "p.wan"))
    if compiled.prompt is not None:
        assert "\npipeline " in brought_in(compiled.prompt)


@LAW
@given(graphs())
def test_a_graph_that_nobody_drew_comes_back(prompt: dict[str, Any]) -> None:
    found = compiler.import_file(dump(prompt).encode(), shown="made.json", exact=True)
    assert found.text is not None, [finding.message for finding in found.diagnostics]
    compiled = compiler.compile(compiler.Source(found.text, "again.wan"))
    if compiled.prompt is not None:
        assert meaning(compiled.prompt) == meaning(prompt)


@LAW
@given(graphs(), st.data())
def test_what_is_brought_in_is_said_the_same_of(
    prompt: dict[str, Any], data: st.DataObject
) -> None:
    found = compiler.import_file(dump(prompt).encode(), shown="made.json")
    assert found.text is not None
    before = compiler.check(compiler.Source(dump(prompt), "made.json")).diagnostics
    after = compiler.check(compiler.Source(found.text, "again.wan")).diagnostics
    reported = {finding.code for finding in after if finding.is_error}
    assert reported == {finding.code for finding in before if finding.is_error}


def held_by_default(prompt: dict[str, Any]) -> None:
    """The nodes that are left have the constants that they had, and those that are gone are named."""
    found = compiler.import_file(dump(prompt).encode(), shown="made.json")
    assert found.text is not None, [finding.message for finding in found.diagnostics]
    compiled = compiler.compile(compiler.Source(found.text, "again.wan"))
    if compiled.prompt is None:
        return
    again = json.loads(dump(compiled.prompt))
    before, after = _classes(prompt), _classes(again)
    assert after <= before
    comments = "\n".join(re.findall("#.*", found.text))
    assert [name for name in before - after if name not in comments] == []
    linked = {(node["class_type"], name) for node in prompt.values() for name in _links(node)}
    lost = _constants(again) - _constants(prompt)
    assert {key[:2] for key in lost} <= linked


def _classes(prompt: dict[str, Any]) -> Counter[str]:
    return Counter(node["class_type"] for node in prompt.values())


def _links(node: dict[str, Any]) -> list[str]:
    return [name for name, value in node["inputs"].items() if isinstance(value, list)]


def _constants(prompt: dict[str, Any]) -> Counter[tuple[str, str, str]]:
    return Counter(
        (node["class_type"], name, repr(plain(value)))
        for node in prompt.values()
        for name, value in node["inputs"].items()
        if not isinstance(value, list)
    )


@LAW
@given(graphs())
def test_by_default_what_gives_way_is_named(prompt: dict[str, Any]) -> None:
    held_by_default(prompt)


@pytest.mark.parametrize("example", WHOLE, ids=lambda example: example.label)
def test_by_default_an_example_keeps_its_constants(example: Example) -> None:
    values = _values(example.file)
    compiled = compiler.compile(example.file, pipeline=example.name, values=values)
    assert compiled.prompt is not None
    held_by_default(json.loads(dump(compiled.prompt)))


@pytest.mark.parametrize("kind", ["prompts", "workflows"])
def test_the_recorded_files_come_back(kind: str) -> None:
    files = recordings.prompts() if kind == "prompts" else recordings.workflows()
    assert files
    for file in files:
        found = compiler.import_file(file)
        assert found.text is not None, file.name
        text = compiler.Source(found.text, "again.wan")
        before = [finding for finding in compiler.check(file).diagnostics if finding.is_error]
        after = [finding for finding in compiler.check(text).diagnostics if finding.is_error]
        assert {finding.code for finding in after} == {finding.code for finding in before}, (
            file.name
        )
        value = json.loads(file.read_text(encoding="utf-8"))
        compiled = compiler.compile(text)
        if compiled.prompt is not None and kind == "prompts":
            assert len(compiled.prompt) == len(value), file.name
