"""Two files compared: their graphs matched by name, or the only ones there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.comparing.difference import Difference, differences
from wan22dsl.comparing.opening import opened
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.comparing.opening import Opened
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph

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


def compare(one: Side, other: Side, catalogue: Catalogue, pipeline: str | None) -> Compared:
    """Compares two files. Raises UnreadableFile and CommandError."""
    before, after = (opened(*side, catalogue) for side in (one, other))
    wrong = [each for side in (before, after) if not side.graphs for each in side.diagnostics]
    if wrong:
        return Compared([], wrong)
    found = []
    for name, first, second in _pairs(before, after, pipeline, (one[1], other[1])):
        if first is None or second is None:
            kind = "added" if first is None else "removed"
            found.append(Found(name, Difference(kind, f"the pipeline {name}".rstrip())))
            continue
        found += [Found(name, each) for each in differences(first, second)]
    return Compared(found, [])


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
                raise CommandError(f"{file}: there is no pipeline `{wanted}`. There are: {listed}.")
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
                f"{file} has several pipelines: name one with --pipeline. There are: {listed}."
            )
    return [(name, first.get(name), second.get(name)) for name in dict.fromkeys((*first, *second))]
