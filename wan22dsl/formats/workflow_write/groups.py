"""Whose a node is (a pass, a stage, what all share), and which nodes are drawn under one title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.formats.workflow_write.layers import Edge
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.recognition import Pass


#: The places for what no pass and no stage owns. The names cannot be those of stages.
PROMPT, INPUTS, MODELS, OUTPUT, MUTED = " prompt", " inputs", " models", " output", " muted"

#: Types that are loaded for all: of a node without links that gives one, no pass is the owner.
_SHARED = frozenset({"VAE", "IMAGE", "MASK", "AUDIO", "VIDEO", "CLIP_VISION", "LATENT"})


def owners(graph: Graph, passes: list[Pass]) -> dict[str, str]:
    """For each node the key of its group: a place above, or the name of a pass or stage."""
    found = {node.id: place for node in graph.nodes.values() if (place := _place(graph, node))}
    if any(node.stage for node in graph.nodes.values()):
        _muted(graph, found)
        _by_stage(graph, found)
    else:
        _by_pass(graph, passes, found)
    for node in reversed(graph.nodes.values()):
        if node.id not in found:
            found[node.id] = _of_users(graph, node, found)
    return found


def _place(graph: Graph, node: Node) -> str | None:
    """Where the prompts, and what all share, have their place."""
    node_class = graph.class_of(node)
    given = [output.type for output in node_class.outputs] if node_class is not None else []
    linked = any(True for _, link in node.links() if link.node in graph.nodes)
    if not linked and not node.stage:
        if "MODEL" in given:
            return None
        if "CLIP" in given:
            return PROMPT
        if _SHARED.intersection(given):
            return INPUTS
    if given == ["CONDITIONING"] and node_class is not None:
        taken = {input_.type for input_ in node_class.inputs if input_.is_socket}
        return PROMPT if taken <= {"CLIP", "CLIP_VISION_OUTPUT"} else None
    return None


def _muted(graph: Graph, found: dict[str, str]) -> None:
    """What is muted or bypassed beside the stages, and what leads there only."""
    for node in reversed(graph.nodes.values()):
        users = [user for user, _, _ in graph.consumers[node.id]]
        if node.id not in found and (
            (node.mode != "active" and not node.stage)
            or (users and all(found.get(user) == MUTED for user in users))
        ):
            found[node.id] = MUTED


def _by_stage(graph: Graph, found: dict[str, str]) -> None:
    """By the stage that a node was written in, with the pipeline that this stage is in."""
    for node in reversed(graph.nodes.values()):
        if node.id in found or not node.stage:
            continue
        within = f".{node.id}.".find(f".{node.stage}.")
        if within >= 0:
            found[node.id] = node.id[: within + len(node.stage)]
            continue
        users = [graph.nodes[user] for user, _, _ in graph.consumers[node.id]]
        keys = [
            found[taker.id] for taker in users if taker.stage == node.stage and taker.id in found
        ]
        outer = node.id.rpartition(".")[0]
        found[node.id] = keys[0] if keys else f"{outer}.{node.stage}".lstrip(".")


def _by_pass(graph: Graph, passes: list[Pass], found: dict[str, str]) -> None:
    """By what leads to a sampler, and what decodes its latent; what is behind all of them is output."""
    names = _names(passes)
    for node in graph.nodes.values():
        if node.mode == "mute" and node.id not in names:
            found[node.id] = MUTED
    for sampler, name in names.items():
        _claim(graph, sampler, name, found, names)
        for user, _, _ in graph.consumers[sampler]:
            if _decodes(graph, graph.nodes[user]):
                found.setdefault(user, name)
    waiting = [*names]
    while waiting:
        for user, _, _ in graph.consumers[waiting.pop()]:
            if user not in found:
                found[user] = OUTPUT
                waiting.append(user)
            elif found[user] in names.values() and user not in names:
                waiting.append(user)


def _names(passes: list[Pass]) -> dict[str, str]:
    """A name for each sampler: its expert's noise, or its title; no two have the same."""
    names: dict[str, str] = {}
    for pass_ in passes:
        if pass_.node.id in names:
            continue
        both = sum(1 for other in passes if other.node.id == pass_.node.id) > 1
        name = pass_.noise if pass_.noise is not None and not both else None
        name = base = f"{name} noise" if name else pass_.node.title or pass_.node.id
        number = 1
        while name in names.values():
            number += 1
            name = f"{base} {number}"
        names[pass_.node.id] = name
    return names


def _claim(
    graph: Graph, sampler: str, name: str, found: dict[str, str], names: dict[str, str]
) -> None:
    waiting = [sampler]
    found[sampler] = name
    while waiting:
        for _, link in graph.nodes[waiting.pop()].links():
            if link.node in graph.nodes and link.node not in found and link.node not in names:
                found[link.node] = name
                waiting.append(link.node)


def _decodes(graph: Graph, node: Node) -> bool:
    node_class = graph.class_of(node)
    return (
        node_class is not None
        and [output.type for output in node_class.outputs] == ["IMAGE"]
        and any(input_.type == "LATENT" for input_ in node_class.inputs)
    )


def _of_users(graph: Graph, node: Node, found: dict[str, str]) -> str:
    """Of what takes it, if that is one; else where its kind has its place."""
    users = dict.fromkeys(found[user] for user, _, _ in graph.consumers[node.id] if user in found)
    if len(users) == 1:
        return next(iter(users))
    node_class = graph.class_of(node)
    if node_class is not None and node_class.is_output and not users:
        return OUTPUT
    loads = node_class is not None and any(output.type == "MODEL" for output in node_class.outputs)
    return MODELS if loads else INPUTS


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
        own = [pass_ for pass_ in passes if owner[pass_.node.id] == key and pass_.node.id in inside]
        title = _title(key, own) + (f" ({int(number) + 1})" if number != "0" else "")
        found[part] = Group(title, _colour(graph, key, own, inside), tuple(inside))
    return found


def without_circles(
    owner: dict[str, str], names: Iterable[str], edges: list[Edge]
) -> dict[str, str]:
    """The part of its group that each node is in: a group that others are between is in several."""
    before: dict[str, list[str]] = {}
    for edge in edges:
        before.setdefault(edge.end, []).append(edge.start)
    leads: dict[str, set[str]] = {}  # from each part, the parts that take from it
    latest: dict[str, int] = {}
    found: dict[str, str] = {}
    for name in names:
        key = owner[name]
        number = latest.get(key, 0)
        sources = {found[item] for item in before.get(name, ())}
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
        for item in leads.get(waiting.pop(), ()):
            if item in goals:
                return True
            if item not in seen:
                seen.add(item)
                waiting.append(item)
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
    classes = [graph.class_of(graph.nodes[member]) for member in members]
    saves = any(node_class is not None and node_class.is_output for node_class in classes)
    return _YELLOW if saves else _CYAN
