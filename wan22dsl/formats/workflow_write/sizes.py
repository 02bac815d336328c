"""How large the editor draws a node: from its sockets, its widgets and the length of its texts.

The numbers are those of Comfy-Org/ComfyUI_frontend (LiteGraph: a slot 20 px, a widget 24 px, a title 30 px,
which stands above the node), checked against the sizes that it computes for all classes of ComfyUI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wan22dsl.formats.workflow_write.widgets import Face, Widget

#: The bar with the title, above what is called the height of a node.
TITLE_PX = 30

_SLOT_PX, _WIDGET_PX, _BESIDE_PX = 20, 24, 8
_LEAST_WIDTH_PX, _MOST_WIDTH_PX, _TEXT_WIDTH_PX = 270, 440, 400
_LETTER_PX, _LINE_PX = 7.5, 16
_LEAST_TEXT_PX, _MOST_TEXT_PX = 100, 400


class Size(NamedTuple):
    """Width and height in pixels of the canvas; the title stands above."""

    width: int
    height: int


#: Room for the picture or video that a node shows once there is one, and the least width for it.
_PREVIEWS = {"picture": Size(270, 220), "video": Size(380, 510)}

#: Texts for which the editor has a field of several lines, by name; others by their length.
_LONG_TEXTS = frozenset(
    "text text_g text_l clip_g clip_l t5xxl prompt negative_prompt user_prompt instruction_prompt "
    "string string_a string_b tags lyrics expression points_string sigmas_string tracks".split()
)
_LONGEST_SHORT_TEXT = 60


def size_of(title: str, face: Face) -> Size:
    """The size of a node with that title."""
    texts = [one for one in face.widgets if is_long_text(one)]
    short = [one for one in face.widgets if not is_long_text(one)]
    rows = max(len(face.sockets), len(face.outputs))
    height = rows * _SLOT_PX + 6 if rows else 0
    if face.widgets:
        height += len(short) * _WIDGET_PX + _BESIDE_PX
    width = max(_LEAST_WIDTH_PX, *_widths(title, face, short))
    if texts:
        width = max(width, _TEXT_WIDTH_PX)
        height += sum(text_height(str(one.value), width) for one in texts)
    if face.preview is not None:
        width = max(width, _PREVIEWS[face.preview].width)
        height += _PREVIEWS[face.preview].height
    return Size(_tens(min(width, _MOST_WIDTH_PX)), _tens(height))


def is_long_text(one: Widget) -> bool:
    """Whether a widget is a field of several lines."""
    if one.type != "STRING" or not isinstance(one.value, str):
        return False
    by_length = len(one.value) > _LONGEST_SHORT_TEXT or "\n" in one.value
    return by_length or one.name in _LONG_TEXTS


def text_height(text: str, width: float) -> int:
    """The height of a field that shows a text, within limits; beyond them it can be scrolled."""
    letters = max(1, int(width / _LETTER_PX))
    lines = sum(1 + len(line) // letters for line in text.split("\n"))
    return min(_MOST_TEXT_PX, max(_LEAST_TEXT_PX, lines * _LINE_PX + 20))


def _widths(title: str, face: Face, short: list[Widget]) -> list[float]:
    """What the title, the widgets, and an input beside an output need."""
    found = [len(title) * _LETTER_PX + 50]
    found += [(len(one.name) + len(str(one.value))) * _LETTER_PX + 60 for one in short]
    if face.sockets and face.outputs:
        inner = max(len(one.name) for one in face.sockets)
        outer = max(len(name) for name, _ in face.outputs)
        found.append((inner + outer) * _LETTER_PX + 50)
    return found


def _tens(length: float) -> int:
    return -int(-length // 10) * 10
