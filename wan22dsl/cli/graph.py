"""`wan graph`: the picture of a pipeline."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wan22dsl.api import compiler, pipelines
from wan22dsl.api.targets import target_for
from wan22dsl.api.values import without_random
from wan22dsl.cli import files, show, streams, values
from wan22dsl.cli.declare import FILE, OUTPUT, PARAMS, PIPELINE, SET, TARGET, Command, Option
from wan22dsl.errors import CommandError
from wan22dsl.report.text import summary

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph

FORMAT = Option(
    "format",
    ("--format", "-f"),
    "`svg` to be looked at, `mermaid` and `dot` for documents.",
    "FORMAT",
    default="svg",
    choices=("svg", "mermaid", "dot"),
)


def run(
    file: str,
    output: str,
    format: str,
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    target: str | None,
) -> int:
    """Draw a pipeline, or a ComfyUI workflow, as a picture.

    Each pass and stage has a frame, each clip its rows; the noise before each step is below.
    """
    source, judged_by = files.read(file), target_for(target, file)
    given = without_random(source, values.gather(settings, params))
    checked = compiler.check(source, values=given, target=judged_by)
    wrong = [finding for finding in checked.diagnostics if finding.is_error]
    show.diagnostics(wrong, sys.stderr)
    if pipeline not in checked.graphs and wrong:
        streams.tell(f"\n{summary(wrong, 1)}; nothing was drawn\n")
        return 1
    graphs = {name: checked_graph.graph for name, checked_graph in checked.graphs.items()}
    files.write(output, _drawn(_chosen(graphs, pipeline), format))
    if output != files.STANDARD:
        streams.say(f"wrote {output}")
    return 0


def _chosen(graphs: dict[str, Graph], wanted: str | None) -> Graph:
    if wanted is None and len(graphs) == 1:
        return next(iter(graphs.values()))
    if wanted in graphs:
        return graphs[wanted]
    listed = "there are: " + ", ".join(graphs) + "." if graphs else "there is none in the file."
    if wanted is None:
        raise CommandError(f"name the pipeline with --pipeline; {listed}")
    return pipelines.named(graphs, wanted)


def _drawn(graph: Graph, format: str) -> str:
    if format == "svg":
        from wan22dsl.formats.svg import write
    elif format == "mermaid":
        from wan22dsl.formats.mermaid import write
    else:
        from wan22dsl.formats.dot import write
    return write(graph)


COMMAND = Command(run, (FILE, OUTPUT, FORMAT, PIPELINE, SET, PARAMS, TARGET))
