"""Any two files as graphs, compared: matched by name, or the only ones there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comparing.difference import Difference, differences
from wan22dsl.comparing.stored import OfStored, of_stored
from wan22dsl.diagnostics import has_errors
from wan22dsl.errors import CommandError
from wan22dsl.formats import embedded
from wan22dsl.formats.kind import is_json, read
from wan22dsl.formats.placeholders import with_placeholders
from wan22dsl.graph.equality import same
from wan22dsl.graph.model import Graph
from wan22dsl.graph.modes import active
from wan22dsl.importing.simplified import (
    computed,
    needed,
    obstacles,
    without_defaults,
    without_idle,
    without_stray,
)
from wan22dsl.language.syntax import spelling
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.language.workspace import Workspace


class Opened(NamedTuple):
    """The graphs of a file by name, JSON has one, without a name.

    They are without bypassed and muted nodes, and without optional inputs that repeat their default; with
    these JSON has its graph as `whole`. `off` are the bypassed and muted nodes of JSON by their ids.
    """

    graphs: Mapping[str, Graph]
    diagnostics: list[Diagnostic]
    is_text: bool
    whole: Graph | None = None
    off: Mapping[str, Node] = {}


def opened(
    data: bytes,
    shown: str,
    file: Path | None,
    catalogue: Catalogue,
    workspace: Workspace | None = None,
) -> Opened:
    """The graphs of the bytes of a file; none where it has mistakes, which the diagnostics then say.

    Files that a text uses are read from the `workspace`, by default the disk. Raises UnreadableFile and
    CommandError where there is no graph in it.
    """
    if not data.strip():
        return Opened({}, [], is_text=True)
    if embedded.is_one(data[:16]):
        from wan22dsl.importing.files import carried

        return _json(carried(data, shown, file).source, catalogue)
    source = Source.decode(data, shown, file)
    return _json(source, catalogue) if is_json(source) else _text(source, catalogue, workspace)


def _json(source: Source, catalogue: Catalogue) -> Opened:
    graph, found = read(source, catalogue)
    if graph is None:
        return Opened({}, found, is_text=False)
    off = {id: node for id, node in graph.nodes.items() if node.mode != "active"}
    graph = active(with_placeholders(graph))
    wrong = obstacles(graph)
    if wrong:
        return Opened({}, [*found, *wrong], is_text=False)
    graphs = {"": without_defaults(graph)}
    return Opened(graphs, found, is_text=False, whole=graph, off=off)


def _text(source: Source, catalogue: Catalogue, workspace: Workspace | None) -> Opened:
    from wan22dsl.graph.build import build_all
    from wan22dsl.graph.build.declared_nodes import with_nodes
    from wan22dsl.language.program import load_program

    program, found = load_program(source, workspace=workspace)
    catalogue, _ = with_nodes(catalogue, [program.main])
    graphs: dict[str, Graph] = {}
    for built in build_all(program, catalogue):
        found = found + built.diagnostics
        if isinstance(built.graph, Graph):
            graphs[built.name] = without_defaults(active(built.graph))
    if has_errors(found):
        return Opened({}, [finding for finding in found if finding.is_error], is_text=True)
    if not graphs:
        raise CommandError(
            f"{source.path}: no pipeline or graph in this file can be built on its own; a "
            "parameter without a value needs a default."
        )
    return Opened(graphs, [], is_text=True)


#: The bytes of a file, the name to show, and where it is.
Side = tuple[bytes, str, "Path | None"]


class Found(NamedTuple):
    """A difference, and the pipeline that it is in; empty for JSON."""

    pipeline: str
    difference: Difference


class Compared(NamedTuple):
    """What differs; or the diagnostics of a file that has mistakes."""

    differences: list[Found]
    diagnostics: list[Diagnostic]

    def lines(self) -> list[str]:
        """A line for each difference, with the pipeline where there are several."""
        many = len({found.pipeline for found in self.differences}) > 1
        return [
            f"{found.pipeline}: {found.difference.text}"
            if many and found.pipeline
            else found.difference.text
            for found in self.differences
        ]

    def as_data(self) -> dict[str, Any]:
        """The differences as data that JSON takes."""
        return {
            "same": not self.differences,
            "differences": [
                {
                    "pipeline": found.pipeline,
                    **found.difference._asdict(),
                    "text": found.difference.text,
                }
                for found in self.differences
            ],
        }


def compare(
    value: Side,
    other: Side,
    catalogue: Catalogue,
    pipeline: str | None,
    workspace: Workspace | None = None,
) -> Compared:
    """Compares two files. Raises UnreadableFile and CommandError."""
    before, after = (opened(*side, catalogue, workspace) for side in (value, other))
    wrong = [each for side in (before, after) if not side.graphs for each in side.diagnostics]
    if wrong:
        return Compared([], wrong)
    found = []
    for name, first, second in _pairs(before, after, pipeline, (value[1], other[1])):
        if first is None or second is None:
            kind = "added" if first is None else "removed"
            found.append(Found(name, Difference(kind, f"the pipeline {name}".rstrip())))
            continue
        fewest: list[Difference] | None = None
        for form in _forms(first, second, (before.is_text, after.is_text)):
            these = differences(*form, off=(before.off, after.off))
            fewest = these if fewest is None or len(these) < len(fewest) else fewest
            if not fewest:
                break
        found += [Found(name, each) for each in fewest or ()]
    if before.whole is not None and after.whole is not None:
        more = of_stored(before.whole, after.whole, same=not found)
        found = _with_stored(found, more)
    return Compared(found, [])


def _forms(
    first: Graph, second: Graph, is_text: tuple[bool, bool]
) -> Iterator[tuple[Graph, Graph]]:
    """The graphs; where one is of a text, also with what is known without running put into the other.

    A text may have what was worked out of the nodes of a workflow, and not those nodes. Then both are
    without what neither ComfyUI nor the class takes: nodes that lead to no output, and idle inputs. At last
    what is known is put into both: a text with muted nodes has the switches that chose between them.
    """
    yield first, second
    if is_text[0] == is_text[1] or same(first, second):
        return
    graphs = [
        graph if text else needed(without_defaults(computed(graph).graph), graph)
        for graph, text in zip((first, second), is_text)
    ]
    yield graphs[0], graphs[1]
    graphs = [
        needed(without_idle(graph if text else without_stray(graph)), before)
        for graph, text, before in zip(graphs, is_text, (first, second))
    ]
    yield graphs[0], graphs[1]
    graphs = [
        needed(without_defaults(computed(graph).graph), before) if text else graph
        for graph, text, before in zip(graphs, is_text, (first, second))
    ]
    yield graphs[0], graphs[1]


def _with_stored(found: list[Found], more: list[OfStored]) -> list[Found]:
    """The differences with those of stored values; that of a primitive is told where its value runs."""
    rest = []
    for stored in more:
        at = next((at for at, each in enumerate(found) if _is_of(stored, each.difference)), None)
        if at is None:
            rest.append(Found("", stored.difference))
            continue
        where = f"{found[at].difference.where}, by {stored.difference.where}"
        found[at] = found[at]._replace(difference=found[at].difference._replace(where=where))
    return found + rest


def _is_of(stored: OfStored, told: Difference) -> bool:
    """Whether a value of a primitive, which the editor puts where it is linked to, differs just so."""
    own = stored.difference
    sides = (own.before, told.before), (own.after, told.after)
    return stored.is_of_primitive and all(
        value in (shown, spelling.quote(shown)) for value, shown in sides
    )


def _pairs(
    before: Opened, after: Opened, wanted: str | None, shown: tuple[str, str]
) -> list[tuple[str, Graph | None, Graph | None]]:
    """(name, graph, graph): by name between texts, else the only graph of each."""
    sides = []
    for side, file in zip((before, after), shown):
        graphs = dict(side.graphs)
        if wanted is not None and side.is_text and graphs:
            if wanted not in graphs:
                listed = ", ".join(graphs)
                raise CommandError(f"{file}: no pipeline `{wanted}`. Pipelines: {listed}.")
            graphs = {wanted: graphs[wanted]}
        sides.append(graphs)
    first, second = sides
    if len(first) == len(second) == 1:
        name = next(iter(second)) or next(iter(first))
        return [(name, next(iter(first.values())), next(iter(second.values())))]
    for graphs, side, file in ((first, before, shown[0]), (second, after, shown[1])):
        other = after if side is before else before
        if len(graphs) > 1 and not other.is_text:
            listed = ", ".join(graphs)
            raise CommandError(
                f"{file} has several pipelines: choose one with --pipeline. Pipelines: {listed}."
            )
    return [(name, first.get(name), second.get(name)) for name in dict.fromkeys((*first, *second))]
