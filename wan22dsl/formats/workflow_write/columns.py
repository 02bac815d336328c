"""Columns of boxes: each layer of a graph is one, and what belongs together stands at one height."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.formats.workflow_write.layers import Edge, in_order, layers_of, sorted_along
from wan22dsl.formats.workflow_write.sizes import Size

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

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
    for each flow: what is entered behind such a box stands in that one's.
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
        aims = [(number, one) for number, layer in enumerate(layers) for one in layer]
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
        """Where each box stands, with so many pixels between two columns and two rows."""
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
                wanted = min((tops[one] for one in self._before[name]), default=0)
                tops[name] = max(free, wanted)
                free = tops[name] + self._sizes[name].height + below
        for column in reversed(self._columns):
            limit: int | None = None
            for name in reversed(column):
                height = self._sizes[name].height + below
                wanted = min((tops[one] for one in self._after[name]), default=0)
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
        if any(one in entered or one in behind for one in before.get(name, ())):
            behind.add(name)
    return entered - behind
