"""Which frame of a picture each node is in: that of its pass, of its stage, or of what several passes share.

Chained clips make sections, one for each clip, so that what belongs to a clip is together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from wan22dsl.graph.passes import schedules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes import Pass
    from wan22dsl.graph.plan import Plan

_Name = TypeVar("_Name")

Kind = Literal["shared", "pass", "stage", "plain"]

#: The frame of what several passes share.
SHARED = "inputs"

#: The frame of what belongs to no pass and to no stage.
PLAIN = "nodes"

#: A node of such a part belongs to its pass, whoever else takes what it gives.
_OWN = frozenset({"sample", "decode"})


class Frame(NamedTuple):
    """A frame around nodes. `section` counts the clips; with several, section 0 is what they share."""

    name: str
    kind: Kind
    section: int
    noise: str | None = None


class Frames(NamedTuple):
    """All frames in the order of the flow, the name of each node's frame, and the names of the sections."""

    frames: tuple[Frame, ...]
    by_node: Mapping[str, str]
    sections: tuple[str, ...]


class _Key(NamedTuple):
    """A frame before it has its name: a pass or a stage can have one in each section."""

    section: int
    kind: Kind
    owner: str


class _Clips(NamedTuple):
    """The section of each pass, by the name of the pass, and the names of the sections."""

    by_pass: dict[str, int]
    names: tuple[str, ...]


def frames(graph: Graph, planned: Plan, passes: Sequence[Pass]) -> Frames:
    """The frames of a graph."""
    edges = [(link.node, node.id) for node in graph.nodes.values() for _, link in node.links()]
    order = in_order(graph.nodes, edges)
    clips = _clips(graph, planned, passes)
    users = _users(graph, planned, order)
    sections = _sections(graph, planned, users, clips, order)
    keys = {id: _key(graph, planned, users[id], clips, sections[id], id) for id in order}
    between = [(keys[one], keys[other]) for one, other in edges if one in keys]
    flow = in_order(dict.fromkeys(keys.values()), between)
    flow.sort(key=lambda key: key.section)
    noise = {one.node.id: one.noise for one in reversed(passes)}
    nodes = {one.name: one.node for one in planned.passes}
    names: dict[_Key, str] = {}
    for key in flow:
        names[key] = _unique(_name(graph, key, clips, nodes), names.values())
    return Frames(
        tuple(
            Frame(names[key], key.kind, key.section, noise.get(nodes.get(key.owner, "")))
            for key in flow
        ),
        {id: names[keys[id]] for id in graph.nodes},
        clips.names,
    )


def in_order(names: Iterable[_Name], edges: Iterable[tuple[_Name, _Name]]) -> list[_Name]:
    """Each name after those that it needs; a circle (of unneeded nodes) is cut at its first name."""
    missing = dict.fromkeys(names, 0)
    after: dict[_Name, list[_Name]] = {name: [] for name in missing}
    for source, target in dict.fromkeys(edges):
        if source in missing and source != target:
            missing[target] += 1
            after[source].append(target)
    order = [name for name, count in missing.items() if not count]
    waiting = dict.fromkeys(name for name, count in missing.items() if count)
    at = 0
    while at < len(order) or waiting:
        if at == len(order):
            first = next(iter(waiting))
            del waiting[first]
            order.append(first)
        for target in after[order[at]]:
            missing[target] -= 1
            if not missing[target] and target in waiting:
                del waiting[target]
                order.append(target)
        at += 1
    return order


def _clips(graph: Graph, planned: Plan, passes: Sequence[Pass]) -> _Clips:
    """Passes of one clip have ids that begin with its name, or, in a file of JSON, share a schedule."""
    schedule: dict[str, tuple[str, str]] = {}
    for at, own in enumerate(schedules(list(passes))):
        name = _common([one.node.id for one in own])
        schedule.update((one.node.id, (name, "" if name else f"{at}")) for one in own)
    clip = {
        one.name: (_prefix(node), "") if node.stage else schedule[one.node]
        for one in planned.passes
        for node in (graph.nodes[one.node],)
    }
    found = list(dict.fromkeys(clip.values()))
    if len(found) < 2:
        return _Clips(dict.fromkeys(clip, 0), ("",))
    number = {one: at for at, one in enumerate(found, 1)}
    return _Clips(
        {name: number[one] for name, one in clip.items()}, ("", *(name for name, _ in found))
    )


