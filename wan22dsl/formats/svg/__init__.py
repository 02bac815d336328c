"""SVG: a picture to be looked at. Rows of frames for passes and stages, from left to right; the noise below.

No fonts and no styles from elsewhere are needed; it looks the same in a browser, on GitHub and in an editor.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from wan22dsl.formats.drawing import drawing
from wan22dsl.formats.svg import lanes, noise
from wan22dsl.formats.svg.ink import PAPER, element, rectangle, text, width_px
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.formats.drawing import Drawing
    from wan22dsl.graph.model import Graph

#: A picture is no wider, where its boxes let it: so it is read without being made smaller.
_WIDTH_PX = 1600
_MARGIN_PX = 24
_TITLE_PX = 44


class Marked(NamedTuple):
    """A picture whose boxes have ids: `nodes` are the nodes of the graph by the ids of their boxes."""

    text: str
    nodes: Mapping[str, str]


def write(graph: Graph) -> str:
    """The text of the picture."""
    return _written(drawing(graph), MappingProxyType({}))


def marked(graph: Graph) -> Marked:
    """The picture for a page that looks for its boxes."""
    drawn = drawing(graph)
    nodes = {f"node-{number}": box.id for number, box in enumerate(drawn.boxes, 1)}
    return Marked(_written(drawn, {node: id for id, node in nodes.items()}), nodes)


def _written(drawn: Drawing, ids: Mapping[str, str]) -> str:
    flow = lanes.draw(drawn, _WIDTH_PX - 2 * _MARGIN_PX, ids)
    charts = noise.draw(drawn.passes, _WIDTH_PX - 2 * _MARGIN_PX)
    title = round(width_px(drawn.name, 20, bold=True))
    width = max(flow.width, charts.width, title) + 2 * _MARGIN_PX
    height = _TITLE_PX + flow.height + charts.height + 2 * _MARGIN_PX
    below = _TITLE_PX + _MARGIN_PX + flow.height
    parts = [
        element("title", {}, drawn.name),
        rectangle(0, 0, width, height, fill=PAPER),
        text(_MARGIN_PX, _MARGIN_PX + 16, drawn.name, size=20, weight="bold"),
        element("g", {"transform": f"translate({_MARGIN_PX} {_TITLE_PX + 8})"}, *flow.parts),
        element("g", {"transform": f"translate({_MARGIN_PX} {below})"}, *charts.parts),
    ]
    about = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "font-family": "Inter, Segoe UI, Helvetica, Arial, sans-serif",
    }
    return element("svg", about, *parts) + "\n"
