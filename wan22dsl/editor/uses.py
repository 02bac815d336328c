"""Where in the graphs something of a text ends up: the inputs that it gives, the passes that it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.language.program import occurrences
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wan22dsl.editor.view import View
    from wan22dsl.graph.analysis.model import Analysis, Clip, PassFacts, Schedule
    from wan22dsl.graph.model import Facts, Graph, Node
    from wan22dsl.language.program.module import Declaration

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


def inputs_at(view: View, path: str, start: int, end: int) -> Iterable[Given]:
    """The inputs that are written exactly there, of all pipelines."""
    index: dict[tuple[str, int, int], list[Given]] | None = view.kept.get("inputs")
    if index is None:
        index = view.kept["inputs"] = {}
        for name, graph in view.graphs.items():
            for node in graph.nodes.values():
                for input_, span in node.spans.items():
                    given = Given(name, graph, node, input_)
                    index.setdefault((span.source.path, span.start, span.end), []).append(given)
    return index.get((path, start, end), ())


def nodes_at(view: View, path: str, start: int, end: int) -> Iterator[tuple[str, Node]]:
    """The nodes that are written exactly there, each with its pipeline."""
    for name, graph in view.graphs.items():
        for node in graph.nodes.values():
            span = node.span
            if span is not None and (span.start, span.end) == (start, end):
                if span.source.path == path:
                    yield name, node


def inputs_of(view: View, declaration: Declaration) -> Iterator[Given]:
    """The inputs that a declaration gives by its name alone, as `length = length` does."""
    main = view.module
    if main is None:
        return
    for module, found in occurrences.references_of(main, declaration):
        if not found.is_definition and not module.is_library:
            yield from inputs_at(view, module.source.path, found.start, found.end)


def facts_at(view: View, pipeline: str, node: Node, slot: int = 0) -> Facts:
    """What is known of an output of a node of a pipeline."""
    tables: dict[str, FactTable] = view.kept.setdefault("facts", {})
    if pipeline not in tables:
        tables[pipeline] = FactTable(view.graphs[pipeline])
    return tables[pipeline].of(Link(node.id, slot))


def samplers_of(view: View, declaration: Declaration) -> Mapping[str, Sequence[Node]]:
    """The samplers of a declared pass, by pipeline."""
    index: dict[Any, dict[str, list[Node]]] | None = view.kept.get("samplers")
    if index is None:
        index = view.kept["samplers"] = {}
        for name, graph in view.graphs.items():
            for node in graph.nodes.values():
                if node.stage and is_sampler(node):
                    key = _declared_at(view, node)
                    index.setdefault(key, {}).setdefault(name, []).append(node)
    found = index.get(declaration)
    if found is not None or view.module is None:
        return found or {}
    own = view.module.declarations.get(declaration.name, declaration)
    return index.get(declaration.name, {}) if own == declaration else {}


def is_sampler(node: Node) -> bool:
    """Whether a node samples."""
    return bool(record_of(node.class_name).samplers)


def _declared_at(view: View, node: Node) -> Declaration | str:
    """The pass, or the stage that samples, which the element of a flow names; where it names none, its name.

    An `engine` is written in the pass, so the element is not known there.
    """
    own = node.stage.rpartition(".")[2]
    main, span = view.module, node.span
    if span is not None and main is not None:
        for module in occurrences.modules_of(main):
            if module.source.path == span.source.path:
                for each in occurrences.within(module, span.start, span.end):
                    found = each.declaration
                    if found.kind in ("pass", "stage") and found.name == own:
                        return found
    return own


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
                        fps = facts_at(view, pipeline, node).fps
                        yield Run(pipeline, facts, clip, schedule, analysis, fps)
