"""The note in the corner: the `.wan` text that the workflow was made of, and the command that made it."""

from __future__ import annotations

import re
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.editor import MARKDOWN_NOTE
from wan22dsl.formats.workflow_write.widgets import Size
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.formats.workflow_write.layout import Box

_WIDTH_PX, _LINE_PX, _MOST_PX = 560, 14, 1000


class Origin(NamedTuple):
    """What a workflow was made of: a `.wan` text, its file name, the pipeline, and the command.

    `version` is that of wan22dsl; empty where it is not told. `uses` are the texts of the files that the
    text uses, by their paths, and `parameters` the values that were given from outside.
    """

    source: str
    name: str
    pipeline: str
    command: str
    version: str = ""
    uses: Mapping[str, str] = MappingProxyType({})
    parameters: Mapping[str, Any] = MappingProxyType({})


def text_of(origin: Origin) -> str:
    """The text of the note, in Markdown."""
    fence = "`" * max([3, *(len(item) + 1 for item in re.findall(r"`{3,}", origin.source))])
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
        "type": MARKDOWN_NOTE,
        "pos": [box.x, box.y],
        "size": [box.width, box.height],
        "flags": {},
        "order": order,
        "mode": 0,
        "inputs": [],
        "outputs": [],
        "title": origin.name,
        "properties": {"wan note": True},
        "widgets_values": [text_of(origin)],
        "color": "#432",
        "bgcolor": "#653",
    }


def extra(origin: Origin) -> dict[str, Any]:
    """What is under `extra.wan`, so that the text can be had back: the same keys as in an output file."""
    return {
        "source": origin.source,
        "name": origin.name,
        "uses": dict(sorted(origin.uses.items())),
        "pipeline": origin.pipeline,
        "parameters": {name: _plain(value) for name, value in sorted(origin.parameters.items())},
        "wan22dsl": origin.version,
    }


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; what it cannot hold becomes a text."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
