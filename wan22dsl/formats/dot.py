"""DOT: the language of Graphviz, with a cluster for each pass and stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.drawing import drawing

if TYPE_CHECKING:
    from wan22dsl.formats.drawing import Box
    from wan22dsl.graph.model import Graph


def write(graph: Graph) -> str:
    """The text of the graph."""
    drawn = drawing(graph)
    lines = [
        f"digraph {_quoted(drawn.name)} {{",
        "    rankdir=LR",
        '    node [shape=box style="rounded,filled" fillcolor=white fontname="Helvetica" fontsize=11]',
        '    edge [fontname="Helvetica" fontsize=9]',
    ]
    for number, owner in enumerate(drawn.owners, 1):
        lines.append(f"    subgraph cluster_{number} {{")
        lines.append(f"        label={_quoted(owner)}")
        lines += [
            f"        {_quoted(one.id)} [label={_label(one)}]"
            for one in drawn.boxes
            if one.owner == owner
        ]
        lines.append("    }")
    for wire in drawn.wires:
        label = f" [label={_quoted(wire.type)}]" if wire.type != "*" else ""
        lines.append(f"    {_quoted(wire.source)} -> {_quoted(wire.target)}{label}")
    return "\n".join([*lines, "}"]) + "\n"


def _label(one: Box) -> str:
    return _quoted("\n".join([one.title, *one.lines]))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
