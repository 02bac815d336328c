"""Which model files the pipelines of a file need, and how it is with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.graph.model import Draft
from wan22dsl.model_files.check import Needed
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.model_files.check import Loader
    from wan22dsl.source import Source


class Use(NamedTuple):
    """A model file, and the pipelines and graphs that need it."""

    needed: Needed
    pipelines: tuple[str, ...]


def needed_of(
    file: Source | Path | str,
    *,
    values: Mapping[str, Any] | None = None,
    target: Catalogue | str = DEFAULT_TARGET,
) -> tuple[list[Use], list[Diagnostic]]:
    """The model files that each pipeline of a file needs, in the order in which they are loaded.

    Nothing is judged by the rules: a file that is missing or wrong is needed all the same. The diagnostics
    are those of reading and building; what they concern may be missing from the list. Raises what
    `compiler.check` raises.
    """
    from wan22dsl.formats.kind import is_json

    source = compiler.source_of(file)
    graphs, diagnostics = (_of_json if is_json(source) else _of_text)(source, values, target)
    found: dict[Needed, dict[str, None]] = {}
    for name, graph in graphs:
        for needed in _needed(graph):
            found.setdefault(needed, {})[name] = None
    return [Use(needed, tuple(names)) for needed, names in found.items()], diagnostics


def _of_json(
    source: Source, values: Mapping[str, Any] | None, target: Catalogue | str
) -> tuple[list[tuple[str, Graph]], list[Diagnostic]]:
    from wan22dsl.formats.kind import read_all

    graphs, diagnostics = [], []
    for number, (graph, found) in enumerate(read_all(source, compiler.catalogue_of(target)), 1):
        diagnostics += found
        if graph is not None:
            graphs.append((graph.name if number == 1 else f"{graph.name} {number}", graph))
    return graphs, diagnostics


def _of_text(
    source: Source, values: Mapping[str, Any] | None, target: Catalogue | str
) -> tuple[list[tuple[str, Graph]], list[Diagnostic]]:
    from wan22dsl.graph.build import build_all
    from wan22dsl.language.program import load_program

    program, diagnostics = load_program(source, values)
    catalogue, of_nodes = compiler.with_nodes(compiler.catalogue_of(target), program)
    diagnostics = diagnostics + of_nodes
    mentioned = program.main.mentioned
    graphs: list[tuple[str, Graph]] = []
    saving: list[tuple[str, Graph]] = []
    for built in build_all(program, catalogue, {}):
        diagnostics = diagnostics + built.diagnostics
        if built.graph is None:
            continue
        graph = built.graph.graph if isinstance(built.graph, Draft) else built.graph
        # A pipeline that others are made of is loaded as a part of them.
        (saving if built.name not in mentioned else graphs).append((built.name, graph))
    return saving or graphs, diagnostics


def _needed(graph: Graph) -> Iterator[Needed]:
    from wan22dsl.graph.modes import active
    from wan22dsl.lint.rules.files.slots import model_inputs
    from wan22dsl.lint.rules.view import View

    for slot, folder, file in model_inputs(View(active(graph))):
        loader: Loader = "own" if slot.node_class.pack is None else "pack"
        asset = slot.node.assets.get(slot.name, slot.node.asset)
        if asset is None or asset.file != file:
            yield Needed(folder, file, loader=loader)
            continue
        owner, _, rest = asset.source.partition("/")
        name, _, path = rest.partition("/")
        repository = f"{owner}/{name}" if name else ""
        sha256 = asset.sha256.lower() or None
        yield Needed(folder, file, repository, path, None, sha256, loader)
