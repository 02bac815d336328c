"""The picture of a pipeline, and which box of it belongs to which places of the text.

So a preview can jump from a box to the text, and follow the cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax.tree import Header
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.view import View
    from wan22dsl.graph.model import Node
    from wan22dsl.source import Span


class Box(NamedTuple):
    """A box of the picture: the `id` of its element, its node, and where that is written, the best first.

    `places` are in any file of the user, and empty for what only the library says.
    """

    id: str
    node: str
    title: str
    class_name: str
    places: tuple[Span, ...]


class Picture(NamedTuple):
    """The SVG of a pipeline and its boxes."""

    svg: str
    boxes: tuple[Box, ...]


def picture(view: View, name: str) -> Picture:
    """The picture of a pipeline or graph that was built, also with errors in it."""
    from wan22dsl.formats.svg import marked

    graph = view.graphs[name]
    drawn = marked(graph)
    boxes = tuple(_box(view, graph.nodes[node], id) for id, node in drawn.nodes.items())
    return Picture(drawn.text, boxes)


def at(view: View, name: str, offset: int) -> tuple[str, ...]:
    """The nodes of a pipeline that the text at an offset is about: those of the narrowest place around it."""
    narrowest: int | None = None
    found: list[str] = []
    graph = view.graphs[name]
    for node in graph.nodes.values():
        lengths = [
            span.end - span.start
            for span in _places(view, node)
            if span.source.path == view.source.path and span.start <= offset <= span.end
        ]
        if not lengths:
            continue
        length = min(lengths)
        if narrowest is None or length < narrowest:
            narrowest, found = length, []
        if length == narrowest:
            found.append(node.id)
    return tuple(found)


def pipeline_at(view: View, offset: int) -> str | None:
    """The pipeline or graph that is declared around an offset, or else the one that has something there."""
    if view.module is None:
        return next(iter(view.graphs), None)
    for declared in view.module.file.declarations:
        if declared.start <= offset <= declared.end and not isinstance(declared, Header):
            if declared.name.text in view.graphs:
                return declared.name.text
    return next((name for name in view.graphs if at(view, name, offset)), None)


def _box(view: View, node: Node, id: str) -> Box:
    places = tuple(dict.fromkeys(_places(view, node)))
    return Box(id, node.id, node.title or node.id, node.class_name, places)


def _places(view: View, node: Node) -> Iterator[Span]:
    """Where a node is written: its own place, its inputs, and the declaration of its pass."""
    own = [node.span] if node.span is not None else []
    for span in (*own, *node.spans.values()):
        if not span.source.path.startswith("<library>"):
            yield span
    module = view.module
    if module is None or not node.stage:
        return
    declared = module.names.get(node.stage.rpartition(".")[2])
    if declared is not None and declared.word.text == "pass":
        yield module.span(declared.start, declared.end)
