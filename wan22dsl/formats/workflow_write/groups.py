"""Which nodes stand together under one title: a pass, a stage, the prompts, the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.formats.workflow_write.owners import INPUTS, MODELS, MUTED, OUTPUT, PROMPT, owners

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.formats.workflow_write.layers import Edge
    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes import Pass

#: Colours that ComfyUI's editor offers for groups (LGraphCanvas.node_colors).
_RED, _BLUE, _PURPLE = "#A88", "#88A", "#a1309b"
_GREEN, _SKY, _CYAN, _YELLOW, _BLACK = "#8A8", "#3f789e", "#8AA", "#b58b2a", "#444"
_TITLES = {
    PROMPT: "Prompt",
    INPUTS: "Inputs",
    MODELS: "Models",
    OUTPUT: "Output",
    MUTED: "Switched off",
}
_COLOURS = {PROMPT: _GREEN, INPUTS: _SKY, MODELS: _SKY, OUTPUT: _YELLOW, MUTED: _BLACK}


class Group(NamedTuple):
    """Nodes under one title, in the order of the graph."""

    title: str
    colour: str
    members: tuple[str, ...]


def groups_of(
    graph: Graph, passes: list[Pass], names: list[str], edges: list[Edge]
) -> dict[str, Group]:
    """The groups by a key of their own; no links lead from one to another and back.

    `names` are the nodes, each behind those that lead to it, and `edges` the links without circles.
    """
    owner = owners(graph, passes)
    parts = without_circles(owner, names, edges)
    members: dict[str, list[str]] = {}
    for name in graph.nodes:
        members.setdefault(parts[name], []).append(name)
    found = {}
    for part, inside in members.items():
        key, _, number = part.rpartition("\0")
        own = [one for one in passes if owner[one.node.id] == key and one.node.id in inside]
        title = _title(key, own) + (f" ({int(number) + 1})" if number != "0" else "")
        found[part] = Group(title, _colour(graph, key, own, inside), tuple(inside))
    return found


def without_circles(
    owner: dict[str, str], names: Iterable[str], edges: list[Edge]
) -> dict[str, str]:
    """The part of its group that each node is in: a group that others stand between is in several."""
    before: dict[str, list[str]] = {}
    for edge in edges:
        before.setdefault(edge.end, []).append(edge.start)
    leads: dict[str, set[str]] = {}  # from each part, the parts that take from it
    latest: dict[str, int] = {}
    found: dict[str, str] = {}
    for name in names:
        key = owner[name]
        number = latest.get(key, 0)
        sources = {found[one] for one in before.get(name, ())}
        part = f"{key}\0{number}"
        if _reaches(leads, part, sources - {part}):
            number += 1
            part = f"{key}\0{number}"
        latest[key] = number
        found[name] = part
        for source in sources - {part}:
            leads.setdefault(source, set()).add(part)
    return found


def _reaches(leads: dict[str, set[str]], start: str, goals: set[str]) -> bool:
    waiting, seen = [start], {start}
    while waiting and goals:
        for one in leads.get(waiting.pop(), ()):
            if one in goals:
                return True
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return False


def _title(key: str, passes: list[Pass]) -> str:
    if key in _TITLES:
        return _TITLES[key]
    if len(passes) != 1:
        return key
    about = passes[0].settings
    said = []
    if about.steps is not None and about.start is not None and about.end is not None:
        whole = passes[0].whole
        said.append(
            f"{about.steps} steps"
            if whole
            else f"steps {about.start}..{about.end} of {about.steps}"
        )
    if about.cfg is not None:
        said.append(f"cfg {about.cfg:g}")
    if passes[0].shift is not None:
        said.append(f"shift {passes[0].shift:g}")
    return key + (": " + ", ".join(said) if said else "")


def _colour(graph: Graph, key: str, passes: list[Pass], members: list[str]) -> str:
    if key in _COLOURS:
        return _COLOURS[key]
    if passes:
        return {"high": _RED, "low": _BLUE}.get(passes[0].noise or "", _PURPLE)
    classes = [graph.class_of(graph.nodes[one]) for one in members]
    saves = any(one is not None and one.is_output for one in classes)
    return _YELLOW if saves else _CYAN
