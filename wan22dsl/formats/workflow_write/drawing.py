"""Nodes and links as the editor writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.formats.workflow_write.layers import Edge
from wan22dsl.formats.workflow_write.widgets import face_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.formats.workflow_write.layout import Box
    from wan22dsl.formats.workflow_write.widgets import Face
    from wan22dsl.graph.model import Graph, Node

_MODES = {"active": 0, "mute": 2, "bypass": 4}

#: How the editor marks an input that may be left open (LiteGraph.SlotShape.HollowCircle).
_OPTIONAL = 7

#: With so many digits behind the point a number is shown at most (Smirnov75/ComfyUI-mxToolkit).
_MOST_DIGITS = 4


class Wire(NamedTuple):
    """A link: its number, where it comes from, the input that it goes to, and its type."""

    id: int
    start: str
    slot: int
    end: str
    input: str
    type: str


class Drawn(NamedTuple):
    """A graph on its way to a drawing: a number for each node, their faces, and the links.

    `given` are the names of the inputs that a prompt has; a field for another one shows its default.
    """

    numbers: dict[str, int]
    given: dict[str, frozenset[str]]
    faces: dict[str, Face]
    wires: list[Wire]
    incoming: dict[str, dict[str, int]]
    outgoing: dict[str, list[Wire]]

    def edges(self) -> list[Edge]:
        """The links with the heights at which they leave and enter."""
        found = []
        for wire in self.wires:
            names, outputs = self.faces[wire.end].names, self.faces[wire.start].outputs
            port = names.index(wire.input) / len(names)
            found.append(
                Edge(wire.start, wire.end, wire.slot / max(len(outputs), wire.slot + 1), port)
            )
        return found


def prepared(graph: Graph, values: Mapping[str, Mapping[str, Any]]) -> Drawn:
    """Numbers, faces and links. `values` are the inputs of the nodes as a prompt has them.

    Links that go to no node are left out, as the editor does.
    """
    faces: dict[str, Face] = {}
    wires: list[Wire] = []
    kinds: dict[str, dict[str, str]] = {}
    for node in graph.nodes.values():
        kinds[node.id] = {
            name: _type_of_output(graph, link.node, link.slot)
            for name, link in node.links()
            if link.node in graph.nodes
        }
        faces[node.id] = face_of(node, graph.class_of(node), values[node.id], kinds[node.id])
    for node in graph.nodes.values():
        for name, link in node.links():
            if name in kinds[node.id] and name in faces[node.id].names:
                kind = _given(faces[link.node], link.slot) or kinds[node.id][name]
                wires.append(Wire(len(wires) + 1, link.node, link.slot, node.id, name, kind))
    incoming: dict[str, dict[str, int]] = {id: {} for id in graph.nodes}
    outgoing: dict[str, list[Wire]] = {id: [] for id in graph.nodes}
    for wire in wires:
        incoming[wire.end][wire.input] = wire.id
        outgoing[wire.start].append(wire)
    given = {id: frozenset((*values[id], *faces[id].buttons)) for id in graph.nodes}
    return Drawn(_numbers(graph), given, faces, wires, incoming, outgoing)


def _numbers(graph: Graph) -> dict[str, int]:
    """The number of each node: its id where all ids are numbers, or else its place in the graph."""
    if all(
        len(id) < 16 and id.isascii() and id.isdigit() and str(int(id)) == id for id in graph.nodes
    ):
        return {id: int(id) for id in graph.nodes}
    return {id: number for number, id in enumerate(graph.nodes, 1)}


def _type_of_output(graph: Graph, id: str, slot: int) -> str:
    node = graph.nodes[id]
    node_class = graph.class_of(node)
    if node_class is not None and 0 <= slot < len(node_class.outputs):
        return node_class.outputs[slot].type
    known = node.sockets.outputs if node.sockets is not None else ()
    return known[slot] if 0 <= slot < len(known) else "*"


def _given(face: Face, slot: int) -> str | None:
    return face.outputs[slot][1] if 0 <= slot < len(face.outputs) else None


def node_of(
    node: Node, drawn: Drawn, box: Box, order: int, *, is_constant: bool = False
) -> dict[str, Any]:
    """A node as the editor writes it; one that stands for a constant of another says so.

    The editor has a value for every field. Which of them nobody gave is told, so that reading the file
    leaves them out again.
    """
    face = drawn.faces[node.id]
    made: dict[str, Any] = {
        "id": drawn.numbers[node.id],
        "type": node.class_name,
        "pos": [box.x, box.y],
        "size": [box.width, box.height],
        "flags": {},
        "order": order,
        "mode": _MODES[node.mode],
        "inputs": _inputs(face, drawn.incoming[node.id]),
        "outputs": _outputs(face, drawn.outgoing[node.id]),
        "title": node.title or node.id,
        "properties": {"Node name for S&R": node.class_name, "wan id": node.id},
    }
    if is_constant:
        made["properties"]["wan constant"] = True
    unset = [
        widget.name for widget in face.inputs_with_value if widget.name not in drawn.given[node.id]
    ]
    if unset:
        made["properties"]["wan unset"] = unset
    made["properties"].update(_numbers_in(node, face))
    if face.widgets or face.unnamed is not None:
        made["widgets_values"] = face.values
    return made


def _numbers_in(node: Node, face: Face) -> dict[str, Any]:
    """What the script of a pack keeps among the properties, and puts into the widgets when it sends them."""
    shown = {widget.name: widget.value for widget in face.widgets}
    found: dict[str, Any] = {}
    for number in record_of(node.class_name).widgets.numbers:
        value = shown.get(number.any if shown.get(number.flag) else number.whole)
        if type(value) in (int, float):
            found[number.property] = value
            found[number.digits] = _MOST_DIGITS if shown.get(number.flag) else 0
    return found


def _inputs(face: Face, incoming: Mapping[str, int]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for socket in face.sockets:
        shape = {"shape": _OPTIONAL} if socket.optional else {}
        link = incoming.get(socket.name)
        found.append({"name": socket.name, **shape, "type": socket.type, "link": link})
    for widget in face.inputs_with_value:
        shape = {"shape": _OPTIONAL} if widget.optional else {}
        about = {"widget": {"name": widget.name}, "link": incoming.get(widget.name)}
        found.append({"name": widget.name, **shape, "type": widget.type, **about})
    return found


def _outputs(face: Face, outgoing: list[Wire]) -> list[dict[str, Any]]:
    slots = list(face.outputs)
    used = max((wire.slot + 1 for wire in outgoing), default=0)
    slots += [("*", "*")] * (used - len(slots))  # of a class that is not known
    return [
        {
            "name": name,
            "type": kind,
            "links": [wire.id for wire in outgoing if wire.slot == slot] or None,
        }
        for slot, (name, kind) in enumerate(slots)
    ]


def link_of(wire: Wire, drawn: Drawn) -> list[Any]:
    """A link as the editor writes it."""
    to = drawn.faces[wire.end].names.index(wire.input)
    return [wire.id, drawn.numbers[wire.start], wire.slot, drawn.numbers[wire.end], to, wire.type]
