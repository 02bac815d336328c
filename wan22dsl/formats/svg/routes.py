"""The ways of links between boxes, in rows that wrap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.formats.svg.pieces import BETWEEN_PX, height_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from wan22dsl.formats.drawing import Drawing, Wire
    from wan22dsl.formats.svg.pieces import Column, Piece


#: From the edge of a frame to its boxes; between two frames, or columns of one, without links.
PAD_PX, FRAME_GAP_PX, COLUMN_GAP_PX = 12, 12, 34


class Row(NamedTuple):
    """Frames beside each other; `section` names the clip that begins with the row."""

    section: str
    pieces: tuple[Piece, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of all frames, from left to right."""
        return tuple(column for piece in self.pieces for column in piece.columns)


def rows(
    pieces: Sequence[Piece],
    sections: Sequence[str],
    room: float,
    gap: Callable[[int, int, bool], float],
) -> list[Row]:
    """The rows; `gap` gives the width before a column, by row, column, and whether a frame begins there."""
    found: list[Row] = []
    current: list[Piece] = []
    name = ""

    def close() -> None:
        if current:
            found.append(Row(name, tuple(current)))
            current.clear()

    section = None
    for piece in pieces:
        if piece.frame.section != section:
            close()
            section, name = piece.frame.section, sections[piece.frame.section]
        waiting = list(piece.columns)
        while waiting:
            count = _fitting(waiting, current, room, lambda at, first: gap(len(found), at, first))
            if current and count < len(waiting):
                close()
                name = ""
                continue
            current.append(piece._replace(columns=tuple(waiting[: max(1, count)])))
            waiting = waiting[max(1, count) :]
    close()
    return found


def _fitting(
    waiting: list[Column], current: list[Piece], room: float, gap: Callable[[int, bool], float]
) -> int:
    """How many of the columns fit into what is left of a row."""
    used, at = 0.0, 0
    for piece in current:
        for number, column in enumerate(piece.columns):
            used += gap(at, number == 0) + column.width
            at += 1
    for count, column in enumerate(waiting):
        used += gap(at, count == 0) + column.width
        if used + PAD_PX > room:
            return count
        at += 1
    return len(waiting)


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
    for net, (first, last) in sorted(spans.items(), key=lambda value: value[1]):
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
