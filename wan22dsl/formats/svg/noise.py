"""The noise schedules below the flow: how much noise each step starts from, and where the experts change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.svg import ink
from wan22dsl.formats.svg.ink import Picture, element, path, rectangle, text, width_px
from wan22dsl.graph.passes.recognition import schedules
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.graph.passes.recognition import Pass

_STEP_PX, _LEAST_PX, _MOST_PX = 72, 320, 640
_HEIGHT_PX, _LEFT_PX, _GAP_PX, _HEAD_PX, _LABEL_PX = 130, 34, 40, 38, 15


class _Chart(NamedTuple):
    """A chart, and what is written over it."""

    head: str
    parts: tuple[str, ...]
    width: int
    height: int


def draw(passes: Sequence[Pass], room_px: float) -> Picture:
    """A chart for each schedule whose noise is known, in rows; none takes no room.

    Schedules that look the same, as those of chained clips, are drawn once.
    """
    charts: dict[_Chart, int] = {}
    for schedule in schedules(list(passes)):
        if own := _known(schedule):
            chart = _chart(own)
            charts[chart] = charts.get(chart, 0) + 1
    parts: list[str] = []
    x = y = row_px = right = 0
    for chart, count in charts.items():
        head = f"{count} times: {chart.head}" if count > 1 else chart.head
        width = max(chart.width, round(width_px(head, 12)))
        if x and x + width > room_px:
            x, y, row_px = 0, y + row_px + _GAP_PX, 0
        title = text(0, 12, head, size=12, fill=ink.FAINT)
        parts.append(element("g", {"transform": f"translate({x} {y})"}, title, *chart.parts))
        right, row_px = max(right, x + width), max(row_px, chart.height)
        x += width + _GAP_PX
    return Picture(tuple(parts), right, y + row_px)


def _known(passes: list[Pass]) -> list[Pass]:
    return [pass_ for pass_ in passes if pass_.sigmas is not None and len(pass_.sigmas) > 1]


def _chart(passes: list[Pass]) -> _Chart:
    """The passes of one schedule beside each other, as stairs that go down."""
    steps = sum(len(pass_.sigmas or ()) - 1 for pass_ in passes)
    inner = min(_MOST_PX, max(_LEAST_PX, steps * _STEP_PX))
    step_px = inner / steps
    lines, head = _boundaries(passes, inner)
    parts = [*_axis(inner), *lines]
    ends: list[float] = []
    most = 0
    x = float(_LEFT_PX)
    every = max(1, round(34 / step_px))
    before: float | None = None
    for pass_ in passes:
        sigmas, colour = pass_.sigmas or (), ink.colour_of(pass_.noise)
        width = step_px * (len(sigmas) - 1)
        parts.append(rectangle(x, _HEAD_PX, width, _HEIGHT_PX, fill=colour, fill_opacity=0.07))
        parts.append(path(_stairs(sigmas, x, step_px), stroke=colour, stroke_width=2.5))
        label = (
            f"{pass_.name}: {pass_.settings.start}..{pass_.settings.end} of {pass_.settings.steps}"
        )
        level = next((at for at, end in enumerate(ends) if end <= x), len(ends))
        most = max(most, level)
        ends[level:] = [x + 4 + width_px(label, 11) + 8]
        y = _HEAD_PX + _HEIGHT_PX + 28 + level * _LABEL_PX
        parts.append(text(x + 4, y, label, size=11, fill=colour))
        for number, sigma in enumerate(sigmas[:-1]):
            if number % every == 0:
                at = x + number * step_px + 3
                parts.append(
                    text(at, _y(sigma) - 5, f"{sigma:.3f}".rstrip("0").rstrip("."), size=11)
                )
        if before is not None and abs(before - sigmas[0]) > 1e-3:
            off = f"M{x:g} {_y(before):g}V{_y(sigmas[0]):g}"
            parts.append(path(off, stroke=ink.HIGH, stroke_width=3, stroke_dasharray="3 3"))
        before = sigmas[-1]
        x += width
    width = max([inner + _LEFT_PX + 8, *ends])
    height = _HEAD_PX + _HEIGHT_PX + 34 + most * _LABEL_PX
    return _Chart(head, tuple(parts), round(width), height)


def _stairs(sigmas: Sequence[float], x: float, step_px: float) -> str:
    parts = [f"M{x:g} {_y(sigmas[0]):g}"]
    for number, sigma in enumerate(sigmas[1:], 1):
        parts.append(f"H{x + number * step_px:g}V{_y(sigma):g}")
    return "".join(parts)


def _axis(width: float) -> list[str]:
    found = []
    for level in (0.0, 0.5, 1.0):
        found.append(path(f"M{_LEFT_PX} {_y(level):g}h{width:g}", stroke=ink.LINE))
        found.append(
            text(_LEFT_PX - 6, _y(level) + 4, f"{level:g}", size=11, fill=ink.FAINT, anchor="end")
        )
    return found


def _boundaries(passes: list[Pass], width: float) -> tuple[list[str], str]:
    """The noise at which the experts change, where the family of the models has such; and the headline."""
    levels = sorted({pass_.boundary for pass_ in passes if pass_.boundary is not None})
    about = {"stroke": ink.INK, "stroke_width": 1, "stroke_dasharray": "5 4"}
    lines = [path(f"M{_LEFT_PX} {_y(level):g}h{width:g}", **about) for level in levels]
    head = "noise before each step"
    if levels:
        head += (
            f"; dashed: the experts change at {' and '.join(f'{number:g}' for number in levels)}"
        )
    return lines, head


def _y(sigma: float) -> float:
    return _HEAD_PX + _HEIGHT_PX * (1 - sigma)
