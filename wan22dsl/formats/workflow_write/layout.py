"""Where everything is drawn: nodes in columns, columns in groups, groups in rows, left to right."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from wan22dsl.formats.workflow_write.layers import Edge, in_order, layers_of, sorted_along
from wan22dsl.formats.workflow_write.widgets import TITLE_PX, Size
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from wan22dsl.formats.workflow_write.groups import Group


#: A lane is as high as a title and four slots, which is where most links enter a node.
_LANE = Size(0, 110)
_LANE_SIGN = "\0"


class Box(NamedTuple):
    """A place on the canvas, in pixels: left, top, width, height. That of a node is without its title."""

    x: int
    y: int
    width: int
    height: int


class Columns:
    """The layers of a graph. What is `entered` from outside has a free lane before it, at its height.

    Without the lanes, links from further left would run below the boxes of the columns between. One lane
    for each flow: what is entered behind such a box is in that one's.
    """

    def __init__(
        self,
        names: list[str],
        sizes: Mapping[str, Size],
        edges: list[Edge],
        entered: AbstractSet[str],
    ) -> None:
        along, kept = sorted_along(names, edges)
        layers = layers_of(along, kept)
        self._sizes = dict(sizes)
        lanes = self._lanes(layers, _first_entered(along, kept, entered))
        self._columns = in_order(layers, [*kept, *lanes])
        self._before: dict[str, list[str]] = {name: [] for name in self._sizes}
        self._after: dict[str, list[str]] = {name: [] for name in self._sizes}
        for edge in [*kept, *lanes]:
            self._before[edge.end].append(edge.start)
            self._after[edge.start].append(edge.end)

    def _lanes(self, layers: list[list[str]], entered: AbstractSet[str]) -> list[Edge]:
        """Puts lanes into the layers, and gives their edges."""
        found = []
        aims = [(number, item) for number, layer in enumerate(layers) for item in layer]
        for number, name in reversed(aims):
            if name in entered:
                lanes = [f"{_LANE_SIGN}{at}{_LANE_SIGN}{name}" for at in range(number)]
                for at, lane in enumerate(lanes):
                    layers[at].insert(0, lane)
                    self._sizes[lane] = _LANE
                for start, end in zip(lanes, [*lanes[1:], name]):
                    found.append(Edge(start, end, 0.0, -0.5))
        return found

    def placed(self, beside: int, below: int) -> dict[str, Box]:
        """Where each box is, with so many pixels between two columns and two rows."""
        tops = self._tops(below)
        found: dict[str, Box] = {}
        left = 0
        for column in self._columns:
            for name in column:
                if not name.startswith(_LANE_SIGN):
                    found[name] = Box(left, tops[name], *self._sizes[name])
            left += max((self._sizes[name].width for name in column), default=0) + beside
        return found

    def _tops(self, below: int) -> dict[str, int]:
        """Heights: each box where what leads to it is, then, from the right, where it leads to."""
        tops: dict[str, int] = {}
        for column in self._columns:
            free = 0
            for name in column:
                wanted = min((tops[item] for item in self._before[name]), default=0)
                tops[name] = max(free, wanted)
                free = tops[name] + self._sizes[name].height + below
        for column in reversed(self._columns):
            limit: int | None = None
            for name in reversed(column):
                height = self._sizes[name].height + below
                wanted = min((tops[item] for item in self._after[name]), default=0)
                if limit is not None:
                    wanted = min(wanted, limit - height)
                tops[name] = max(tops[name], wanted)
                limit = tops[name]
        return tops


def _first_entered(
    along: list[str], edges: list[Edge], entered: AbstractSet[str]
) -> AbstractSet[str]:
    """What is entered and has nothing before it that is."""
    before: dict[str, list[str]] = {}
    for edge in edges:
        before.setdefault(edge.end, []).append(edge.start)
    behind: set[str] = set()
    for name in along:
        if any(item in entered or item in behind for item in before.get(name, ())):
            behind.add(name)
    return entered - behind


#: Between two nodes, beside and below; inside of a group's frame; between two groups.
_BESIDE_PX, _BELOW_PX, _FRAME_PX, _BETWEEN_PX = 60, 40, 30, 80

#: A strip of groups that is no longer than this stays one row; between two rows; a screen's width by height.
_ROW_PX, _BETWEEN_ROWS_PX, _SCREEN = 6_000, 200, 16 / 9

#: The title of a group is inside of its frame, at the top.
_GROUP_TITLE_PX, _GROUP_LETTER_PX = 60, 17


class Layout(NamedTuple):
    """Where the nodes and the groups are."""

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
    """Groups that are in columns, in several rows where one would be a long strip.

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
    width = max(box.x + box.width for box in boxes.values()) + 2 * _FRAME_PX
    height = max(box.y + box.height for box in boxes.values())
    return Size(max(width, len(title) * _GROUP_LETTER_PX), height + _GROUP_TITLE_PX + _FRAME_PX)
