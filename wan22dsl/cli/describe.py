"""`wan describe`: what a pipeline or a ComfyUI workflow is, and what is unusual about it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.api import compiler, pipelines
from wan22dsl.api.targets import target_for
from wan22dsl.api.values import without_random
from wan22dsl.cli import files, show, streams, values
from wan22dsl.cli.declare import OUTPUT, PARAMS, PIPELINE, SET, TARGET, Argument, Command, Option
from wan22dsl.diagnostics import Severity
from wan22dsl.errors import CommandError
from wan22dsl.graph.cost.cards import EXAMPLE
from wan22dsl.report.lines import clean
from wan22dsl.report.terminal import wants_colour, width_of
from wan22dsl.report.text import summary

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.formats.description import Description, Finding
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import Graph
    from wan22dsl.source import Source

FILE = Argument(
    "file", "FILE", "A `.wan` file, prompt JSON or workflow JSON; `-` reads standard input."
)
FORMAT = Option(
    "format",
    ("--format", "-f"),
    "`text` for a terminal, `markdown` for documents, `json` for programs.",
    "FORMAT",
    default="text",
    choices=("text", "markdown", "json"),
)
CARD = Option(
    "cards",
    ("--card",),
    f"Also time and memory on this card, such as {EXAMPLE}; repeat it to compare cards.",
    "CARD",
    many=True,
)

#: The columns of what is no terminal.
_WIDTH = 100


class Graphs(NamedTuple):
    """A graph without its muted and bypassed nodes, and with them (None: it has none)."""

    active: Graph
    whole: Graph | None


def run(
    file: str,
    output: str,
    format: str,
    cards: list[str],
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    target: str | None,
) -> int:
    """Tell what a pipeline, or a ComfyUI workflow, is.

    That is: its passes and their settings, the noise schedule, the frames, the cost, and what is
    unusual. Without --pipeline all of a file are told of.
    """
    source, on_cards = files.read(file), _cards(cards)
    given = without_random(source, values.gather(settings, params))
    judged_by = target_for(target, file)
    checked = compiler.check(source, values=given, target=judged_by)
    wrong = [finding for finding in checked.diagnostics if finding.is_error]
    graphs = {
        name: Graphs(checked_graph.graph, checked_graph.whole)
        for name, checked_graph in checked.graphs.items()
    }
    if wrong and pipeline not in graphs:
        graphs = _as_far_as_known(source, judged_by)
        if not graphs:
            show.diagnostics(wrong, sys.stderr)
            streams.tell(f"\n{summary(wrong, 1)}; nothing was described\n")
            return 1
        streams.tell(f"\n{summary(wrong, 1)}; described is what can be told nevertheless\n\n")
    found = checked.diagnostics
    for card in on_cards:  # what does not fit is an error there, and is described all the same
        there = compiler.check(source, values=given, target=judged_by, card=card.name).diagnostics
        found = [*found, *(finding for finding in there if finding not in found)]
    told = _description(source.path, _chosen(graphs, pipeline), found, on_cards)
    if output == files.STANDARD and format == "text" and wants_colour(sys.stdout):
        _show(told)
    else:
        text = _written(told, format, width_of(sys.stdout, _WIDTH))
        files.write(output, text, json=format == "json")
    if output != files.STANDARD:
        streams.say(f"wrote {output}")
    return 1 if wrong else 0


def _as_far_as_known(source: Source, target: str) -> dict[str, Graphs]:
    """The graph of a JSON that has errors, such as a class that is not known; none of a `.wan` file."""
    from wan22dsl.comfyui.catalogue.open import open_catalogue
    from wan22dsl.formats.kind import is_json, read

    graph = read(source, open_catalogue(target))[0] if is_json(source) else None
    return {} if graph is None else {graph.name: Graphs(graph, graph)}


def _cards(names: list[str]) -> list[Card]:
    """The cards, each once, in the order in which they were named."""
    if not names:
        return []
    from wan22dsl.graph.cost.cards import card_named

    return list({card.name: card for card in map(card_named, names)}.values())


def _chosen(graphs: dict[str, Graphs], wanted: str | None) -> list[Graphs]:
    if wanted is None:
        if not graphs:
            raise CommandError("there is no pipeline or graph in the file to tell of.")
        return list(graphs.values())
    return [pipelines.named(graphs, wanted)]


def _description(
    path: str, graphs: list[Graphs], found: list[Diagnostic], cards: list[Card]
) -> Description:
    from wan22dsl.formats.description import Description
    from wan22dsl.graph.analysis import analyse

    findings = tuple(_finding(finding) for finding in sorted(found, key=_badness))
    analyses = tuple(analyse(graph.active, *cards, whole=graph.whole) for graph in graphs)
    return Description(path, analyses, findings)


def _badness(finding: Diagnostic) -> tuple[int, str]:
    return list(Severity).index(finding.severity), finding.code


def _finding(finding: Diagnostic) -> Finding:
    from wan22dsl.formats.description import Finding

    line = None if finding.span is None else finding.span.first[0]
    return Finding(finding.code, finding.name, finding.severity.value, finding.message, line)


def _show(told: Description) -> None:
    """On a terminal titles stand out."""
    from wan22dsl.formats.description import text
    from wan22dsl.report.lines import Piece

    shown = text.lines(told, width_of(sys.stdout, _WIDTH))
    roles = (("message" if line.is_title else "", clean(line.text)) for line in shown)
    show.lines([(Piece(line, role),) for role, line in roles], sys.stdout)


def _written(told: Description, format: str, width: int) -> str:
    if format == "json":
        from wan22dsl.formats.description import json

        return json.write(told)
    if format == "markdown":
        from wan22dsl.formats.description import markdown

        return clean(markdown.write(told))
    from wan22dsl.formats.description import text

    return clean(text.write(told, width))


COMMAND = Command(run, (FILE, OUTPUT, FORMAT, CARD, PIPELINE, SET, PARAMS, TARGET))
