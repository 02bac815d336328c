"""The way of each link: across the gap to the next column, or around all boxes.

A link to the next column is a curve. A longer one leaves its column into the gap on the right, goes up or
down to the channel between two rows, along it to the gap before its target, and in. Between rows that are
no neighbours it takes the trunk at the left edge. Links from one output share their way: they are a net,
which has a track of its own in each gap, channel and trunk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from wan22dsl.formats.svg.pieces import BETWEEN_PX, height_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.formats.drawing import Drawing, Wire
    from wan22dsl.formats.svg.rows import Row


class Spot(NamedTuple):
    """Where a box is: its row, the column in it, the place in that; `top`, `bottom` in pixels in the row."""

    row: int
    column: int
    place: int
    top: float
    bottom: float


class Net(NamedTuple):
    """The links of one type that leave a box."""

    source: str
    type: str


class Gap(NamedTuple):
    """The room before a column; the last one of a row is behind all columns."""

    row: int
    column: int


class Route(NamedTuple):
    """The way of a link. `channels` are numbered like the row below them; two are joined by the trunk."""

    wire: Wire
    kind: Literal["down", "next", "far"]
    channels: tuple[int, ...] = ()

    @property
    def net(self) -> Net:
        """The net that it belongs to."""
        return Net(self.wire.source, self.wire.type)


class Routes(NamedTuple):
    """All ways, and the nets in each gap from left to right."""

    routes: tuple[Route, ...]
    spots: Mapping[str, Spot]
    gaps: Mapping[Gap, tuple[Net, ...]]

    def ends(self, route: Route) -> tuple[Gap, Gap]:
        """The gaps by which a long way leaves its source and enters its target."""
        source, target = self.spots[route.wire.source], self.spots[route.wire.target]
        return Gap(source.row, source.column + 1), Gap(target.row, target.column)


def routes(drawn: Drawing, rows: Sequence[Row]) -> Routes:
    """The ways of all links between boxes in rows."""
    spots = _spots(rows)
    heights = [max(column.height for column in row.columns) for row in rows]
    found = tuple(_route(wire, spots, heights) for wire in drawn.wires)
    return Routes(found, spots, _gaps(found, spots))


def tracks(spans: Mapping[Net, tuple[float, float]]) -> tuple[dict[Net, int], int]:
    """A track for each net, so that nets that meet have different ones; and the number of tracks."""
    ends: list[float] = []
    found: dict[Net, int] = {}
    for net, (first, last) in sorted(spans.items(), key=lambda one: one[1]):
        at = next((at for at, end in enumerate(ends) if end < first), len(ends))
        if at == len(ends):
            ends.append(last)
        ends[at] = last
        found[net] = at
    return found, len(ends)


def _spots(rows: Sequence[Row]) -> dict[str, Spot]:
    found = {}
    for at, row in enumerate(rows):
        for number, column in enumerate(row.columns):
            top = 0.0
            for place, box in enumerate(column.boxes):
                bottom = top + height_of(box)
                found[box.id] = Spot(at, number, place, top, bottom)
                top = bottom + BETWEEN_PX
    return found


def _route(wire: Wire, spots: Mapping[str, Spot], heights: Sequence[float]) -> Route:
    source, target = spots[wire.source], spots[wire.target]
    if source.row != target.row:
        down = source.row < target.row
        leave, enter = (source.row + 1, target.row) if down else (source.row, target.row + 1)
        return Route(wire, "far", (leave,) if leave == enter else (leave, enter))
    if source.column == target.column and target.place == source.place + 1:
        return Route(wire, "down")
    if target.column == source.column + 1:
        return Route(wire, "next")
    above = source.top + target.top
    below = 2 * heights[source.row] - source.bottom - target.bottom
    return Route(wire, "far", (source.row,) if above <= below else (source.row + 1,))


def _gaps(found: Iterable[Route], spots: Mapping[str, Spot]) -> dict[Gap, tuple[Net, ...]]:
    """The nets of each gap: first those that leave, then those that enter, so that few cross."""
    leaving: dict[Gap, dict[Net, float]] = {}
    entering: dict[Gap, dict[Net, float]] = {}
    for route in found:
        if route.kind == "far":
            source, target = spots[route.wire.source], spots[route.wire.target]
            out, into = Gap(source.row, source.column + 1), Gap(target.row, target.column)
            leaving.setdefault(out, {})[route.net] = source.top
            entering.setdefault(into, {}).setdefault(route.net, -target.top)
    return {
        gap: tuple(
            dict.fromkeys(
                net
                for own in (leaving.get(gap, {}), entering.get(gap, {}))
                for net in sorted(own, key=lambda net, own=own: own[net])  # type: ignore[misc]
            )
        )
        for gap in dict.fromkeys([*leaving, *entering])
    }
