"""Group nodes, which the editor had before subgraphs: opened as subgraphs are.

`extra.groupNodes` has for each name its nodes, and the links between them by their numbers. What the group
node itself has are the inputs that no link inside fills, the outputs that none inside takes, and the values
of all widgets, node by node.

Source: Comfy-Org/ComfyUI_frontend, groupNode (GroupNodeConfig).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.formats.json_text import elements, member, members
from wan22dsl.formats.labels import label
from wan22dsl.formats.widget_values import named
from wan22dsl.formats.workflow_read import messages
from wan22dsl.formats.workflow_read.keys import whole
from wan22dsl.formats.workflow_read.opening import MOST_NODES, too_many
from wan22dsl.formats.workflow_read.parts import (
    GROUP_SIGNS,
    INPUT_NODE,
    Drawing,
    Level,
    Out,
    Port,
    Raw,
    Slot,
    Wire,
)
from wan22dsl.graph.modes import joins
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.formats.workflow_read.sheet import Sheet


class _Face(NamedTuple):
    """An input or output of a group: the node inside, the number of its slot, name and type."""

    node: str
    number: int
    name: str
    type: str


class _Group(NamedTuple):
    """A group: its graph, and what a group node has of it, in its order."""

    level: Level
    inputs: list[_Face]
    outputs: list[_Face]


class _Shown(NamedTuple):
    """The widgets of a group node in their order, as `proxyWidgets` has them, and by the nodes inside.

    For each of these `own` tells which of its values is which of the group node.
    """

    listed: list[list[str]]
    own: dict[str, dict[int, int]]


_Widgets = tuple[_Shown, _Shown]

#: So many inputs times so many are matched one by one.
_MOST_PAIRS = 1_000_000


def with_groups(
    sheet: Sheet, drawing: Drawing, about: dict[str, Any], start: int, catalogue: Catalogue
) -> Drawing:
    """The workflow with its groups as subgraphs, and its group nodes as instances of those."""
    levels = [drawing.root, *drawing.subgraphs.values()]
    groups = _groups(sheet, about, start, levels)
    if not groups:
        return drawing
    levels += [group.level for group in groups.values()]
    if _work(levels, groups) > MOST_NODES:
        too_many(sheet, in_subgraphs=True)
        return drawing
    subgraphs = dict(drawing.subgraphs)
    for name, group in groups.items():
        subgraphs.update({f"workflow{sign}{name}": group.level for sign in GROUP_SIGNS})
    widgets = {name: _widgets(group.level, catalogue) for name, group in groups.items()}
    for level in levels:
        outputs: dict[str, list[int | None]] = {}
        for raw in list(level.nodes.values()):
            name = group_name(raw) or ""
            if name in groups:
                level.nodes[raw.id] = _instance(sheet, raw, groups[name], widgets[name])
                outputs[raw.id] = _matched(
                    [("", out.type) for out in raw.outputs], groups[name].outputs
                )
        for id, wire in level.wires.items() if outputs else ():
            numbers = outputs.get(wire.origin, ())
            if 0 <= wire.origin_slot < len(numbers):
                number = numbers[wire.origin_slot]
                level.wires[id] = wire._replace(origin_slot=-1 if number is None else number)
    return drawing._replace(subgraphs=subgraphs)


def _work(levels: Sequence[Level], groups: dict[str, _Group]) -> int:
    """How many nodes the group nodes of the file stand for; for every fifty inputs and outputs one more."""
    sizes = {
        name: len(it.level.nodes) + (len(it.inputs) + len(it.outputs)) // 50
        for name, it in groups.items()
    }
    return sum(
        sizes.get(group_name(raw) or "", 0) for level in levels for raw in level.nodes.values()
    )


def group_name(raw: Raw) -> str | None:
    """The name of the group that a node is made of; None where it is no group node."""
    for sign in GROUP_SIGNS:
        if raw.type.startswith(f"workflow{sign}"):
            return raw.type.removeprefix(f"workflow{sign}")
    return None


def _groups(
    sheet: Sheet, about: dict[str, Any], start: int, levels: Sequence[Level]
) -> dict[str, _Group]:
    """The groups that the nodes of the file are made of, and those that these are made of."""
    extra = about.get("extra")
    listed = extra.get("groupNodes") if isinstance(extra, dict) else None
    if not isinstance(listed, dict) or not listed:
        return {}
    at = member(sheet.text, member(sheet.text, start, "extra").start, "groupNodes").start
    places = {each.key: each for each in members(sheet.text, at)}
    found: dict[str, _Group] = {}
    waiting = [
        name for level in levels for raw in level.nodes.values() if (name := group_name(raw))
    ]
    while waiting:
        name = waiting.pop()
        if name in found or name not in places:
            continue
        about, start = places[name].value, places[name].start
        if isinstance(about, dict) and isinstance(about.get("nodes"), list):
            found[name] = _group(name, _nodes(sheet, start), about)
            waiting += [
                each for raw in found[name].level.nodes.values() if (each := group_name(raw))
            ]
    return found


def _nodes(sheet: Sheet, start: int) -> dict[str, Raw]:
    """The nodes of the group that is at `start`, by their numbers."""
    from wan22dsl.formats.workflow_read.drawing import read_node

    nodes = {}
    inside = member(sheet.text, start, "nodes").start
    for number, element in enumerate(elements(sheet.text, inside)):
        node = read_node(sheet, element.value, element.start, id=str(number))
        if node is not None:
            nodes[node.id] = _without_links(node)
    return nodes


def _without_links(node: Raw) -> Raw:
    """A node of a group without its links of the graph that it was taken from."""
    return node._replace(
        inputs=[slot._replace(link=None) for slot in node.inputs],
        outputs=[Out(out.type, ()) for out in node.outputs],
    )


def _group(name: str, nodes: dict[str, Raw], about: dict[str, Any]) -> _Group:
    level = Level(name, nodes, {}, [], [])
    taken = set()
    rows = about.get("links")
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if not isinstance(row, list) or len(row) < 4:
            continue
        origin, origin_slot, target, target_slot = map(whole, row[:4])
        if origin is None or target is None or origin_slot is None or target_slot is None:
            continue  # an end without a number is outside
        if _link(
            level, f"inside {number}", Wire(str(origin), origin_slot, str(target), target_slot)
        ):
            taken.add((str(origin), origin_slot))
    external = about.get("external")
    shown = {
        (str(row[0]), row[1])
        for row in (external if isinstance(external, list) else ())
        if isinstance(row, list) and len(row) >= 2 and isinstance(row[1], int)
    }
    hidden = taken - shown
    inputs = [
        _Face(node.id, slot.number, _own_name(about, node, slot), slot.type)
        for node in nodes.values()
        for is_widget in (False, True)
        for slot in node.inputs
        if slot.widget is is_widget
        and slot.link is None
        and _is_visible(about, "input", node, slot.name)
    ]
    outputs = [
        _Face(node.id, number, "", out.type)
        for node in nodes.values()
        for number, out in enumerate(node.outputs)
        if _is_visible(about, "output", node, str(number), (node.id, number) not in hidden)
    ]
    for number, face in enumerate(inputs):
        link = f"in {number}"
        level.inputs.append(Port(f"{face.node}:{face.name}", face.type, (link,)))
        _link(level, link, Wire(INPUT_NODE, number, face.node, face.number))
    for number, face in enumerate(outputs):
        link = f"out {number}"
        level.outputs.append(Port(f"{face.node}:{number}", face.type, (link,)))
        level.wires[link] = Wire(face.node, face.number, "", number)
    return _Group(level, inputs, outputs)


def _link(level: Level, id: str, wire: Wire) -> bool:
    """Links two nodes of a group; False where there is no such input."""
    node = level.nodes.get(wire.target)
    if node is None or not 0 <= wire.target_slot < len(node.inputs):
        return False
    level.wires[id] = wire
    inputs = list(node.inputs)
    inputs[wire.target_slot] = inputs[wire.target_slot]._replace(link=id)
    level.nodes[node.id] = node._replace(inputs=inputs)
    return True


def _settings(about: dict[str, Any], part: str, node: Raw, name: str) -> dict[str, Any]:
    """What somebody chose for an input or output of a group: another name, or that it is not shown."""
    found: Any = about.get("config")
    for key in (node.id, part, name):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _is_visible(
    about: dict[str, Any], part: str, node: Raw, name: str, default: bool = True
) -> bool:
    value = _settings(about, part, node, name).get("visible")
    return value if isinstance(value, bool) else default


def _own_name(about: dict[str, Any], node: Raw, slot: Slot) -> str:
    name = _settings(about, "input", node, slot.name).get("name")
    return name if isinstance(name, str) and name else slot.name


def _instance(sheet: Sheet, raw: Raw, group: _Group, widgets: _Widgets) -> Raw:
    """A group node as an instance of a subgraph."""
    ports = group.level.inputs
    slots = [slot for slot in raw.inputs if slot.link is not None or not slot.widget]
    names = _matched([(slot.name, slot.type) for slot in slots], group.inputs)
    inputs = list(raw.inputs)
    node = label(raw.id, raw.title, raw.type)
    for slot, number in zip(slots, names):
        if number is not None:
            inputs[slot.number] = slot._replace(name=ports[number].name)
        elif slot.link is not None:
            fields: dict[str, Any] = {
                "input": slot.name,
                "link": slot.link,
                "what": "which leads to no node inside",
            }
            sheet.say(messages.LOST_LINK, sheet.of_type(raw), node=node, **fields)
    raw = raw._replace(inputs=inputs)
    if not isinstance(raw.values, list) or not raw.values:
        return raw
    for shown in widgets:
        if len(shown.listed) == len(raw.values):
            properties = {**raw.properties, "proxyWidgets": shown.listed}
            return raw._replace(properties=properties, inside=shown.own)
    has, wanted = len(raw.values), len(widgets[0].listed)
    sheet.say(messages.OTHER_WIDGETS, sheet.of_type(raw), node=node, has=has, wanted=wanted)
    return raw


def _matched(wanted: Sequence[tuple[str, str]], faces: Sequence[_Face]) -> list[int | None]:
    """Which input or output of the group each of the group node is: in their order, by name and type."""
    if len(wanted) == len(faces) and all(
        joins(type, face.type) for (_, type), face in zip(wanted, faces)
    ):
        return list(range(len(faces)))
    if len(wanted) * len(faces) > _MOST_PAIRS:
        return [at if at < len(faces) else None for at in range(len(wanted))]
    found: list[int | None] = []
    left = dict.fromkeys(range(len(faces)))
    for name, type in wanted:
        fitting = [at for at in left if joins(type, faces[at].type)]
        named_so = [at for at in fitting if name and _is_called(name, faces[at].name)]
        number = next(iter([*named_so, *fitting]), None)
        found.append(number)
        if number is not None:
            del left[number]
    return found


def _is_called(name: str, inside: str) -> bool:
    """Whether a name is that of an input inside; of two with one name the second has its node before it."""
    return name == inside or name.endswith(f" {inside}")


def _widgets(level: Level, catalogue: Catalogue) -> _Widgets:
    """The widgets of a group node, without those that were made inputs, or with them."""
    return _shown(level, catalogue, converted=False), _shown(level, catalogue, converted=True)


def _shown(level: Level, catalogue: Catalogue, *, converted: bool) -> _Shown:
    listed: list[list[str]] = []
    own: dict[str, dict[int, int]] = {}
    for node in level.nodes.values():
        if not isinstance(node.values, list):
            continue
        read = named(node, catalogue.get(node.type))
        inputs = set() if converted else {slot.name for slot in node.inputs if slot.widget}
        names: dict[int | str, str] = {}
        for values in (read.control, read.values):
            for name, given in values.items():
                if given.spot is not None and given.spot.part == "widgets_values":
                    names[given.spot.key] = name
        values_at = {each.spot.key for each in read.values.values() if each.spot is not None}
        for number in range(len(node.values)):
            name = names.get(number, "")
            if name in inputs:
                continue
            own.setdefault(node.id, {})[number] = len(listed)
            listed.append([node.id, name if number in values_at else ""])
    return _Shown(listed, own)
