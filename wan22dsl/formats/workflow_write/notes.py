"""The note in the corner: the `.wan` text that the workflow was made of, and the command that made it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.formats.workflow_write.sizes import Size

if TYPE_CHECKING:
    from wan22dsl.formats.workflow_write.columns import Box

_WIDTH_PX, _LINE_PX, _MOST_PX = 560, 14, 1000


class Origin(NamedTuple):
    """What a workflow was made of: a `.wan` text, its file name, the pipeline, and the command.

    `version` is that of wan22dsl; empty where it is not told.
    """

    source: str
    name: str
    pipeline: str
    command: str
    version: str = ""


def text_of(origin: Origin) -> str:
    """The text of the note, in Markdown."""
    fence = "`" * max([3, *(len(one) + 1 for one in re.findall(r"`{3,}", origin.source))])
    by = f"wan22dsl {origin.version}".rstrip()
    return (
        f"# {origin.pipeline}\n\n"
        f"Made from `{origin.name}` by {by}:\n\n"
        f"{fence}\n{origin.command}\n{fence}\n\n"
        f"{fence}wan\n{origin.source.rstrip()}\n{fence}\n"
    )


def size_of(origin: Origin) -> Size:
    """The size of the note; a long text is scrolled."""
    lines = text_of(origin).count("\n") + 8
    return Size(_WIDTH_PX, min(_MOST_PX, lines * _LINE_PX) // 10 * 10)


def drawn(origin: Origin, id: int, box: Box, order: int) -> dict[str, Any]:
    """The note as a node of the editor; it never reaches the server."""
    return {
        "id": id,
        "type": "MarkdownNote",
        "pos": [box.x, box.y],
        "size": [box.width, box.height],
        "flags": {},
        "order": order,
        "mode": 0,
        "inputs": [],
        "outputs": [],
        "title": origin.name,
        "properties": {},
        "widgets_values": [text_of(origin)],
        "color": "#432",
        "bgcolor": "#653",
    }


def extra(origin: Origin) -> dict[str, str]:
    """What stands under `extra.wan`, so that the text can be had back."""
    return {
        "source": origin.source,
        "name": origin.name,
        "pipeline": origin.pipeline,
        "wan22dsl": origin.version,
    }
