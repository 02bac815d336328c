"""Workflows as the real editor saved them become the prompts that it made of them."""

from __future__ import annotations

import json

import pytest

from tests.recorded.recordings import Saved, saved_by_the_editor
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.prompt import write
from wan22dsl.formats.workflow_read import read
from wan22dsl.graph.model import CheckedGraph
from wan22dsl.graph.modes import active
from wan22dsl.source import Source


@pytest.mark.parametrize("pair", saved_by_the_editor(), ids=lambda pair: pair.workflow.name)
def test_the_prompt_is_that_of_the_editor(pair: Saved):
    graph, found = read(Source.read(pair.workflow), open_catalogue(pair.comfyui))
    assert graph is not None
    assert found == []
    made = write(CheckedGraph(active(graph)))
    wanted = json.loads(pair.prompt.read_text(encoding="utf-8"))
    assert list(made) == list(wanted)
    for id, node in wanted.items():
        assert made[id]["class_type"] == node["class_type"]
        assert list(made[id]["inputs"].items()) == list(node["inputs"].items())
        if graph.nodes[id].title:
            assert made[id]["_meta"] == node["_meta"]
