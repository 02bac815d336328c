"""Free places on the canvas: beside what a node is linked to, and not on top of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.formats.workflow_write.layout import Box
from wan22dsl.formats.workflow_write.widgets import TITLE_PX

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Between two nodes; how far a place is moved at a time, and how often.
_BESIDE_PX, _MARGIN_PX, _STEP_PX, _MOST_STEPS = 60, 20, 40, 400

#: The editor makes a node at least as high as its slots and widgets, whatever was saved.
_SLOT_PX, _WIDGET_PX = 20, 24

#: The size of a node that says none.
_WIDTH_PX, _HEIGHT_PX = 270, 100


def box_of(node: dict[str, Any]) -> Box:
    """The place of a node with its title."""
    left, top = _pair(node.get("pos"), (0.0, 0.0))
    width, height = _pair(node.get("size"), (_WIDTH_PX, _HEIGHT_PX))
    flags = node.get("flags")
    if isinstance(flags, dict) and flags.get("collapsed"):
        height = 0
    else:
        height = max(height, _least_height(node))
    return Box(int(left), int(top) - TITLE_PX, int(width), int(height) + TITLE_PX)


def _least_height(node: dict[str, Any]) -> int:
    slots = [each for each in node.get("inputs") or () if isinstance(each, dict)]
    sockets = sum("widget" not in each for each in slots)
    values = node.get("widgets_values")
    widgets = max(len(slots) - sockets, len(values) if isinstance(values, (list, dict)) else 0)
    return max(sockets, len(node.get("outputs") or ())) * _SLOT_PX + widgets * _WIDGET_PX


def _pair(value: Any, default: tuple[float, float]) -> tuple[float, float]:
    """Two numbers, which older files have as an object with the keys 0 and 1."""
    if isinstance(value, dict):
        value = [value.get("0"), value.get("1")]
    if (
        isinstance(value, list)
        and len(value) >= 2
        and all(type(n) in (int, float) for n in value[:2])
    ):
        return value[0], value[1]
    return default


def put(
    node: dict[str, Any],
    others: Iterable[dict[str, Any]],
    sources: list[dict[str, Any]],
    users: list[dict[str, Any]],
) -> None:
    """Gives a node a place: right of what it takes from, else left of what takes from it."""
    taken = [box_of(other) for other in others if other is not node]
    size = box_of(node)
    if sources:
        nearest = max((box_of(source) for source in sources), key=lambda box: box.x + box.width)
        left, top = nearest.x + nearest.width + _BESIDE_PX, nearest.y
    elif users:
        nearest = min((box_of(user) for user in users), key=lambda box: box.x)
        left, top = nearest.x - size.width - _BESIDE_PX, nearest.y
    else:
        left = min((box.x for box in taken), default=0)
        top = max((box.y + box.height for box in taken), default=0) + _BESIDE_PX
    found = _free(Box(left, top, size.width, size.height), taken)
    node["pos"] = [found.x, found.y + TITLE_PX]


def _free(wanted: Box, taken: list[Box]) -> Box:
    """The nearest free place above or below; at the bottom of everything where there is none."""
    near = [box for box in taken if _beside(wanted, box)]
    for step in range(_MOST_STEPS):
        for way in (1, -1) if step else (1,):
            box = wanted._replace(y=wanted.y + way * step * _STEP_PX)
            if not any(_overlap(box, other) for other in near):
                return box
    return wanted._replace(y=max(box.y + box.height for box in near) + _BESIDE_PX)


def _beside(box: Box, other: Box) -> bool:
    return box.x < other.x + other.width + _MARGIN_PX and other.x < box.x + box.width + _MARGIN_PX


def _overlap(box: Box, other: Box) -> bool:
    return _beside(box, other) and (
        box.y < other.y + other.height + _MARGIN_PX and other.y < box.y + box.height + _MARGIN_PX
    )
