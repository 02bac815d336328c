"""Any file as its graphs: a `.wan` text, JSON of ComfyUI's, or a file that it has written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.diagnostics import has_errors
from wan22dsl.errors import CommandError
from wan22dsl.formats import embedded
from wan22dsl.formats.kind import is_json, read
from wan22dsl.graph.build import build_all
from wan22dsl.graph.model import Graph
from wan22dsl.graph.modes import active
from wan22dsl.importing.checking import obstacles
from wan22dsl.importing.defaults import without_defaults
from wan22dsl.importing.reading import carried
from wan22dsl.program import load_program
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic


class Opened(NamedTuple):
    """The graphs of a file by name, JSON has one, without a name.

    They are without bypassed and muted nodes, and without optional inputs that repeat their default.
    """

    graphs: Mapping[str, Graph]
    diagnostics: list[Diagnostic]
    is_text: bool


def opened(data: bytes, shown: str, file: Path | None, catalogue: Catalogue) -> Opened:
    """The graphs of the bytes of a file; none where it has mistakes, which the diagnostics then say.

    Raises UnreadableFile and CommandError where there is no graph in it.
    """
    if not data.strip():
        return Opened({}, [], is_text=True)
    if embedded.is_one(data[:16]):
        return _json(carried(data, shown, file).source, catalogue)
    source = Source.decode(data, shown, file)
    return _json(source, catalogue) if is_json(source) else _text(source, catalogue)


def _json(source: Source, catalogue: Catalogue) -> Opened:
    graph, found = read(source, catalogue)
    if graph is None:
        return Opened({}, found, is_text=False)
    graph = active(graph)
    wrong = obstacles(graph)
    if wrong:
        return Opened({}, [*found, *wrong], is_text=False)
    return Opened({"": without_defaults(graph)}, found, is_text=False)


def _text(source: Source, catalogue: Catalogue) -> Opened:
    program, found = load_program(source)
    graphs: dict[str, Graph] = {}
    for built in build_all(program, catalogue):
        found = found + built.diagnostics
        if isinstance(built.graph, Graph):
            graphs[built.name] = without_defaults(active(built.graph))
    if has_errors(found):
        return Opened({}, [one for one in found if one.is_error], is_text=True)
    if not graphs:
        raise CommandError(
            f"{source.path}: the file has no pipeline and no graph that can be built by itself; "
            "a parameter without a value has to get a default."
        )
    return Opened(graphs, [], is_text=True)
