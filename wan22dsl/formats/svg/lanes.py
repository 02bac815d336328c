"""The flow: a lane for each pass and stage, a column for each step of the way, boxes and curves between."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.formats.drawing import SHARED
from wan22dsl.formats.svg import ink
from wan22dsl.formats.svg.ink import Picture, path, rectangle, text

if TYPE_CHECKING:
    from wan22dsl.formats.drawing import Box, Drawing

_BOLD_PX, _LETTER_PX, _LEAST_PX, _ROW_PX, _HEAD_PX = 7.6, 6.7, 96, 15, 20
_BETWEEN_PX, _ABOVE_PX, _PAD_PX, _LANE_GAP_PX, _NAME_PX = 46, 12, 14, 10, 26


class Place(NamedTuple):
    """Where a box stands."""

    x: float
    y: float
    width: float
    height: float


class _Grid(NamedTuple):
    """The columns of a picture: where each begins and how wide it is."""

    starts: list[float]
    widths: list[float]

    def span(self, first: int, last: int) -> tuple[float, float]:
        """Left edge and width of a frame around some columns."""
        left = self.starts[first] - _PAD_PX
        return left, self.starts[last] + self.widths[last] + _PAD_PX - left


def draw(drawn: Drawing) -> Picture:
    """All lanes of a drawing."""
    columns = _columns(drawn)
    widths = _widths(drawn, columns)
    starts = [fsum(widths[:at]) + at * _BETWEEN_PX + _PAD_PX for at in range(len(widths))]
    grid = _Grid(starts, widths)
    places: dict[str, Place] = {}
    frames: list[str] = []
    top = 0.0
    for lane in _lanes(drawn, columns):
        height = max(_put(one, drawn, columns, grid, top + _NAME_PX, places) for one in lane)
        for owner in lane:
            left, width = grid.span(*_reach(owner, drawn, columns))
            if len(lane) == 1 and owner not in _stages(drawn):
                left, width = grid.span(0, len(widths) - 1)
            frames += _frame(owner, drawn, left, top, width, height + _NAME_PX)
        top += height + _NAME_PX + _LANE_GAP_PX
    wires = [_wire(places[one.source], places[one.target], one.type) for one in drawn.wires]
    boxes = [part for one in drawn.boxes for part in _box(one, places[one.id])]
    right = fsum(grid.span(0, len(widths) - 1)) if widths else 0
    return Picture((*frames, *wires, *boxes), round(right), round(top))


def _lanes(drawn: Drawing, columns: dict[str, int]) -> list[list[str]]:
    """The owners, lane by lane: stages that come one after another share a lane."""
    lanes: list[list[str]] = []
    end = 0
    stages = _stages(drawn)
    for owner in drawn.owners:
        first, last = _reach(owner, drawn, columns)
        if owner in stages and lanes and lanes[-1][-1] in stages and first > end:
            lanes[-1].append(owner)
        else:
            lanes.append([owner])
        end = last
    return lanes


def _stages(drawn: Drawing) -> set[str]:
    passes = {one.name for one in drawn.passes} | set(drawn.noise)
    return {one for one in drawn.owners if one != SHARED and one not in passes}


def _reach(owner: str, drawn: Drawing, columns: dict[str, int]) -> tuple[int, int]:
    """The first and the last column of an owner."""
    own = [columns[one.id] for one in drawn.boxes if one.owner == owner]
    return min(own), max(own)


def _columns(drawn: Drawing) -> dict[str, int]:
    """The column of each box: behind all that it needs; what needs nothing stands before who takes it.

    A link that closes a circle leads back, and has no say in this.
    """
    order = _sorted(drawn)
    number = {id: at for at, id in enumerate(order)}
    before: dict[str, list[str]] = {id: [] for id in order}
    after: dict[str, list[str]] = {id: [] for id in order}
    for wire in drawn.wires:
        if number[wire.source] < number[wire.target]:
            before[wire.target].append(wire.source)
            after[wire.source].append(wire.target)
    found: dict[str, int] = {}
    for id in order:
        found[id] = max((found[one] + 1 for one in before[id]), default=0)
    for id in reversed(order):
        if after[id]:
            latest = min(found[one] for one in after[id]) - 1
            if not before[id] or all(found[one] < latest for one in before[id]):
                found[id] = latest
    return found


def _sorted(drawn: Drawing) -> list[str]:
    """Each box after those that it needs; a circle (of unneeded nodes) is cut at its first box."""
    missing = {box.id: 0 for box in drawn.boxes}
    after: dict[str, list[str]] = {box.id: [] for box in drawn.boxes}
    for wire in drawn.wires:
        missing[wire.target] += 1
        after[wire.source].append(wire.target)
    order = [id for id, count in missing.items() if not count]
    waiting = dict.fromkeys(id for id, count in missing.items() if count)
    at = 0
    while at < len(order) or waiting:
        if at == len(order):
            first = next(iter(waiting))
            del waiting[first]
            order.append(first)
        for target in after[order[at]]:
            missing[target] -= 1
            if not missing[target] and target in waiting:
                del waiting[target]
                order.append(target)
        at += 1
    return order


def _widths(drawn: Drawing, columns: dict[str, int]) -> list[float]:
    count = max(columns.values(), default=-1) + 1
    widths = [float(_LEAST_PX)] * count
    for one in drawn.boxes:
        letters = max((len(line) * _LETTER_PX for line in one.lines), default=0.0)
        at = columns[one.id]
        widths[at] = max(widths[at], letters + 20, len(one.title) * _BOLD_PX + 20)
    return [round(one) for one in widths]


def _put(
    owner: str,
    drawn: Drawing,
    columns: dict[str, int],
    grid: _Grid,
    top: float,
    places: dict[str, Place],
) -> float:
    """Puts the boxes of an owner into their columns, one below the other; gives the height."""
    below: dict[int, float] = {}
    for box in drawn.boxes:
        if box.owner == owner:
            at = columns[box.id]
            y = below.get(at, top)
            height = _HEAD_PX + _ROW_PX * len(box.lines) + 6
            places[box.id] = Place(grid.starts[at], y, grid.widths[at], height)
            below[at] = y + height + _ABOVE_PX
    return max(below.values(), default=top) - top + 2


def _frame(
    owner: str, drawn: Drawing, left: float, top: float, width: float, height: float
) -> list[str]:
    noise = drawn.noise.get(owner)
    colour = ink.colour_of(noise) if noise is not None else _plain_colour(owner, drawn)
    named = f"{owner} · {noise} noise" if noise is not None else owner
    about = {"rx": 10, "fill_opacity": 0.08, "stroke": colour, "stroke_opacity": 0.35}
    return [
        rectangle(left, top, width, height, fill=colour, **about),
        text(left + _PAD_PX, top + 18, named, size=13, fill=colour, weight="bold"),
    ]


def _plain_colour(owner: str, drawn: Drawing) -> str:
    if owner == SHARED:
        return ink.SHARED
    return ink.STAGE if owner in _stages(drawn) else ink.OTHER


def _wire(source: Place, target: Place, type: str) -> str:
    x1, y1 = source.x + source.width, source.y + source.height / 2
    x2, y2 = target.x, target.y + target.height / 2
    bend = max(18.0, min(60.0, (x2 - x1) / 2))
    curve = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    colour = ink.WIRES.get(type, ink.FAINT)
    return path(curve, stroke=colour, stroke_width=2, stroke_opacity=0.8)


def _box(one: Box, place: Place) -> list[str]:
    x, y, width, height = place
    parts = [
        rectangle(x, y, width, height, rx=6, fill="#ffffff", stroke=ink.LINE),
        text(x + 10, y + 16, one.title, size=12, weight="bold"),
    ]
    for number, line in enumerate(one.lines):
        at = y + _HEAD_PX + 12 + number * _ROW_PX
        parts.append(text(x + 10, at, line, size=11, fill="#5a5f68"))
    return parts
