"""The flow: rows of frames, one for each pass and stage, boxes in them, and links between."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wan22dsl.formats.svg import ink
from wan22dsl.formats.svg.ink import Picture, element, path, rectangle, text
from wan22dsl.formats.svg.layout import layout
from wan22dsl.formats.svg.pieces import HEADING_PX, LINE_PX, TITLE_PX, heading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.formats.drawing import Box, Drawing, Frame
    from wan22dsl.formats.svg.layout import Line, Place

_CORNER_PX = 6


def draw(drawn: Drawing, room_px: float, ids: Mapping[str, str] = MappingProxyType({})) -> Picture:
    """All frames of a drawing, in rows no wider than `room_px` where that is possible.

    `ids` are those of the boxes in the SVG, by the ids of their nodes.
    """
    found = layout(drawn, room_px)
    frames = [_frame(piece.frame, place) for piece, place, _ in found.frames]
    headings = [
        text(
            x,
            place.y + 18,
            heading(piece.frame),
            size=HEADING_PX,
            fill=_colour(piece.frame),
            weight="bold",
        )
        for piece, place, x in found.frames
    ]
    sections = [text(x, y, name, size=16, weight="bold") for name, x, y in found.sections]
    wires = [_wire(line) for line in found.lines]
    boxes = [
        part
        for box in drawn.boxes
        for part in _marked(_box(*found.boxes[box.id]), ids.get(box.id, ""))
    ]
    return Picture(
        (*frames, *wires, *headings, *sections, *boxes), round(found.width), round(found.height)
    )


def _colour(frame: Frame) -> str:
    if frame.kind == "pass":
        return ink.colour_of(frame.noise)
    return {"shared": ink.SHARED, "stage": ink.STAGE}.get(frame.kind, ink.OTHER)


def _frame(frame: Frame, place: Place) -> str:
    colour = _colour(frame)
    about: dict[str, Any] = {
        "rx": 10,
        "fill_opacity": 0.08,
        "stroke": colour,
        "stroke_opacity": 0.35,
    }
    return rectangle(*place, fill=colour, **about)


def _wire(line: Line) -> str:
    drawn = _curve(line) if line.is_curve else _around(line)
    return path(drawn, stroke=ink.WIRES.get(line.type, ink.FAINT), stroke_width=2)


def _curve(line: Line) -> str:
    (x1, y1), (x2, y2) = line.points
    bend = (x2 - x1) / 2
    return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"


def _around(line: Line) -> str:
    """Straight from corner to corner, the corners rounded."""
    points = list(dict.fromkeys(line.points))
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        first, second = _towards(here, before), _towards(here, after)
        parts.append(
            f"L{first[0]:g} {first[1]:g}Q{here[0]:g} {here[1]:g} {second[0]:g} {second[1]:g}"
        )
    parts.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return "".join(parts)


def _towards(here: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """A corner's width from one point towards another on the same level, or half the way."""
    across, down = other[0] - here[0], other[1] - here[1]
    length = abs(across) + abs(down)
    share = min(_CORNER_PX, length / 2) / length if length else 0.0
    return here[0] + across * share, here[1] + down * share


def _marked(parts: list[str], id: str) -> list[str]:
    """A box that a page can find by its id."""
    return [element("g", {"id": id}, *parts)] if id else parts


def _box(box: Box, place: Place) -> list[str]:
    x, y, width, height = place
    parts = [
        rectangle(x, y, width, height, rx=6, fill="#ffffff", stroke=ink.LINE),
        text(x + 10, y + 16, box.title, size=TITLE_PX, weight="bold"),
    ]
    for number, line in enumerate(box.lines):
        parts.append(text(x + 10, y + 32 + number * 15, line, size=LINE_PX, fill="#5a5f68"))
    return parts
