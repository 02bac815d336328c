"""Judges what was built: every pipeline and graph of a file by the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wan22dsl.graph.model import Draft
from wan22dsl.lint.rules import engine, merging
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build import Built
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import CheckedGraph, Graph
    from wan22dsl.language.program.program import Program
    from wan22dsl.model_files.lookup import ModelFiles
    from wan22dsl.source import Source, Span


class Looked(NamedTuple):
    """A pipeline that was built and, where that is due, judged.

    One that saves nothing and that others are made of is not judged by itself; `is_mentioned` tells that
    others name it. `checked` gives its graph, if it has no error.
    """

    built: Built
    found: list[Diagnostic]
    inputs: list[Diagnostic]
    checked: Callable[[], CheckedGraph] | None
    is_mentioned: bool


class Graphs(Mapping[str, "CheckedGraph"]):
    """Checked graphs by name. One that was kept gets its new places when somebody wants it."""

    def __init__(self) -> None:
        self._makers: dict[str, Callable[[], CheckedGraph]] = {}
        self._made: dict[str, CheckedGraph] = {}

    def add(self, name: str, make: Callable[[], CheckedGraph]) -> None:
        """Adds a graph that is made when it is asked for."""
        self._makers[name] = make

    def __getitem__(self, name: str) -> CheckedGraph:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def look_at(
    built: Built, program: Program, card: Card | None, models: ModelFiles | None = None
) -> Looked:
    """Judges a pipeline, unless it saves nothing itself and others are made of it."""
    from wan22dsl.graph.build.inputs import own_files  # what judges JSON builds nothing

    graph = built.graph
    is_mentioned = built.name in program.main.mentioned
    inputs = list(own_files(_plain(graph))) if graph is not None else []
    if graph is None or (is_mentioned and not _saves(graph)):
        return Looked(built, built.diagnostics, inputs, None, is_mentioned)
    checked, found = judge(graph, card, models)
    found = merging.without_repeats(built.diagnostics, found) + found
    made = None if checked is None else lambda: checked
    return Looked(built, found, inputs, made, is_mentioned)


#: Rules about passes that follow each other; what they fix may be right for other pipelines.
_ABOUT_HAND_OFFS = ("WAN70", "WAN71")


def found_in(looked: Sequence[Looked]) -> list[Diagnostic]:
    """The findings of all pipelines of a file.

    Where two pipelines use one pass, and only one of them has a finding on its steps or its noise, changing
    the pass would give the other one such a finding: no fix is offered then.
    """
    found: list[Diagnostic] = []
    places: dict[int, set[Span]] = {}
    for own in looked:
        for finding in own.found:
            fix = finding.fix
            if fix is not None and finding.code.startswith(_ABOUT_HAND_OFFS) and len(looked) > 1:
                spans = {edit.span for edit in fix.edits}
                for other in looked:
                    if other is own or (other.is_mentioned and other.checked is None):
                        continue
                    if id(other) not in places:
                        places[id(other)] = set(_places(other))
                    if places[id(other)].isdisjoint(spans):
                        continue
                    if all(each.fix != fix for each in other.found):
                        finding = finding._replace(fix=None)
            found.append(finding)
    return found


def _places(looked: Looked) -> Iterator[Span]:
    built = looked.built.graph
    graph = looked.checked().graph if looked.checked is not None else built and _plain(built)
    if graph is not None:
        for node in graph.nodes.values():
            yield from node.spans.values()


def judge(
    graph: Graph | Draft, card: Card | None = None, models: ModelFiles | None = None
) -> tuple[CheckedGraph | None, list[Diagnostic]]:
    """A graph by all rules; a draft by those that do not need what it lacks."""
    if isinstance(graph, Draft):
        return None, engine.judge_draft(graph, card, models)
    return engine.judge(graph, card, models)


def judge_profiles(
    program: Program, catalogue: Catalogue, graphs: Mapping[str, CheckedGraph]
) -> list[Diagnostic]:
    """What is wrong with the profiles of a file, judged together with its pipelines."""
    from wan22dsl.graph.build.profiles import of_file
    from wan22dsl.lint.rules.starting.judging import judge
    from wan22dsl.lint.rules.starting.work import work_of

    profiles, found = of_file(program, catalogue)
    return found + judge(profiles, [work_of(name, each.graph) for name, each in graphs.items()])


def judge_launcher(source: Source, version: str, card: str) -> list[Diagnostic]:
    """What is wrong with the lines of a launcher that start ComfyUI.

    `version` is that of ComfyUI by which the flags are judged, where it is one.
    """
    from wan22dsl.comfyui.starting.flags import numbers
    from wan22dsl.comfyui.starting.launchers.reading import read
    from wan22dsl.lint.rules.starting import nothing_started
    from wan22dsl.lint.rules.starting.judging import judge

    profiles = read(source, version if numbers(version) else "", card)
    return judge(profiles) if profiles else [nothing_started.finding(source)]


def only_on(on_cards: list[list[Diagnostic]], known: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings on some cards that are not known, each once."""
    found: list[Diagnostic] = []
    for finding in (finding for on_card in on_cards for finding in on_card):
        if finding not in known and finding not in found:
            found.append(finding)
    return tuple(found)


def _plain(graph: Graph | Draft) -> Graph:
    return graph.graph if hasattr(graph, "graph") else graph


def _saves(graph: Graph | Draft) -> bool:
    built = _plain(graph)
    classes = (built.class_of(node) for node in built.nodes.values())
    return any(node_class is not None and node_class.is_output for node_class in classes)
