"""What `wan describe` says: an analysis put into words, or into JSON.

`sections` words it, once; `text` and `markdown` lay that out; `json` writes the facts themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.analysis.model import Analysis


class Finding(NamedTuple):
    """What the linter says. `line` counts from 1; None where it belongs to no line."""

    code: str
    name: str
    severity: str
    message: str
    line: int | None


class Cell(NamedTuple):
    """A cell of a bench, and the one that it is compared with; None where none is selected."""

    name: str
    baseline: str | None


class Bench(NamedTuple):
    """A comparison: `repeat` measured runs of each cell; None where the file leaves that open."""

    name: str
    pipeline: str
    cells: tuple[Cell, ...]
    repeat: int | None
    quality: bool


class Description(NamedTuple):
    """A file: its pipelines and graphs, what the linter says of it, and its benches."""

    file: str
    pipelines: tuple[Analysis, ...]
    findings: tuple[Finding, ...]
    benches: tuple[Bench, ...] = ()
