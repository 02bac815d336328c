"""Opens the subgraphs of a workflow, and puts its nodes into the order in which the editor sends them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from wan22dsl.formats.workflow_read import messages
from wan22dsl.formats.workflow_read.parts import Drawing, Level, Place, Raw
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.formats.workflow_read.sheet import Sheet

#: A workflow that is larger than this, or grows so when its subgraphs are opened, is made to harm; people
#: draw some thousand nodes at most.
MOST_NODES = 20_000

#: No deeper do subgraphs stand within each other; the editor's own limit (Subgraph, MAX_NESTED_SUBGRAPHS).
MOST_DEEP = 1_000


def opened(sheet: Sheet, drawing: Drawing) -> list[tuple[Place, Raw]]:
    """Every node that is no instance of a subgraph, with its place, in the order of the prompt JSON.

    JavaScript puts whole numbers first, from low to high, whatever the order in which keys were made.
    """
    root = Place(drawing.root)
    numbered: list[tuple[Place, Raw]] = []
    others: list[tuple[Place, Raw]] = []
    for place, node in _walk(sheet, drawing, root):
        first = place is root and _is_index(node.id)
        (numbered if first else others).append((place, node))
    numbered.sort(key=lambda value: int(value[1].id))
    return numbered + others


def too_many(sheet: Sheet, *, in_subgraphs: bool = False) -> None:
    """Tells that there are more nodes than anyone draws, as drawn or by the instances of subgraphs."""
    sheet.say(
        messages.TOO_MANY_NODES,
        Span(sheet.source, 0, 1),
        most=f"{MOST_NODES:,}",
        counted=", counting those of every subgraph instance" if in_subgraphs else "",
    )


def _is_index(id: str) -> bool:
    return id.isdecimal() and id.isascii() and (id == "0" or id[0] != "0") and len(id) < 10


def _walk(sheet: Sheet, drawing: Drawing, root: Place) -> Iterator[tuple[Place, Raw]]:
    """All nodes, those of an instance where the instance stands; up to the first that is too much."""
    around = [root]
    waiting = [iter(_in_order(root.level, drawing))]
    types: dict[str, None] = {}
    count = 0
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            types.pop(around.pop().type, None)
            continue
        count += 1
        if count > MOST_NODES:
            return too_many(sheet, in_subgraphs=bool(drawing.subgraphs))
        level = drawing.subgraphs.get(node.type)
        if level is None:
            yield around[-1], around[-1].own(node)
            continue
        if node.type in types or len(around) > MOST_DEEP:
            return _tell_circle(sheet, drawing, node, list(types))
        around.append(Place(level, around[-1].own(node), around[-1]))
        types[node.type] = None
        waiting.append(iter(level.nodes.values()))


def _tell_circle(sheet: Sheet, drawing: Drawing, node: Raw, types: list[str]) -> None:
    name = drawing.subgraphs[node.type].name or node.type
    between = types[types.index(node.type) + 1 :] if node.type in types else []
    names = [f'"{drawing.subgraphs[item].name or item}"' for item in between[:5]]
    way = f", through {', '.join(names)}" if names else ""
    if node.type not in types:
        way = f", or is nested deeper than {MOST_DEEP:,}"
    sheet.say(messages.SUBGRAPH_IN_ITSELF, sheet.of_type(node), name=f'"{name}"', way=way)


def _in_order(level: Level, drawing: Drawing) -> list[Raw]:
    """The nodes of the outer graph as they would run: a node comes when all that it needs has come.

    Only nodes whose ids are no numbers depend on it, such as those of subgraphs.
    """
    if all(_is_index(raw.id) and raw.type not in drawing.subgraphs for raw in level.nodes.values()):
        return list(level.nodes.values())
    open_links = {
        raw.id: sum(slot.link is not None for slot in raw.inputs) for raw in level.nodes.values()
    }
    ready = deque(raw for raw in level.nodes.values() if not open_links[raw.id])
    ordered: dict[str, Raw] = {}
    seen: set[str] = set()
    while ready:
        node = ready.popleft()
        ordered[node.id] = node
        for link in (link for out in node.outputs for link in out.links):
            wire = level.wires.get(link)
            if wire is None or link in seen:
                continue
            seen.add(link)
            if wire.target in open_links:
                open_links[wire.target] -= 1
                if not open_links[wire.target]:
                    ready.append(level.nodes[wire.target])
    return [*ordered.values(), *(raw for id, raw in level.nodes.items() if id not in ordered)]
