"""Where in the graphs something of a text ends up: the inputs that it gives, the passes that it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.language.program import occurrences
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.view import View
    from wan22dsl.graph.analysis.model import Analysis, Clip, PassFacts, Schedule
    from wan22dsl.graph.model import Facts, Graph, Node
    from wan22dsl.language.program.module import Declaration, Module
    from wan22dsl.source import Span

#: So many pipelines are looked through for a pass: an analysis of each takes milliseconds.
MOST = 3


class Given(NamedTuple):
    """An input of a node that is written at a place, in one pipeline."""

    pipeline: str
    graph: Graph
    node: Node
    input: str


class Run(NamedTuple):
    """A pass as it runs in one pipeline. `fps` is the rate of its frames, where it is known."""

    pipeline: str
    facts: PassFacts
    clip: Clip
    schedule: Schedule
    analysis: Analysis
    fps: float | None


def inputs_at(view: View, path: str, start: int, end: int) -> Iterator[Given]:
    """The inputs that are written exactly there, of all pipelines."""
    for name, graph in view.graphs.items():
        for node in graph.nodes.values():
            for input_, span in node.spans.items():
                if span.start == start and span.end == end and span.source.path == path:
                    yield Given(name, graph, node, input_)


def inputs_of(view: View, declaration: Declaration) -> Iterator[Given]:
    """The inputs that a declaration gives by its name alone, as `length = length` does."""
    main = view.module
    if main is None:
        return
    for module, found in occurrences.references_of(main, declaration):
        if not found.is_definition and not module.is_library:
            yield from inputs_at(view, module.source.path, found.start, found.end)


def facts_at(graph: Graph, node: Node, slot: int = 0) -> Facts:
    """What is known of an output of a node."""
    return FactTable(graph).of(Link(node.id, slot))


def samplers_of(view: View, declaration: Declaration) -> dict[str, list[Node]]:
    """The samplers of a declared pass, by pipeline."""
    found: dict[str, list[Node]] = {}
    for name, graph in view.graphs.items():
        for node in graph.nodes.values():
            if node.stage.rpartition(".")[2] == declaration.name and node.id.endswith(".sampler"):
                if _names(view, node.span, declaration):
                    found.setdefault(name, []).append(node)
    return found


def runs_of(view: View, declaration: Declaration) -> tuple[list[Run], int]:
    """A declared pass where it runs, and how many more pipelines there are that run it."""
    samplers = samplers_of(view, declaration)
    chosen = list(samplers)[:MOST]
    runs = [run for name in chosen for node in samplers[name] for run in runs_by(view, name, node)]
    return runs, len(samplers) - len(chosen)


def runs_by(view: View, pipeline: str, node: Node) -> Iterator[Run]:
    """The passes of a sampler."""
    analysis = view.analyses_of_all[pipeline]
    for clip in analysis.clips:
        for facts in clip.passes:
            if facts.id == node.id or facts.id.rpartition(":")[0] == node.id:
                for schedule in clip.schedules:
                    if facts.id in schedule.passes:
                        fps = facts_at(view.graphs[pipeline], node).fps
                        yield Run(pipeline, facts, clip, schedule, analysis, fps)


def _names(view: View, span: Span | None, declaration: Declaration) -> bool:
    """Whether the element of a flow at a place is a name, or a copy, of a declaration."""
    main = view.module
    if span is None or main is None:
        return False
    for module in occurrences.modules_of(main):
        if module.source.path == span.source.path:
            return _names_in(module, span, declaration)
    return False


def _names_in(module: Module, span: Span, declaration: Declaration) -> bool:
    inside = [
        found
        for found in occurrences.of_module(module)
        if span.start <= found.start and found.end <= span.end
    ]
    if any(found.declaration == declaration for found in inside):
        return True
    # By another name: a `let` or a parameter that stands for a flow.
    passes = {found.declaration for found in inside if found.declaration.kind == "pass"}
    return not passes
