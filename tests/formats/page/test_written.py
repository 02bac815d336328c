"""Workflow JSON from which the ComfyUI page sends what `wan run` sends, whatever the prompts hold."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.page.page import processed
from tests.formats.page.test_text import EXAMPLES, TEXTS
from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.page.text import is_sendable
from wan22dsl.formats.workflow_read import read
from wan22dsl.formats.workflow_write import dump, write
from wan22dsl.graph.model import CheckedGraph, Graph, Link, Node
from wan22dsl.source import Source, Span

CATALOGUE = open_catalogue("0.33.0")
SENDABLE = st.one_of(TEXTS, st.sampled_from(EXAMPLES)).filter(is_sendable)


def graph_of(text: str) -> Graph:
    """One prompt, and a text that the page leaves alone."""
    nodes = {
        "clip": Node("clip", "CLIPLoader", {"clip_name": "a.safetensors", "type": "wan"}),
        "prompt": Node("prompt", "CLIPTextEncode", {"text": text, "clip": Link("clip", 0)}),
        "other": Node("other", "PrimitiveString", {"value": text}),
    }
    return Graph("film", nodes, CATALOGUE, Span(Source("", "film.wan"), 0, 0))


@given(SENDABLE)
def test_the_page_sends_what_was_written(text: str) -> None:
    nodes = {node["title"]: node for node in write(CheckedGraph(graph_of(text)))["nodes"]}
    assert processed(nodes["prompt"]["widgets_values"][0], Random(1)) == text
    assert nodes["other"]["widgets_values"] == [text]


@given(SENDABLE)
def test_reading_the_workflow_gives_what_was_written(text: str) -> None:
    workflow = dump(write(CheckedGraph(graph_of(text))))
    graph, found = read(Source(workflow, "film.json"), CATALOGUE)
    assert graph is not None
    assert found == []
    assert graph.nodes["prompt"].inputs["text"] == text
    assert graph.nodes["other"].inputs["value"] == text


def film(prompt: str, seed: int = 7) -> Source:
    text = f"""\
wan 1

use wan22

pipeline film {{
    prompt = "{prompt}"
    size = 832x480
    length = 5s
    seed = {seed}
    flow = wan22.text_high -> wan22.text_low -> save("film")
}}
"""
    return Source(text, "film.wan")


def test_the_text_of_a_pipeline_is_escaped_for_the_page() -> None:
    workflow, found = compiler.workflow(film("see https://example.com, {a|b}"))
    assert workflow is not None, [finding.message for finding in found]
    shown = [
        node["widgets_values"][0] for node in workflow["nodes"] if node["type"] == "CLIPTextEncode"
    ]
    assert "see https:/{}/example.com, \\{a|b\\}" in shown


def test_a_prompt_that_the_page_cannot_send_is_reported() -> None:
    workflow, found = compiler.workflow(film("a dog\\\\"))
    assert workflow is not None
    (finding,) = [finding for finding in found if finding.code == "WAN568"]
    assert finding.severity.value == "warning"
    assert finding.span is not None
    assert "a dog" in finding.span.text


@pytest.mark.parametrize(
    ("seed", "usable"), [(2**64 - 1, 2**53 - 1), (2**53 + 1, 1), (2**53, None)]
)
def test_a_seed_that_loses_digits_is_reported_with_one_that_does_not(
    seed: int, usable: int | None
) -> None:
    _, found = compiler.workflow(film("a dog", seed))
    reported = [finding.help for finding in found if finding.code == "WAN569"]
    assert len(reported) == (usable is not None)
    assert all(line.startswith(f"Use {usable},") for line in reported)
    assert "WAN569" not in {
        finding.code for finding in compiler.compile(film("a dog", seed)).diagnostics
    }
