"""What a pipeline or a ComfyUI workflow is: its passes, its noise schedule, its cost, what is unusual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.api.pipelines import named, nothing_to
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.api.values import without_random
from wan22dsl.diagnostics import Severity
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.formats.description import Bench, Description, Finding
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import Graph
    from wan22dsl.source import Source


class Described(NamedTuple):
    """What `describe` gives: the description, None where the errors of the file leave nothing to describe.

    `errors` are those of the file. `is_partial`: they hide something, so the description may be incomplete.
    """

    description: Description | None
    errors: list[Diagnostic]
    is_partial: bool = False


class _Graphs(NamedTuple):
    """A graph without its muted and bypassed nodes, and with them (None: it has none)."""

    active: Graph
    whole: Graph | None


def describe(
    file: Source | Path | str,
    *,
    pipeline: str | None = None,
    values: Mapping[str, Any] | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
    cards: Sequence[str] = (),
) -> Described:
    """The facts of all pipelines and graphs of a file, or of the one that `pipeline` names.

    The file may also be prompt JSON or workflow JSON. For each of the `cards`, such as `RTX 4090`, there are
    its time and memory too. `wan22dsl.formats.description` writes a description as text, Markdown or JSON.
    Raises what `check` raises, and CommandError where there is no such pipeline.
    """
    source, on_cards = compiler.source_of(file), _cards(cards)
    given = without_random(source, values or {})
    checked = compiler.check(source, values=given, target=target, cards=on_cards)
    errors = [finding for finding in checked.diagnostics if finding.is_error]
    graphs = {name: _Graphs(found.graph, found.whole) for name, found in checked.graphs.items()}
    is_partial = bool(errors) and pipeline not in graphs
    if is_partial:
        graphs = _as_far_as_known(source, target)
        if not graphs:
            return Described(None, errors, is_partial)
    chosen, findings = _chosen(graphs, pipeline), [*checked.diagnostics, *checked.on_cards]
    described = _description(source.path, chosen, findings, on_cards)
    if checked.has_benches:
        described = described._replace(benches=_benches(source, given, pipeline))
    return Described(described, errors, is_partial)


def _benches(source: Source, values: Mapping[str, Any], pipeline: str | None) -> tuple[Bench, ...]:
    """The benches of a file, or those of the pipeline that is described."""
    from wan22dsl.api.benches import cell_name, declared_benches
    from wan22dsl.formats.description import Bench, Cell

    found = []
    for bench in declared_benches(source, values):
        if pipeline not in (None, bench.pipeline):
            continue
        cells = []
        for profile, case in bench.cells:
            base = bench.baseline_of(profile, case)
            cells.append(Cell(cell_name(profile, case), cell_name(*base) if base else None))
        found.append(Bench(bench.name, bench.pipeline, tuple(cells), bench.repeat, bench.quality))
    return tuple(found)


def _as_far_as_known(source: Source, target: Catalogue | str) -> dict[str, _Graphs]:
    """The graph of JSON that has errors, such as a class that is not known; none of a `.wan` file."""
    from wan22dsl.formats.kind import is_json, read

    graph = read(source, compiler.catalogue_of(target))[0] if is_json(source) else None
    return {} if graph is None else {graph.name: _Graphs(graph, graph)}


def _cards(names: Sequence[str]) -> list[Card]:
    """The cards, each once, in the order in which they were named. Raises CommandError."""
    if not names:
        return []
    from wan22dsl.graph.cost.cards import card_named

    return list({card.name: card for card in map(card_named, names)}.values())


def _chosen(graphs: Mapping[str, _Graphs], wanted: str | None) -> list[_Graphs]:
    if wanted is not None:
        return [named(graphs, wanted)]
    if not graphs:
        raise nothing_to("describe")
    return list(graphs.values())


def _description(
    path: str, graphs: Sequence[_Graphs], findings: Sequence[Diagnostic], cards: Sequence[Card]
) -> Description:
    from wan22dsl.formats.description import Description
    from wan22dsl.graph.analysis import analyse

    analyses = tuple(analyse(graph.active, *cards, whole=graph.whole) for graph in graphs)
    return Description(path, analyses, tuple(map(_finding, sorted(findings, key=_badness))))


def _badness(finding: Diagnostic) -> tuple[int, str]:
    return list(Severity).index(finding.severity), finding.code


def _finding(finding: Diagnostic) -> Finding:
    from wan22dsl.formats.description import Finding

    line = None if finding.span is None else finding.span.first[0]
    return Finding(finding.code, finding.name, finding.severity.value, finding.message, line)
