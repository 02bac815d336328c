"""Where findings on ComfyUI JSON are, by node, input and JSON pointer: a line is often the whole file.

JSON pointers: RFC 6901.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Location
from wan22dsl.formats.json_text import BrokenJsonError, Member, document, elements, members
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.source import Source


def located(source: Source, graph: Graph | None, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings with their locations. `graph` is what was read of the file, if it could be read.

    A file that is not JSON has no such places: its findings stay as they are.
    """
    places: _Places | None = None
    made = []
    for finding in found:
        if finding.span is not None and finding.span.source is source:
            if places is None:
                try:
                    places = _Places(source.text, graph)
                except BrokenJsonError:
                    return list(found)
            finding = finding._replace(location=places.of(finding))
        made.append(finding)
    return made


class _Step(NamedTuple):
    """A value on the way to a place: its key or number in what is around it, itself, and where it is."""

    key: str
    value: Any
    start: int
    end: int


class _Places:
    """Looks places up in one text; what was walked over once is kept."""

    def __init__(self, text: str, graph: Graph | None) -> None:
        self._text = text
        value, start, end = document(text)
        self._whole = _Step("", value, start, end)
        self._inside: dict[int, list[_Step]] = {}
        nodes = [] if graph is None else list(graph.nodes.values())
        self._by_label = {node.label: node for node in nodes if node.label}
        self._nodes = sorted(
            ((node.span.start, node) for node in nodes if node.span is not None),
            key=lambda each: each[0],
        )

    def of(self, finding: Diagnostic) -> Location:
        """The location of a finding, which must have a span in the text."""
        assert finding.span is not None
        way = self._way(finding.span.start, finding.span.end)
        pointer = "".join("/" + _escaped(step.key) for step in way)
        number = next((at for at in reversed(range(len(way))) if _is_node(way[at].value)), None)
        if number is None:
            return self._in_string(pointer, finding)
        step = way[number]
        node = self._node(step, finding)
        is_prompt = "class_type" in step.value
        below = [each.key for each in way[number + 1 :]]
        name = below[1] if is_prompt and below[:1] == ["inputs"] and len(below) > 1 else ""
        if node is None:
            class_name = step.value.get("class_type") or step.value.get("type")
            id = step.key if is_prompt else str(step.value.get("id"))
            return Location(pointer, id, str(class_name), _title(step.value), name)
        id = step.key if is_prompt else _whole_id(node, str(step.value.get("id")))
        return Location(
            pointer, id, node.class_name, node.title, name or self._input(finding, node)
        )

    def node_at(self, offset: int) -> NodeAt | None:
        """The innermost node around an offset, and which of its inputs is there."""
        way = self._way(offset, offset)
        number = next((at for at in reversed(range(len(way))) if _is_node(way[at].value)), None)
        if number is None:
            return None
        step = way[number]
        first = bisect_left(self._nodes, step.start, key=lambda each: each[0])
        last = bisect_left(self._nodes, step.end, key=lambda each: each[0])
        node = self._nodes[first][1] if last - first == 1 else None
        is_prompt = "class_type" in step.value
        below = [each.key for each in way[number + 1 :]]
        name = below[1] if is_prompt and below[:1] == ["inputs"] and len(below) > 1 else ""
        class_name = step.value.get("class_type") or step.value.get("type")
        pointer = "".join("/" + _escaped(each.key) for each in way)
        id = step.key if is_prompt else str(step.value.get("id"))
        location = Location(pointer, id, str(class_name), _title(step.value), name)
        return NodeAt(location, step.start, step.end, node)

    def _in_string(self, pointer: str, finding: Diagnostic) -> Location:
        """The location of a finding outside of all nodes, or in a graph that is kept as a string."""
        node = self._by_label.get(str(finding.fields.get("node")))
        if node is None:
            return Location(pointer)
        return Location(pointer, node.id, node.class_name, node.title, self._input(finding, node))

    def _way(self, start: int, end: int) -> list[_Step]:
        """The values that a stretch is in, from the outside in; a key belongs to its value."""
        way: list[_Step] = []
        step = self._whole
        while isinstance(step.value, (dict, list)) and step.value:
            inside = self._steps(step)
            number = bisect_left(inside, start + 1, key=lambda each: each.end)
            if number == len(inside) or start == step.start or end > inside[number].end:
                break
            step = inside[number]
            way.append(step)
        return way

    def _steps(self, outer: _Step) -> list[_Step]:
        if outer.start not in self._inside:
            read = members if isinstance(outer.value, dict) else elements
            inside: list[Member] = read(self._text, outer.start)
            self._inside[outer.start] = [
                _Step(each.key if read is members else str(at), each.value, each.start, each.end)
                for at, each in enumerate(inside)
            ]
        return self._inside[outer.start]

    def _node(self, step: _Step, finding: Diagnostic) -> Node | None:
        """The node of the graph that is made of a node of the file, or of several the one that is named.

        None where none is made of it, or where several instances of a subgraph have it.
        """
        first = bisect_left(self._nodes, step.start, key=lambda each: each[0])
        last = bisect_left(self._nodes, step.end, key=lambda each: each[0])
        if last - first == 1:
            return self._nodes[first][1]
        node = self._by_label.get(str(finding.fields.get("node")))
        if node is None or node.span is None or not step.start <= node.span.start < step.end:
            return None
        return node

    def _input(self, finding: Diagnostic, node: Node) -> str:
        """The input that a finding is at, or else the one that it names."""
        for name, span in node.spans.items():
            if span == finding.span:
                return name
        named = finding.fields.get("input")
        return named if isinstance(named, str) and named in node.inputs else ""


def _whole_id(node: Node, id: str) -> str:
    """The id of a node of a workflow with those of the subgraphs around it, which its label begins with.

    The id in the graph may be another one: a workflow that we drew gives the names back.
    """
    before, _, _ = node.label.removeprefix("#").partition(f"{id} ")
    return before + id


def _is_node(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if "class_type" in value:
        return True
    others = "name" in value or "origin_id" in value  # slots of a subgraph, and links
    return "id" in value and "type" in value and not others


def _title(value: dict[str, Any]) -> str:
    meta = value.get("_meta")
    title = value.get("title") or (meta.get("title") if isinstance(meta, dict) else None)
    return title if isinstance(title, str) else ""


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


class NodeAt(NamedTuple):
    """A node of a file around an offset: where it is described, and what it became in the graph.

    `node` is None where it became nothing, or several.
    """

    location: Location
    start: int
    end: int
    node: Node | None


def nodes_of(source: Source, graph: Graph | None) -> NodeFinder | None:
    """Finds the nodes of a file by offsets; None for what is not JSON."""
    try:
        return NodeFinder(_Places(source.text, graph))
    except BrokenJsonError:
        return None


class NodeFinder:
    """The nodes of a file of JSON, by offsets."""

    def __init__(self, places: _Places) -> None:
        self._places = places

    def at(self, offset: int) -> NodeAt | None:
        """The innermost node around an offset."""
        return self._places.node_at(offset)
