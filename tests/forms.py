"""The same pipeline in its three forms: the language, prompt JSON and workflow JSON, mistakes and all.

The compiler writes nothing that has an error. To compare what is found in each form, the graph of a bad
example is written as it was built, before the rules have judged it.
"""

from __future__ import annotations

import json

from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats import kind, prompt, workflow_write
from wan22dsl.graph.build import build_all
from wan22dsl.graph.model import CheckedGraph, Draft, Graph
from wan22dsl.graph.modes import active
from wan22dsl.language.program import load_program
from wan22dsl.source import Source


def unchecked_graphs(text: str, path: str = "test.wan") -> list[Graph]:
    """The graphs of a file in any form, whatever is wrong with them."""
    catalogue = open_catalogue(DEFAULT_TARGET)
    if text.startswith("{"):
        read, _ = kind.read(Source(text, path), catalogue)
        return [] if read is None else [read]
    program, _ = load_program(Source(text, path))
    found = []
    for built in build_all(program, catalogue):
        graph = built.graph.graph if isinstance(built.graph, Draft) else built.graph
        if graph is not None:
            found.append(graph)
    return found


def unchecked(text: str) -> Graph:
    """The one graph of a file in any form, whatever is wrong with it."""
    (graph,) = unchecked_graphs(text)
    return graph


def complete(graph: Graph) -> bool:
    """Whether all links of a graph go to nodes of it. If not, its JSON is not the same pipeline."""
    return all(
        link.node in graph.nodes for node in graph.nodes.values() for _, link in node.links()
    )


def as_prompt(graph: Graph) -> str:
    """The text of the prompt JSON of a graph, whatever is wrong with it."""
    return json.dumps(prompt.write(CheckedGraph(active(graph))), indent=1)


def as_workflow(graph: Graph) -> str:
    """The text of the workflow JSON of a graph, whatever is wrong with it."""
    return json.dumps(workflow_write.write(CheckedGraph(active(graph), graph)), indent=1)
