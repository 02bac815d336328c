"""DOT: the language of Graphviz, with a cluster for each pass and stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.drawing import drawing
from wan22dsl.formats.labels import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.formats.drawing import Box
    from wan22dsl.graph.model import Graph


def write(graph: Graph) -> str:
    """The text of the graph."""
    drawn = drawing(graph)
    ids = _ids(box.id for box in drawn.boxes)
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
            f"        {ids[box.id]} [label={_label(box)}]"
            for box in drawn.boxes
            if box.owner == owner
        ]
        lines.append("    }")
    for wire in drawn.wires:
        label = f" [label={_quoted(wire.type)}]" if wire.type != "*" else ""
        lines.append(f"    {ids[wire.source]} -> {ids[wire.target]}{label}")
    return "\n".join([*lines, "}"]) + "\n"


def _ids(names: Iterable[str]) -> dict[str, str]:
    """The ids as they are written, all different, also where what tells two apart cannot be shown."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        written = _quoted(name)
        while written in taken:
            written = f"{written[:-1]}'\""
        taken.add(written)
        found[name] = written
    return found


def _label(box: Box) -> str:
    return '"' + "\\n".join(_quoted(line)[1:-1] for line in (box.title, *box.lines)) + '"'


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
