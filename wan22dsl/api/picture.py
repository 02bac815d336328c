"""A pipeline or a ComfyUI workflow as a picture: SVG to look at, Mermaid and DOT for documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.api.pipelines import chosen
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.api.values import without_random
from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.source import Source

FORMATS = ("svg", "mermaid", "dot")


class Drawn(NamedTuple):
    """What `draw` gives: the picture, None where errors leave nothing to draw; and the errors of the file."""

    text: str | None
    errors: list[Diagnostic]


def draw(
    file: Source | Path | str,
    format: str = "svg",
    *,
    pipeline: str | None = None,
    values: Mapping[str, Any] | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
) -> Drawn:
    """The picture of a pipeline, or of prompt JSON or workflow JSON, in one of FORMATS.

    Raises what `check` raises, and CommandError when `pipeline` is needed or names none, and for an unknown
    format.
    """
    if format not in FORMATS:
        raise CommandError(f"unknown picture format `{format}`; formats: {', '.join(FORMATS)}")
    source = compiler.source_of(file)
    given = without_random(source, values or {})
    checked = compiler.check(source, values=given, target=target)
    errors = [finding for finding in checked.diagnostics if finding.is_error]
    if errors and pipeline not in checked.graphs:
        return Drawn(None, errors)
    graphs = {name: found.graph for name, found in checked.graphs.items()}
    return Drawn(_written(chosen(graphs, pipeline, "draw"), format), errors)


def _written(graph: Graph, format: str) -> str:
    if format == "svg":
        from wan22dsl.formats.svg import write
    elif format == "mermaid":
        from wan22dsl.formats.mermaid import write
    else:
        from wan22dsl.formats.dot import write
    return write(graph)
