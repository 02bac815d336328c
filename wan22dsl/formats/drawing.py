"""What a picture of a graph shows, whatever it is drawn with: boxes by owner, and the links between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from unicodedata import east_asian_width

from wan22dsl.formats.frames import frames
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.modes import active
from wan22dsl.graph.passes import in_flow_order, recognise
from wan22dsl.graph.plan import plan

if TYPE_CHECKING:
    from wan22dsl.formats.frames import Frame
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes import Pass

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
    by_node = {one.node.id: one for one in reversed(passes)}
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
