"""Where everything in a picture is, in pixels: frames, boxes, and the points of each link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.svg.pieces import height_of, pieces
from wan22dsl.formats.svg.routes import (
    COLUMN_GAP_PX,
    FRAME_GAP_PX,
    PAD_PX,
    Gap,
    Net,
    Route,
    Routes,
    routes,
    rows,
    tracks,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.formats.drawing import Box, Drawing
    from wan22dsl.formats.svg.pieces import Piece
    from wan22dsl.formats.svg.routes import Row

_TRACK_PX, _NAME_PX, _SECTION_PX, _CHANNEL_PX = 7, 28, 26, 12
#: Where tracks have made a picture too wide, its rows get so much narrower, at least.
_SHRINK_PX = 24
_PORT_PX, _FIRST_PORT_PX = 9, 13


class Place(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


class Line(NamedTuple):
    """A link: its corners; a curve has only its two ends."""

    type: str
    points: tuple[tuple[float, float], ...]
    is_curve: bool


class Layout(NamedTuple):
    """A whole picture. `frames` have their piece and the x of what is written over it."""

    boxes: dict[str, tuple[Box, Place]]
    frames: list[tuple[Piece, Place, float]]
    sections: list[tuple[str, float, float]]
    lines: list[Line]
    width: float
    height: float


def layout(drawn: Drawing, room: float) -> Layout:
    """The layout of a drawing, no wider than `room` where its columns let it."""
    parts = pieces(drawn)
    packed = room
    narrowest = None
    while packed >= room / 4:
        lined = rows(parts, drawn.sections, packed, _least_gap)
        found = _Arrangement(lined, routes(drawn, lined))
        if narrowest is None or found.width < narrowest.width:
            narrowest = found
        if found.width <= room:
            break
        packed -= max(_SHRINK_PX, found.width - room)
    return (narrowest or _Arrangement([], routes(drawn, []))).layout()


def _least_gap(row: int, column: int, begins: bool) -> float:
    return _gap(column, begins, 0)[2]


def _gap(column: int, begins: bool, nets: int) -> tuple[float, float, float]:
    """Before a column: where the tracks begin, the room that they have, and the whole width."""
    own = nets * _TRACK_PX
    if column == 0:
        return 0, own, own + PAD_PX
    if begins:
        return PAD_PX, own + FRAME_GAP_PX, own + FRAME_GAP_PX + 2 * PAD_PX
    return 0, own + COLUMN_GAP_PX, own + COLUMN_GAP_PX


class _Arrangement:
    """Rows and routes while they get their pixels: first all x, then the tracks of channels, then all y."""

    def __init__(self, lined: list[Row], found: Routes) -> None:
        self._rows = lined
        self._routes = found
        self._trunk, lanes = tracks(self._trunk_spans())
        before_rows = (len(nets) for gap, nets in found.gaps.items() if gap.column == 0)
        self._left: float = lanes * _TRACK_PX + (_CHANNEL_PX if lanes else 0)
        self._entries = max(before_rows, default=0)
        self._column_x: dict[tuple[int, int], float] = {}
        self._track_x: dict[tuple[Gap, Net], float] = {}
        self.width = max((self._set_x(at, row) for at, row in enumerate(lined)), default=0.0)
        spans = self._channel_spans()
        own = [tracks(spans.get(at, {})) for at in range(len(lined) + 1)]
        self._channels = [found for found, _ in own]
        self._channel_y: list[float] = []
        self._row_y: list[float] = []
        y = 0.0
        for at, row in enumerate(lined):
            self._channel_y.append(y)
            y += own[at][1] * _TRACK_PX + _CHANNEL_PX + (_SECTION_PX if row.section else 0)
            self._row_y.append(y)
            y += _NAME_PX + max(column.height for column in row.columns) + PAD_PX
        self._channel_y.append(y)
        self._height = y + (own[-1][1] * _TRACK_PX + _CHANNEL_PX if own[-1][1] else 0)

    def layout(self) -> Layout:
        """Everything, in pixels."""
        boxes = self._boxes()
        ports = _Ports(self._routes, boxes)
        lines = [self._line(route, boxes, ports) for route in self._routes.routes]
        frames, sections = self._frames()
        drawn = [box for row in self._rows for column in row.columns for box in column.boxes]
        placed = {box.id: (box, boxes[box.id]) for box in drawn}
        return Layout(placed, frames, sections, lines, self.width, self._height)

    def _trunk_spans(self) -> dict[Net, tuple[float, float]]:
        spans: dict[Net, tuple[float, float]] = {}
        for route in self._routes.routes:
            if len(route.channels) == 2:
                low, high = spans.get(route.net, (float("inf"), float("-inf")))
                spans[route.net] = min(low, *route.channels), max(high, *route.channels)
        return spans

    def _trunk_x(self, net: Net) -> float:
        return (self._trunk[net] + 0.5) * _TRACK_PX

    def _set_x(self, at: int, row: Row) -> float:
        """Sets the x of the columns and tracks of a row; gives the right edge of the row."""
        x = self._left
        number = 0
        for piece in row.pieces:
            for place, column in enumerate(piece.columns):
                x = self._set_tracks(Gap(at, number), x, place == 0)
                self._column_x[at, number] = x
                x += column.width
                number += 1
        last = Gap(at, number)
        if last in self._routes.gaps:
            self._set_tracks(last, x, True)
            return x + PAD_PX + FRAME_GAP_PX + len(self._routes.gaps[last]) * _TRACK_PX
        return x + PAD_PX

    def _set_tracks(self, gap: Gap, x: float, begins: bool) -> float:
        nets = self._routes.gaps.get(gap, ())
        count = self._entries if gap.column == 0 else len(nets)
        start, room, whole = _gap(gap.column, begins, count)
        for number, net in enumerate(nets):
            middle = (number - (len(nets) - 1) / 2) * _TRACK_PX
            self._track_x[gap, net] = x + start + room / 2 + middle
        return x + whole

    def _channel_spans(self) -> dict[int, dict[Net, tuple[float, float]]]:
        spans: dict[int, dict[Net, tuple[float, float]]] = {}
        for route in self._routes.routes:
            if route.kind != "far":
                continue
            out, into = self._routes.ends(route)
            net = route.net
            ends = [self._track_x[out, net], self._track_x[into, net]]
            inner = [self._trunk_x(net)] if len(route.channels) == 2 else []
            for channel, xs in zip(
                route.channels,
                [[ends[0], *inner], [*inner, ends[1]]] if inner else [ends],
                strict=True,
            ):
                own = spans.setdefault(channel, {})
                low, high = own.get(net, (float("inf"), float("-inf")))
                own[net] = min(low, *xs), max(high, *xs)
        return spans

    def _boxes(self) -> dict[str, Place]:
        found = {}
        for at, row in enumerate(self._rows):
            for number, column in enumerate(row.columns):
                for box in column.boxes:
                    top = self._row_y[at] + _NAME_PX + self._routes.spots[box.id].top
                    x = self._column_x[at, number]
                    found[box.id] = Place(x, top, column.width, height_of(box))
        return found

    def _frames(
        self,
    ) -> tuple[list[tuple[Piece, Place, float]], list[tuple[str, float, float]]]:
        frames, sections = [], []
        for at, row in enumerate(self._rows):
            number = 0
            if row.section:
                sections.append((row.section, self._column_x[at, 0], self._row_y[at] - 9))
            for piece in row.pieces:
                x = self._column_x[at, number]
                number += len(piece.columns)
                right = self._column_x[at, number - 1] + piece.columns[-1].width + PAD_PX
                left = x - PAD_PX
                height = _NAME_PX + max(column.height for column in piece.columns) + PAD_PX
                frames.append((piece, Place(left, self._row_y[at], right - left, height), x))
        return frames, sections

    def _line(self, route: Route, boxes: dict[str, Place], ports: _Ports) -> Line:
        wire, net = route.wire, route.net
        source, target = boxes[wire.source], boxes[wire.target]
        if route.kind == "down":
            x = source.x + 24
            return Line(wire.type, ((x, source.y + source.height), (x, target.y)), False)
        start = source.x + source.width, ports.leaving(net)
        end = target.x, ports.entering(wire.target, net)
        if route.kind == "next":
            return Line(wire.type, (start, end), True)
        out, into = self._routes.ends(route)
        x, last_x = self._track_x[out, net], self._track_x[into, net]
        levels = [self._channel_track(channel, net) for channel in route.channels]
        turns = [(x, start[1]), (x, levels[0])]
        if len(levels) == 2:
            trunk = self._trunk_x(net)
            turns += [(trunk, levels[0]), (trunk, levels[1])]
        turns += [(last_x, levels[-1]), (last_x, end[1])]
        return Line(wire.type, (start, *turns, end), False)

    def _channel_track(self, channel: int, net: Net) -> float:
        return (
            self._channel_y[channel]
            + _CHANNEL_PX / 2
            + (self._channels[channel][net] + 0.5) * _TRACK_PX
        )


class _Ports:
    """Where links meet the sides of boxes: each net at a height of its own."""

    def __init__(self, found: Routes, boxes: dict[str, Place]) -> None:
        self._boxes = boxes
        self._in: dict[str, list[Net]] = {}
        self._out: dict[str, list[Net]] = {}
        for route in found.routes:
            if route.kind != "down":
                for nets in (
                    self._in.setdefault(route.wire.target, []),
                    self._out.setdefault(route.wire.source, []),
                ):
                    if route.net not in nets:
                        nets.append(route.net)
        for nets in self._in.values():
            nets.sort(key=lambda net: (boxes[net.source].y, boxes[net.source].x))

    def entering(self, box: str, net: Net) -> float:
        """The height at which a net enters a box."""
        return self._height(box, self._in[box], net)

    def leaving(self, net: Net) -> float:
        """The height at which a net leaves its box."""
        return self._height(net.source, self._out[net.source], net)

    def _height(self, box: str, nets: list[Net], net: Net) -> float:
        place = self._boxes[box]
        step = min(_PORT_PX, (place.height - 2 * _FIRST_PORT_PX) / max(1, len(nets) - 1))
        return place.y + _FIRST_PORT_PX + nets.index(net) * step
