"""Where everything stands: nodes in their group, groups beside each other, left to right with the flow."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.formats.workflow_write.columns import Box, Columns
from wan22dsl.formats.workflow_write.layers import Edge
from wan22dsl.formats.workflow_write.sizes import TITLE_PX, Size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.formats.workflow_write.groups import Group

#: Between two nodes, beside and below; inside of a group's frame; between two groups.
_BESIDE_PX, _BELOW_PX, _FRAME_PX, _BETWEEN_PX = 60, 40, 30, 80

#: A strip of groups that is no longer than this stays one row; between two rows; a screen's width by height.
_ROW_PX, _BETWEEN_ROWS_PX, _SCREEN = 6_000, 200, 16 / 9

#: The title of a group stands inside of its frame, at the top.
_GROUP_TITLE_PX, _GROUP_LETTER_PX = 60, 17


class Layout(NamedTuple):
    """Where the nodes and the groups stand."""

    nodes: dict[str, Box]
    groups: dict[str, Box]


def lay_out(
    groups: Mapping[str, Group], sizes: Mapping[str, Size], edges: Sequence[Edge]
) -> Layout:
    """Places everything. `edges` have no circles, neither between nodes nor between groups."""
    owner = {name: key for key, group in groups.items() for name in group.members}
    inner: dict[str, list[Edge]] = {key: [] for key in groups}
    outer: dict[tuple[str, str], Edge] = {}
    entered: set[str] = set()
    for edge in edges:
        start, end = owner[edge.start], owner[edge.end]
        if start == end:
            inner[start].append(edge)
        else:
            outer.setdefault((start, end), Edge(start, end))
            entered.add(edge.end)
    inside = {
        key: _inside(group.members, sizes, inner[key], entered) for key, group in groups.items()
    }
    frames = {key: _frame(groups[key].title, boxes) for key, boxes in inside.items()}
    columns = Columns(list(groups), frames, list(outer.values()), frozenset())
    placed = in_rows(columns.placed(_BETWEEN_PX, _BETWEEN_PX))
    nodes = {}
    for key, boxes in inside.items():
        at = placed[key]
        for name, box in boxes.items():
            left = at.x + _FRAME_PX + box.x
            top = at.y + _GROUP_TITLE_PX + box.y + TITLE_PX
            nodes[name] = box._replace(x=left, y=top, height=box.height - TITLE_PX)
    return Layout(nodes, placed)


def in_rows(placed: Mapping[str, Box]) -> dict[str, Box]:
    """Groups that stand in columns, in several rows where one would be a long strip.

    The rows are about equally long. A row begins where another clip does (`shot_2.high` behind `shot_1.low`),
    if there is such a place near; a column stays whole.
    """
    columns: dict[int, list[str]] = {}
    for name, box in placed.items():
        columns.setdefault(box.x, []).append(name)
    width = max((box.x + box.width for box in placed.values()), default=0)
    height = max((box.y + box.height for box in placed.values()), default=0)
    most = max(_ROW_PX, int(sqrt(width * height * _SCREEN)))
    starts = _row_starts(columns, width, -(-width // most)) if width > 1.5 * most else []
    found: dict[str, Box] = {}
    left = top = bottom = 0
    for x, names in sorted(columns.items()):
        if x in starts:
            left, top = x, bottom + _BETWEEN_ROWS_PX
        for name in names:
            box = placed[name]
            found[name] = box._replace(x=box.x - left, y=box.y + top)
            bottom = max(bottom, box.y + top + box.height)
    return {name: found[name] for name in placed}


def _row_starts(columns: Mapping[int, Sequence[str]], width: int, rows: int) -> list[int]:
    """The columns, by their left edge, that rows after the first begin with."""
    clips = {x: {_clip(name) for name in names} for x, names in columns.items()}
    edges = sorted(columns)
    found: list[int] = []
    for row in range(1, rows):
        ideal = width * row / rows
        later = [x for x in edges[1:] if not found or x > found[-1]]
        near = [x for x in later if abs(x - ideal) < width / rows / 3]
        begins = [x for x in near if not clips[x] & clips[edges[edges.index(x) - 1]]]
        if near or later:
            found.append(min(begins or near or later, key=lambda x: abs(x - ideal)))
    return found


def _clip(key: str) -> str:
    """What a group belongs to: `shot_1` for `shot_1.high`."""
    return key.partition("\0")[0].partition(".")[0]


def _inside(
    members: Sequence[str], sizes: Mapping[str, Size], edges: list[Edge], entered: set[str]
) -> dict[str, Box]:
    """The nodes of a group with their titles, from its upper left corner."""
    whole = {name: Size(sizes[name].width, sizes[name].height + TITLE_PX) for name in members}
    columns = Columns(list(members), whole, edges, entered.intersection(members))
    return columns.placed(_BESIDE_PX, _BELOW_PX)


def _frame(title: str, boxes: Mapping[str, Box]) -> Size:
    width = max(one.x + one.width for one in boxes.values()) + 2 * _FRAME_PX
    height = max(one.y + one.height for one in boxes.values())
    return Size(max(width, len(title) * _GROUP_LETTER_PX), height + _GROUP_TITLE_PX + _FRAME_PX)
