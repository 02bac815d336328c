"""From workflow JSON to its parts; what is not of the form is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.formats.json_text import elements, member
from wan22dsl.formats.workflow_read.everywhere import add_links
from wan22dsl.formats.workflow_read.keys import key, whole
from wan22dsl.formats.workflow_read.parts import MODES, Drawing, Level, Out, Port, Raw, Slot, Wire

if TYPE_CHECKING:
    from wan22dsl.formats.workflow_read.sheet import Sheet


def read_drawing(sheet: Sheet, value: dict[str, Any], start: int) -> Drawing:
    """The workflow `value`, which stands at `start`, as far as it has the form of one."""
    root = _level(sheet, value, start, "the workflow")
    subgraphs: dict[str, Level] = {}
    waiting = [(value, start)]
    while waiting:  # definitions may lie within each other
        about, at = waiting.pop()
        definitions = about.get("definitions")
        listed = definitions.get("subgraphs") if isinstance(definitions, dict) else None
        if not listed:
            continue
        inside = member(sheet.text, member(sheet.text, at, "definitions").start, "subgraphs")
        if not isinstance(listed, list):
            sheet.wrong(inside.start, "`subgraphs` is not a list")
            continue
        for element in elements(sheet.text, inside.start):
            if not isinstance(element.value, dict) or not isinstance(element.value.get("id"), str):
                sheet.wrong(
                    element.start, "The definition of a subgraph is not an object with an `id`"
                )
                continue
            waiting.append((element.value, element.start))
            subgraphs[element.value["id"]] = _level(
                sheet, element.value, element.start, "the subgraph"
            )
    return Drawing(root, subgraphs)


def _level(sheet: Sheet, about: dict[str, Any], start: int, where: str) -> Level:
    inputs = _ports(_list(sheet, about, "inputs", start, where))
    outputs = _ports(_list(sheet, about, "outputs", start, where))
    level = Level(_text(about.get("name")), {}, {}, inputs, outputs)
    if _list(sheet, about, "nodes", start, where):
        for element in elements(sheet.text, member(sheet.text, start, "nodes").start):
            node = read_node(sheet, element.value, element.start)
            if node is None:
                continue
            if node.id in level.nodes:
                sheet.wrong(element.start, f"Two nodes of {where} have the id {node.id}")
            level.nodes[node.id] = node
    links = about.get("links")
    if isinstance(links, dict):
        links = list(links.values())
    elif not isinstance(links, list):
        links = _list(sheet, about, "links", start, where)
    for number, row in enumerate(links):
        if row is not None and not _wire(row, level):
            at = member(sheet.text, start, "links").start
            if sheet.text[at] == "[":
                at = elements(sheet.text, at)[number].start
            sheet.wrong(at, "A link is not of the form `[id, from, slot, to, slot, type]`")
    add_links(level, about.get("extra"))
    return level


def _list(sheet: Sheet, about: dict[str, Any], name: str, start: int, where: str) -> list[Any]:
    """A list; an empty one where there is none, which is told where something else is."""
    value = about.get(name)
    if isinstance(value, list):
        return value
    if value is not None:
        sheet.wrong(member(sheet.text, start, name).start, f"`{name}` of {where} is not a list")
    return []


def _wire(row: Any, level: Level) -> bool:
    """A link: `[id, from, slot, to, slot, type]`, or an object of the same; False where it is neither."""
    if isinstance(row, dict):
        names = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
        row = [row.get(name) for name in names]
    if not isinstance(row, list) or len(row) < 5:
        return False
    id, origin, target = key(row[0]), key(row[1]), key(row[3])
    slot, to = whole(row[2]), whole(row[4])
    if id is None or origin is None or target is None or slot is None or to is None:
        return False
    level.wires[id] = Wire(origin, slot, target, to)
    return True


def _ports(listed: list[Any]) -> list[Port]:
    found = [item if isinstance(item, dict) else {} for item in listed]
    return [Port(_text(item.get("name")), _type(item), _ids(item, "linkIds")) for item in found]


def read_node(sheet: Sheet, about: Any, start: int, *, id: str | None = None) -> Raw | None:
    """A node of the file; `id` is its id where it is not in the file."""
    if id is None or not isinstance(about, dict):
        id = key(about.get("id")) if isinstance(about, dict) else None
    if id is None:
        sheet.wrong(start, "A node is not an object with an `id`")
        return None
    type = about.get("type")
    if not isinstance(type, str) or not type:
        sheet.wrong(start, f"Node #{id} has no `type`")
        return None
    where = f"node #{id}"
    values, named = about.get("widgets_values"), about.get("widgets_values_named")
    if not isinstance(values, dict):
        values = _list(sheet, about, "widgets_values", start, where)
    properties = about.get("properties")
    if not isinstance(properties, dict):
        properties = {}
    return Raw(
        id=id,
        type=type,
        mode=MODES.get(whole(about.get("mode")) or 0, "active"),
        title=_text(about.get("title")),
        inputs=_slots(sheet, _list(sheet, about, "inputs", start, where), start, where),
        outputs=_outs(_list(sheet, about, "outputs", start, where)),
        values=values,
        named=named if isinstance(named, dict) else None,
        backed="Node name for S&R" in properties,
        start=start,
        wan_id=_text(properties.get("wan id")),
        is_constant=properties.get("wan constant") is True,
        unset=_names(properties.get("wan unset")),
        properties=properties,
    )


def _slots(sheet: Sheet, listed: list[Any], start: int, where: str) -> list[Slot]:
    found = []
    for number, item in enumerate(listed):
        about = item if isinstance(item, dict) else {}
        if not isinstance(item, dict) and item is not None:
            sheet.wrong(start, f"An input of {where} is not an object")
        widget = isinstance(about.get("widget"), dict)
        link = key(about.get("link"))
        found.append(Slot(_text(about.get("name")), _type(about), link, widget, number))
    return found


def _outs(listed: list[Any]) -> list[Out]:
    found = [item if isinstance(item, dict) else {} for item in listed]
    return [Out(_type(item), _ids(item, "links")) for item in found]


def _names(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _type(about: dict[str, Any]) -> str:
    """The type of a slot; the editor writes 0 or -1 for those that take anything."""
    value = about.get("type")
    return value if isinstance(value, str) and value else "*"


def _ids(about: dict[str, Any], name: str) -> tuple[str, ...]:
    listed = about.get(name)
    found = [key(item) for item in listed] if isinstance(listed, list) else []
    return tuple(item for item in found if item is not None)
