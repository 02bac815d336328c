"""A new drawing of a graph with the places of the nodes that the original has too."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.editor import NOTES
from wan22dsl.formats.workflow_write import write
from wan22dsl.keeping import placing

if TYPE_CHECKING:
    from wan22dsl.graph.model import CheckedGraph
    from wan22dsl.keeping.edits import Pairing
    from wan22dsl.keeping.original import Original

#: How a node looks.
_LOOKS = ("pos", "size", "flags", "color", "bgcolor", "shape", "title", "showAdvanced")

#: What of `extra` belongs to links and groups that are not in a new drawing.
_OF_LINKS = ("reroutes", "linkExtensions", "ue_links", "groupNodes")


def redrawn(
    checked: CheckedGraph, original: Original, pairing: Pairing
) -> tuple[dict[str, Any], int]:
    """The drawing, and how many nodes have the place that they had."""
    made = write(checked)
    page = original.page()
    models: dict[str, dict[str, Any]] = {}
    for id, to in pairing.nodes.items():
        spot = original.spot(id)
        if spot is not None and spot.level == 0:
            models.setdefault(to, page.node(spot))
    kept, others = [], []
    for node in made["nodes"]:
        model = models.get(node["properties"]["wan id"])
        if model is None:
            others.append(node)
            continue
        kept.append(node)
        del node["title"]
        node.update({key: deepcopy(model[key]) for key in _LOOKS if key in model})
    shown = [node for node in page.nodes(0) if node.get("type") in NOTES]
    _place(made, kept, shown, others)
    _number(made, shown)
    made["nodes"] += shown
    made["groups"] = page.value.get("groups") or []
    extra = page.value.get("extra")
    if isinstance(extra, dict):
        made["extra"] = {key: value for key, value in extra.items() if key not in _OF_LINKS}
    return made, len(kept)


def _place(
    made: dict[str, Any],
    kept: list[dict[str, Any]],
    shown: list[dict[str, Any]],
    others: list[dict[str, Any]],
) -> None:
    """Gives the other nodes free places beside what they are linked to, those next to a kept one first."""
    by_id = {node["id"]: node for node in made["nodes"]}
    placed = {node["id"] for node in kept}
    beside: dict[int, tuple[list[int], list[int]]] = {id: ([], []) for id in by_id}
    for _, origin, _, target, _, _ in made["links"]:
        beside[target][0].append(origin)
        beside[origin][1].append(target)
    there = [*kept, *shown]
    waiting = list(others)
    while waiting:
        near = [n for n in waiting if placed & {*beside[n["id"]][0], *beside[n["id"]][1]}]
        for node in near or waiting[:1]:
            sources, users = (
                [by_id[id] for id in ids if id in placed] for ids in beside[node["id"]]
            )
            placing.put(node, there, sources, users)
            placed.add(node["id"])
            there.append(node)
        waiting = [node for node in waiting if node["id"] not in placed]


def _number(made: dict[str, Any], shown: list[dict[str, Any]]) -> None:
    """Gives the notes ids that no other node has."""
    last = max((node["id"] for node in made["nodes"]), default=0)
    for number, node in enumerate(shown, last + 1):
        node["id"] = number
        node["order"] = len(made["nodes"]) + number - last - 1
    made["last_node_id"] = last + len(shown)
