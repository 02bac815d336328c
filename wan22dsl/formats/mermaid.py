"""Mermaid: a flowchart for Markdown pages, with a frame for each pass and stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.drawing import drawing
from wan22dsl.formats.labels import one_line

if TYPE_CHECKING:
    from wan22dsl.formats.drawing import Box
    from wan22dsl.graph.model import Graph


def write(graph: Graph) -> str:
    """The text of the chart."""
    drawn = drawing(graph)
    ids = {box.id: f"n{number}" for number, box in enumerate(drawn.boxes, 1)}
    lines = ["flowchart LR"]
    for number, owner in enumerate(drawn.owners, 1):
        lines.append(f'    subgraph g{number}["{_escaped(owner)}"]')
        lines += [
            f"        {ids[box.id]}[{_label(box)}]" for box in drawn.boxes if box.owner == owner
        ]
        lines.append("    end")
    for wire in drawn.wires:
        label = f"|{_escaped(wire.type)}|" if wire.type != "*" else ""
        lines.append(f"    {ids[wire.source]} -->{label} {ids[wire.target]}")
    return "\n".join(lines) + "\n"


def _label(box: Box) -> str:
    rows = [f"<b>{_escaped(box.title)}</b>", *(_escaped(line) for line in box.lines)]
    return f'"{"<br>".join(rows)}"'


#: What Mermaid would read as its own, as entities.
_ENTITIES = str.maketrans(
    {"&": "&amp;", '"': "&quot;", **{sign: f"&#{ord(sign)};" for sign in "<>|#[]{}()`"}}
)


def _escaped(text: str) -> str:
    return one_line(text).translate(_ENTITIES)