def _prefix(node: Node) -> str:
    """`shot_1` of `shot_1.high.sampler` in the stage `high`."""
    before, found, _ = f".{node.id}".partition(f".{node.stage}.")
    return before.strip(".") if found else ""


def _common(ids: Sequence[str]) -> str:
    """`shot_1` of `shot_1.high.sampler` and `shot_1.low.sampler`, as prompt JSON keeps them."""
    parts = [id.split(".") for id in ids]
    names = {own[0] if len(own) > 2 else "" for own in parts}
    return names.pop() if len(names) == 1 else ""


def _users(graph: Graph, planned: Plan, order: Sequence[str]) -> dict[str, frozenset[str]]:
    """The passes that use a node; none for one that only stages use."""
    passes = {one.name for one in planned.passes}
    users: dict[str, frozenset[str]] = {}
    for id in reversed(order):
        part = planned.parts[id]
        if part.owner not in passes:
            users[id] = frozenset()
        elif part.role in _OWN:
            users[id] = frozenset({part.owner})
        else:
            takers = {taker for taker, _, _ in graph.consumers[id]}
            reached = frozenset().union(*(users.get(taker, ()) for taker in takers))
            users[id] = reached or frozenset({part.owner})
    return users


def _sections(
    graph: Graph,
    planned: Plan,
    users: Mapping[str, frozenset[str]],
    clips: _Clips,
    order: Sequence[str],
) -> dict[str, int]:
    """The section of each node: that of the only clip that uses it, or of the last one that it needs."""
    found: dict[str, int] = {}
    roots: list[str] = []
    for id in order:
        needed = [found[link.node] for _, link in graph.nodes[id].links() if link.node in found]
        if users[id]:
            used = {clips.by_pass[name] for name in users[id]}
            found[id] = used.pop() if len(used) == 1 else 0
        elif needed:
            own = clips.names.index(clip) if (clip := _clip_of(id, clips)) else 0
            found[id] = max(own, *needed)
        else:
            roots.append(id)
    for id in reversed(roots):
        takers = [found[taker] for taker, _, _ in graph.consumers[id] if taker in found]
        found[id] = min(takers, default=len(clips.names) - 1)
    return found


def _clip_of(id: str, clips: _Clips) -> str:
    """The clip that a node is written in, by its id: `shot_2` of `shot_2.last_frame`."""
    clip = id.partition(".")[0]
    return clip if clip in clips.names else ""


def _key(
    graph: Graph, planned: Plan, users: frozenset[str], clips: _Clips, section: int, id: str
) -> _Key:
    if len(users) > 1:
        return _Key(section, "shared", SHARED)
    if users:
        return _Key(section, "pass", next(iter(users)))
    owner = planned.parts[id].owner
    if owner in graph.nodes and not graph.nodes[owner].stage:
        return _Key(section, "plain", PLAIN)
    parts = owner.split(".")
    whole = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return _Key(section, "stage", next(one for one in whole if one in planned.stages))


def _name(graph: Graph, key: _Key, clips: _Clips, nodes: Mapping[str, str]) -> str:
    clip = clips.names[key.section]
    if key.kind == "pass":
        node = graph.nodes[nodes[key.owner]]
        own = node.stage or (key.owner if node.title in ("", node.class_name) else node.title)
        return f"{clip}.{own}" if clip and node.stage else own
    return f"{clip}.{SHARED}" if clip and key.kind == "shared" else key.owner


def _unique(name: str, taken: Iterable[str]) -> str:
    used = set(taken)
    found, number = name, 2
    while found in used:
        found = f"{name} {number}"
        number += 1
    return found
