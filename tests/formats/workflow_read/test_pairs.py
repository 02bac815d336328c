"""Workflows as the real editor saved them become the prompts that it made of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.server.facts import files
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.prompt import write
from wan22dsl.formats.workflow_read import read
from wan22dsl.graph.model import CheckedGraph
from wan22dsl.graph.modes import active
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

PAIRS = [one for one in files("workflows") if one.name.endswith(".workflow.json")]


@pytest.mark.parametrize("path", PAIRS, ids=lambda one: one.name)
def test_the_prompt_is_that_of_the_editor(path: Path):
    graph, found = read(Source.read(path), open_catalogue("0.3.64"))
    assert graph is not None
    assert found == []
    made = write(CheckedGraph(active(graph)))
    name = path.name.replace(".workflow.", ".roundtrip_api.")
    wanted = json.loads(path.with_name(name).read_text(encoding="utf-8"))
    assert list(made) == list(wanted)
    for id, node in wanted.items():
        assert made[id]["class_type"] == node["class_type"]
        assert list(made[id]["inputs"].items()) == list(node["inputs"].items())
        if graph.nodes[id].title:
            assert made[id]["_meta"] == node["_meta"]
