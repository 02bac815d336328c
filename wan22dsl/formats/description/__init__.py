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


class Description(NamedTuple):
    """A file: its pipelines and graphs, and what the linter says of it."""

    file: str
    pipelines: tuple[Analysis, ...]
    findings: tuple[Finding, ...]
