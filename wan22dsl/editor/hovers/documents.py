"""ComfyUI JSON: the class and the title of a node, and the pass that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor import uses
from wan22dsl.editor.hovers import nodes, passes
from wan22dsl.editor.hovers.markdown import Hover, code, items, paragraphs, plain
from wan22dsl.formats import json_places
from wan22dsl.formats.kind import is_json

if TYPE_CHECKING:
    from wan22dsl.editor.view import View
    from wan22dsl.graph.model import Graph, Node


def at(view: View, offset: int) -> Hover | None:
    """The node at an offset of a file of JSON."""
    if "nodes" not in view.kept:
        graph = next(iter(view.graphs.values()), None)
        found = json_places.nodes_of(view.source, graph) if is_json(view.source) else None
        view.kept["nodes"] = found
    finder = view.kept["nodes"]
    place = finder.at(offset) if finder is not None else None
    if place is None or view.catalogue is None:
        return None
    where = place.location
    is_told = where.title in ("", where.class_name, where.node)
    title = "" if is_told else f" {plain(where.title)}"
    head = f"node {code(where.node)}{title}"
    input_told = (
        nodes.input_told(view.catalogue, where.class_name, where.input) if where.input else ""
    )
    about = input_told or nodes.told(view.catalogue, where.class_name)
    end = place.end if place.end - place.start < 400 else offset
    start = place.start if place.end - place.start < 400 else offset
    return Hover(paragraphs(head, _pass(view, place.node), about), start, end)


def _pass(view: View, node: Node | None) -> str:
    """The pass that a node samples, or works for."""
    if node is None:
        return ""
    for name, graph in view.graphs.items():
        if node.id in graph.nodes:
            runs = [*uses.runs_by(view, name, node)]
            if runs:
                return paragraphs(
                    f"pass {code(runs[0].facts.name)}{_what(runs)}", items(passes.lines_of(runs[0]))
                )
            owner = _pass_of(view, name, graph, node)
            return f"part of pass {code(owner)}" if owner else ""
    return ""


def _what(runs: list[uses.Run]) -> str:
    found = passes.what(runs)
    return f": {found}" if found else ""


def _pass_of(view: View, name: str, graph: Graph, node: Node) -> str:
    """The pass that a node is a part of, as `wan graph` frames it; empty where it is part of none."""
    from wan22dsl.graph.modes import active
    from wan22dsl.graph.order import never_ready
    from wan22dsl.graph.passes.plan import plan

    graph = active(graph)
    if node.id not in graph.nodes or never_ready(graph):
        return ""
    planned = plan(graph)
    owner = planned.parts[node.id].owner if node.id in planned.parts else ""
    sampler = next((each.node for each in planned.passes if each.name == owner), None)
    for clip in view.analyses_of_all[name].clips:
        for facts in clip.passes:
            if sampler in (facts.id, facts.id.rpartition(":")[0]):
                return facts.name
    return ""
