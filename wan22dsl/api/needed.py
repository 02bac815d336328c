"""What pipelines need of a ComfyUI: packs of node classes, and model files. A container is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.packs import Pack
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph


class Needed(NamedTuple):
    """`unknown_classes` are of packs that nobody knows; `models` are folders and names, as ComfyUI has them.

    `diagnostics` are what is wrong in the files: what a pipeline with an error needs is not known.
    """

    packs: tuple[Pack, ...]
    unknown_classes: tuple[str, ...]
    models: tuple[tuple[str, str], ...]
    diagnostics: tuple[Diagnostic, ...]


def needed(files: Sequence[Path], target: str = DEFAULT_TARGET) -> Needed:
    """What all pipelines and graphs of files need. Raises what `check` raises."""
    from wan22dsl.api.compiler import check

    graphs: list[Graph] = []
    diagnostics: list[Diagnostic] = []
    for file in files:
        checked = check(file, target=target)
        graphs += [found.graph for found in checked.graphs.values()]
        diagnostics += [finding for finding in checked.diagnostics if finding.is_error]
    packs, unknown = _packs(graphs)
    return Needed(packs, unknown, _models(graphs), tuple(diagnostics))


def _packs(graphs: Iterable[Graph]) -> tuple[tuple[Pack, ...], tuple[str, ...]]:
    from wan22dsl.comfyui.catalogue.packs import COMFYUI, PARTNERS, pack_of, pack_with_id

    found: dict[str, Pack] = {}
    unknown: set[str] = set()
    for graph in graphs:
        for node in graph.nodes.values():
            node_class = graph.catalogue.get(node.class_name)
            if node_class is not None and node_class.pack is None:
                continue  # ComfyUI's own
            named = pack_with_id(node_class.pack) if node_class is not None else None
            pack = named or pack_of(node.class_name)
            if pack is None:
                unknown.add(node.class_name)
            elif pack.name not in (COMFYUI, PARTNERS):
                found.setdefault(pack.name, pack)
    return tuple(found[name] for name in sorted(found)), tuple(sorted(unknown))


def _models(graphs: Iterable[Graph]) -> tuple[tuple[str, str], ...]:
    from wan22dsl.comfyui.catalogue.inputs import inputs_of

    found: set[tuple[str, str]] = set()
    for graph in graphs:
        for node in graph.nodes.values():
            node_class = graph.catalogue.get(node.class_name)
            if node_class is None:
                continue
            for name, input_ in inputs_of(node_class, node.inputs).items():
                value = node.inputs.get(name)
                if input_.files in (None, "input", "output") or not isinstance(value, str):
                    continue
                if value not in input_.fixed:
                    found.add((str(input_.files), value.replace("\\", "/")))
    return tuple(sorted(found))
