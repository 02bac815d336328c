"""What a picture of a graph shows, whatever draws it: boxes, their frames, and the links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar
from unicodedata import east_asian_width

from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.modes import active
from wan22dsl.graph.passes.plan import plan
from wan22dsl.graph.passes.recognition import in_flow_order, recognise, schedules
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.graph.passes.recognition import Pass


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
    between = [(keys[item], keys[other]) for item, other in edges if item in keys]
    flow = in_order(dict.fromkeys(keys.values()), between)
    flow.sort(key=lambda key: key.section)
    noise = {pass_.node.id: pass_.noise for pass_ in reversed(passes)}
    nodes = {pass_plan.name: pass_plan.node for pass_plan in planned.passes}
    names: dict[_Key, str] = {}
    taken: dict[str, int] = {}
    for key in flow:
        names[key] = _unique(_name(graph, key, clips, nodes), taken)
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
        name = _common([pass_.node.id for pass_ in own])
        schedule.update((pass_.node.id, (name, "" if name else f"{at}")) for pass_ in own)
    clip = {
        pass_plan.name: (_prefix(node), "") if node.stage else schedule[pass_plan.node]
        for pass_plan in planned.passes
        for node in (graph.nodes[pass_plan.node],)
    }
    found = list(dict.fromkeys(clip.values()))
    if len(found) < 2:
        return _Clips(dict.fromkeys(clip, 0), ("",))
    number = {item: at for at, item in enumerate(found, 1)}
    return _Clips(
        {name: number[item] for name, item in clip.items()}, ("", *(name for name, _ in found))
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
    passes = {pass_plan.name for pass_plan in planned.passes}
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
    return _Key(section, "stage", next(item for item in whole if item in planned.stages))


def _name(graph: Graph, key: _Key, clips: _Clips, nodes: Mapping[str, str]) -> str:
    clip = clips.names[key.section]
    if key.kind == "pass":
        node = graph.nodes[nodes[key.owner]]
        own = node.stage or (key.owner if node.title in ("", node.class_name) else node.title)
        return f"{clip}.{own}" if clip and node.stage else own
    return f"{clip}.{SHARED}" if clip and key.kind == "shared" else key.owner


def _unique(name: str, taken: dict[str, int]) -> str:
    """The name, or with ` 2`, ` 3` behind it when it is taken, from where the last search for it ended."""
    found, number = name, taken.get(name, 2)
    while found in taken:
        found = f"{name} {number}"
        number += 1
    taken[name] = number
    taken.setdefault(found, 2)
    return found


#: A text in a box is cut off after so many letters; letters of double width count twice.
_LONGEST = 34


class Box(NamedTuple):
    """A node: its title, and below it in a few words what it does."""

    id: str
    title: str
    lines: tuple[str, ...]
    owner: str


class Wire(NamedTuple):
    """A link, from box to box; `type` is that of the output."""

    source: str
    target: str
    type: str


class Drawing(NamedTuple):
    """A graph as it is drawn: frames in the order of the flow, and the name of each section of them."""

    name: str
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    frames: tuple[Frame, ...]
    sections: tuple[str, ...]
    passes: tuple[Pass, ...]

    @property
    def owners(self) -> tuple[str, ...]:
        """The names of the frames, in their order."""
        return tuple(frame.name for frame in self.frames)


def drawing(graph: Graph) -> Drawing:
    """The drawing of a graph; what is muted or bypassed is not in it."""
    graph = active(graph)
    facts = FactTable(graph)
    passes = in_flow_order(recognise(graph, facts))
    framed = frames(graph, plan(graph), passes)
    by_node = {pass_.node.id: pass_ for pass_ in reversed(passes)}
    boxes = tuple(_box(node, by_node, framed.by_node[node.id]) for node in graph.nodes.values())
    return Drawing(
        name=graph.name,
        boxes=boxes,
        wires=tuple(_wires(graph, facts)),
        frames=framed.frames,
        sections=framed.sections,
        passes=tuple(passes),
    )


def _wires(graph: Graph, facts: FactTable) -> list[Wire]:
    found = []
    for node in graph.nodes.values():
        for _, link in node.links():
            source = graph.nodes.get(link.node)
            known = graph.class_of(source) if source is not None else None
            if source is not None:
                outputs = known.outputs if known is not None else ()
                type = outputs[link.slot].type if link.slot < len(outputs) else "*"
                found.append(Wire(link.node, node.id, type))
    return list(dict.fromkeys(found))


def _box(node: Node, passes: dict[str, Pass], owner: str) -> Box:
    title = node.title or node.id
    lines = [] if title == node.class_name else [node.class_name]
    own = passes.get(node.id)
    lines += _of_pass(own) if own is not None else _of_node(node)
    return Box(node.id, _cut(title), tuple(_cut(line) for line in lines), owner)


def _of_pass(pass_: Pass) -> list[str]:
    own = pass_.settings
    lines = [f"{own.sampler}/{own.scheduler}"] if own.sampler and own.scheduler else []
    if own.start is not None and own.end is not None and own.steps is not None:
        lines.append(f"steps {own.start}..{own.end} of {own.steps}")
    words = [f"cfg {own.cfg:g}"] if own.cfg is not None else []
    words += [f"shift {pass_.shift:g}"] if pass_.shift is not None else []
    return [*lines, ", ".join(words)] if words else lines


def _of_node(node: Node) -> list[str]:
    """The file that a node loads, the text that it holds, or its first few numbers."""
    texts = [value for value in node.inputs.values() if isinstance(value, str)]
    files = [text for text in texts if "." in text[-12:] and " " not in text]
    if files:
        return [_file(files[0])]
    if "text" in node.inputs and isinstance(node.inputs["text"], str):
        return [f'"{" ".join(node.inputs["text"].split())}"']
    numbers = [
        f"{name} {value:g}"
        for name, value in node.inputs.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    return [", ".join(numbers[:3])] if numbers else []


def _file(name: str) -> str:
    """A file's name without folder and usual ending, its middle left out: the ends tell most."""
    name = name.replace("\\", "/").rpartition("/")[2].removesuffix(".safetensors")
    if cells(name) <= _LONGEST:
        return name
    half = _LONGEST // 2
    return f"{_first(name, half - 1)}…{_first(name[::-1], half)[::-1]}"


def _cut(text: str) -> str:
    return text if cells(text) <= _LONGEST else _first(text, _LONGEST - 1) + "…"


def _first(text: str, room: int) -> str:
    """As much of a text as fits into so many cells."""
    used = 0
    for at, sign in enumerate(text):
        used += cells(sign)
        if used > room:
            return text[:at]
    return text


def cells(text: str) -> int:
    """How many letters of Latin script are about as wide as a text; those of East Asia count twice."""
    return sum(2 if east_asian_width(sign) in ("W", "F") else 1 for sign in text)
