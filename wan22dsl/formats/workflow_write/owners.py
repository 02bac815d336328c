"""Whose a node is: which pass, which stage, or one of the places for what all share.

A node that was written as part of a stage says so. Of a plain graph the passes are known, and what leads
to a sampler is its own unless something else is known of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes import Pass

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
    given = [one.type for one in node_class.outputs] if node_class is not None else []
    linked = any(True for _, link in node.links() if link.node in graph.nodes)
    if not linked and not node.stage:
        if "MODEL" in given:
            return None
        if "CLIP" in given:
            return PROMPT
        if _SHARED.intersection(given):
            return INPUTS
    if given == ["CONDITIONING"] and node_class is not None:
        taken = {one.type for one in node_class.inputs if one.is_socket}
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
    """By the stage that a node was written in, with the pipeline that this stage stands in."""
    for node in reversed(graph.nodes.values()):
        if node.id in found or not node.stage:
            continue
        within = f".{node.id}.".find(f".{node.stage}.")
        if within >= 0:
            found[node.id] = node.id[: within + len(node.stage)]
            continue
        users = [graph.nodes[user] for user, _, _ in graph.consumers[node.id]]
        keys = [found[one.id] for one in users if one.stage == node.stage and one.id in found]
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
    for one in passes:
        if one.node.id in names:
            continue
        both = sum(1 for other in passes if other.node.id == one.node.id) > 1
        name = one.noise if one.noise is not None and not both else None
        name = base = f"{name} noise" if name else one.node.title or one.node.id
        number = 1
        while name in names.values():
            number += 1
            name = f"{base} {number}"
        names[one.node.id] = name
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
        and [one.type for one in node_class.outputs] == ["IMAGE"]
        and any(one.type == "LATENT" for one in node_class.inputs)
    )


def _of_users(graph: Graph, node: Node, found: dict[str, str]) -> str:
    """Of what takes it, if that is one; else where its kind has its place."""
    users = dict.fromkeys(found[user] for user, _, _ in graph.consumers[node.id] if user in found)
    if len(users) == 1:
        return next(iter(users))
    node_class = graph.class_of(node)
    if node_class is not None and node_class.is_output and not users:
        return OUTPUT
    loads = node_class is not None and any(one.type == "MODEL" for one in node_class.outputs)
    return MODELS if loads else INPUTS
