"""Workflow JSON: the form in which ComfyUI's editor keeps a graph, with positions, links and groups.

Laid out to be opened: from left to right with the flow, one group for each pass and stage, and a note with
the `.wan` text. What the editor makes of it when it runs is the prompt that we compile.

Facts on the form: Comfy-Org/ComfyUI_frontend, workflowSchema, version 0.4.
"""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

from wan22dsl.formats import prompt
from wan22dsl.formats.workflow_write import notes
from wan22dsl.formats.workflow_write.drawing import link_of, node_of, prepared
from wan22dsl.formats.workflow_write.groups import groups_of
from wan22dsl.formats.workflow_write.layers import sorted_along
from wan22dsl.formats.workflow_write.layout import Box, lay_out
from wan22dsl.formats.workflow_write.notes import Origin
from wan22dsl.formats.workflow_write.widgets import TITLE_PX, size_of, with_nodes_for_constants
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import CheckedGraph
from wan22dsl.graph.passes.recognition import recognise

__all__ = ["Origin", "dump", "write"]

#: Between the note and the groups.
_BESIDE_NOTE_PX = 80

#: What is seen first: the note, the prompt and the beginning of the first pass, large enough to read.
_FIRST_SCALE, _FIRST_OFFSET_PX = 0.7, [760, 160]


def write(checked: CheckedGraph, origin: Origin | None = None) -> dict[str, Any]:
    """The workflow JSON of a graph, with its muted and bypassed nodes.

    Node ids are numbers there; the graph's own are in `properties["wan id"]`. With an `origin` there is
    a note that shows it, and `extra.wan` has it too.
    """
    whole = checked.whole or checked.graph
    graph = with_nodes_for_constants(whole)
    made = prompt.write(CheckedGraph(graph))  # for the values only: as a prompt has them
    drawn = prepared(graph, {id: node["inputs"] for id, node in made.items()})
    names, edges = sorted_along(list(graph.nodes), drawn.edges())
    passes = recognise(checked.graph, FactTable(checked.graph))
    groups = groups_of(graph, passes, names, edges)
    sizes = {id: size_of(node.title or id, drawn.faces[id]) for id, node in graph.nodes.items()}
    layout = lay_out(groups, sizes, edges)
    order = {id: number for number, id in enumerate(names)}
    nodes = [
        node_of(node, drawn, layout.nodes[id], order[id], is_constant=id not in whole.nodes)
        for id, node in graph.nodes.items()
    ]
    if origin is not None:
        nodes.append(_note(origin, max(drawn.numbers.values(), default=0) + 1, len(nodes)))
    frames = [
        _group(number, group.title, group.colour, layout.groups[key])
        for number, (key, group) in enumerate(groups.items(), 1)
    ]
    return _whole(nodes, [link_of(wire, drawn) for wire in drawn.wires], frames, origin)


def _whole(
    nodes: list[dict[str, Any]],
    links: list[list[Any]],
    groups: list[dict[str, Any]],
    origin: Origin | None,
) -> dict[str, Any]:
    extra: dict[str, Any] = {"ds": {"scale": _FIRST_SCALE, "offset": _FIRST_OFFSET_PX}}
    if origin is not None:
        extra["wan"] = notes.extra(origin)
    return {
        "id": _uuid(json.dumps([nodes, links], sort_keys=True)),
        "revision": 0,
        "last_node_id": max((node["id"] for node in nodes), default=0),
        "last_link_id": len(links),
        "nodes": nodes,
        "links": links,
        "groups": groups,
        "config": {},
        "extra": extra,
        "version": 0.4,
    }


def dump(workflow: dict[str, Any]) -> str:
    """The text of a workflow JSON: the same for the same workflow, on every platform.

    Raises ValueError for numbers that JSON does not have (NaN, infinity).
    """
    return prompt.dump(workflow)


def _note(origin: Origin, id: int, order: int) -> dict[str, Any]:
    size = notes.size_of(origin)
    place = Box(-size.width - _BESIDE_NOTE_PX, TITLE_PX, size.width, size.height)
    return notes.drawn(origin, id, place, order)


def _group(number: int, title: str, colour: str, box: Box) -> dict[str, Any]:
    return {
        "id": number,
        "title": title,
        "bounding": list(box),
        "color": colour,
        "font_size": 32,
        "flags": {},
    }


def _uuid(text: str) -> str:
    """An id in the form of a UUID (RFC 9562, version 8) that is the same for the same workflow.

    Four checksums: a digest of hashlib would cost 9 ms for loading OpenSSL, and nobody is to be kept out.
    """
    data = text.encode("utf-8", "surrogatepass")
    digits = "".join(f"{crc32(data, seed):08x}" for seed in range(4))
    parts = (digits[:8], digits[8:12], "8" + digits[13:16], "8" + digits[17:20], digits[20:])
    return "-".join(parts)
