"""What a picture of a graph shows, whatever it is drawn with: boxes by owner, and the links between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.modes import active
from wan22dsl.graph.passes import in_flow_order, recognise
from wan22dsl.graph.plan import plan

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes import Pass
    from wan22dsl.graph.plan import Plan

#: What several passes share stands under this owner.
SHARED = "inputs"

#: What belongs to no pass and to no stage.
PLAIN = "nodes"

#: A text in a box is cut off after so many letters.
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
    """A graph as it is drawn. `owners` in the order of the flow; the first ones may be passes."""

    name: str
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    owners: tuple[str, ...]
    passes: tuple[Pass, ...]
    noise: dict[str, str]


def drawing(graph: Graph) -> Drawing:
    """The drawing of a graph; what is muted or bypassed is not in it."""
    graph = active(graph)
    facts = FactTable(graph)
    passes = in_flow_order(recognise(graph, facts))
    planned = plan(graph)
    owners = _owners(graph, planned)
    by_node = {one.node.id: one for one in reversed(passes)}
    boxes = tuple(_box(node, by_node, owners[node.id]) for node in graph.nodes.values())
    in_order = [SHARED, *(one.name for one in planned.passes), *planned.stages, PLAIN]
    used = set(owners.values())
    names = {one.node: one.name for one in planned.passes}
    return Drawing(
        name=graph.name,
        boxes=boxes,
        wires=tuple(_wires(graph, facts)),
        owners=tuple(dict.fromkeys(one for one in in_order if one in used)),
        passes=tuple(passes),
        noise={names[one.node.id]: one.noise for one in passes if one.noise is not None},
    )


def _owners(graph: Graph, planned: Plan) -> dict[str, str]:
    """Who owns each node: a pass what it alone needs, a stage its own, the inputs what is shared."""
    stages = set(planned.stages)
    passes = [one.name for one in planned.passes]
    users: dict[str, set[str]] = {}
    for id in reversed(list(graph.nodes)):
        own = planned.parts[id].owner
        takers = [one for one, _, _ in graph.consumers[id]]
        reached = set().union(*(users[one] for one in takers if one in users)) if takers else set()
        users[id] = reached if own in passes and planned.parts[id].role not in _OWN else {own}
        users[id] = users[id] or {own}
    found = {}
    for id in graph.nodes:
        owner = planned.parts[id].owner
        shared = len(users[id] & set(passes)) > 1 and owner not in stages
        alone = owner in stages and owner in graph.nodes and not graph.nodes[owner].stage
        found[id] = SHARED if shared else PLAIN if alone else owner
    return found


#: A node of such a part belongs to its pass, whoever else takes what it gives.
_OWN = frozenset({"sample", "decode"})


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
    return Box(node.id, _cut(title), tuple(_cut(one) for one in lines), owner)


def _of_pass(one: Pass) -> list[str]:
    own = one.settings
    lines = [f"{own.sampler}/{own.scheduler}"] if own.sampler and own.scheduler else []
    if own.start is not None and own.end is not None and own.steps is not None:
        lines.append(f"steps {own.start}..{own.end} of {own.steps}")
    words = [f"cfg {own.cfg:g}"] if own.cfg is not None else []
    words += [f"shift {one.shift:g}"] if one.shift is not None else []
    return [*lines, ", ".join(words)] if words else lines


def _of_node(node: Node) -> list[str]:
    """The file that a node loads, the text that it holds, or its first few numbers."""
    texts = [value for value in node.inputs.values() if isinstance(value, str)]
    files = [one for one in texts if "." in one[-12:] and " " not in one]
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
    half = _LONGEST // 2
    return name if len(name) <= _LONGEST else f"{name[: half - 1]}…{name[-half:]}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
