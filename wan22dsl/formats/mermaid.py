"""Mermaid: a flowchart for Markdown pages, with a frame for each pass and stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.drawing import drawing
from wan22dsl.formats.one_line import one_line

if TYPE_CHECKING:
    from wan22dsl.formats.drawing import Box
    from wan22dsl.graph.model import Graph


def write(graph: Graph) -> str:
    """The text of the chart."""
    drawn = drawing(graph)
    ids = {one.id: f"n{number}" for number, one in enumerate(drawn.boxes, 1)}
    lines = ["flowchart LR"]
    for number, owner in enumerate(drawn.owners, 1):
        lines.append(f'    subgraph g{number}["{_escaped(owner)}"]')
        lines += [
            f"        {ids[one.id]}[{_label(one)}]" for one in drawn.boxes if one.owner == owner
        ]
        lines.append("    end")
    for wire in drawn.wires:
        label = f"|{_escaped(wire.type)}|" if wire.type != "*" else ""
        lines.append(f"    {ids[wire.source]} -->{label} {ids[wire.target]}")
    return "\n".join(lines) + "\n"


def _label(one: Box) -> str:
    rows = [f"<b>{_escaped(one.title)}</b>", *(_escaped(line) for line in one.lines)]
    return f'"{"<br>".join(rows)}"'


#: What Mermaid would read as its own, as entities.
_ENTITIES = str.maketrans(
    {"&": "&amp;", '"': "&quot;", **{sign: f"&#{ord(sign)};" for sign in "<>|#[]{}()`"}}
)


def _escaped(text: str) -> str:
    return one_line(text).translate(_ENTITIES)
