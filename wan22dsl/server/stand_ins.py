"""What a simulated server has although nobody knows it: node classes made up from how they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.catalogue.inputs import inputs_of
from wan22dsl.catalogue.schema import MADE_UP, Input, NodeClass, Output
from wan22dsl.graph.model import Link
from wan22dsl.server.models import choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.graph.model import Graph, Node


class WithStandIns:
    """A catalogue, and classes that were made up besides."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._added: dict[str, NodeClass] = {}

    @property
    def target(self) -> str:
        """That of the catalogue."""
        return self._catalogue.target

    def get(self, name: str) -> NodeClass | None:
        """The class of that name; a made-up one only where there is no other."""
        return self._catalogue.get(name) or self._added.get(name)

    def names(self) -> Iterable[str]:
        """The names of all classes, sorted."""
        return sorted({*self._catalogue.names(), *self._added})

    def add(self, classes: Iterable[NodeClass]) -> None:
        """Adds made-up classes."""
        self._added.update((one.name, one) for one in classes)


def needs_of(
    graph: Graph, catalogue: Catalogue, files: Mapping[str, Iterable[str]]
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The classes that a graph uses and a server lacks, and the model files by folder."""
    classes: set[str] = set()
    lacks: dict[str, set[str]] = {}
    for node in graph.nodes.values():
        known = catalogue.get(node.class_name)
        if known is None:
            classes.add(node.class_name)
            continue
        for name, one in inputs_of(known, node.inputs).items():
            value, folder = node.inputs.get(name), one.files
            if folder in (None, "input", "output") or not isinstance(value, str):
                continue
            if value not in (choices(one, files) or ()):
                lacks.setdefault(str(folder), set()).add(value)
    return tuple(sorted(classes)), {
        folder: tuple(sorted(names)) for folder, names in sorted(lacks.items())
    }


def class_like(graph: Graph, class_name: str) -> NodeClass:
    """A class as the nodes of a graph use it: their inputs, all optional, and the outputs that are taken."""
    inputs: dict[str, Input] = {}
    outputs: dict[int, str] = {}
    is_taken = False
    for node in graph.nodes.values():
        if node.class_name != class_name:
            continue
        for name, value in node.inputs.items():
            inputs.setdefault(name, Input(name, _type_of(graph, value), required=False))
        for id, name, slot in graph.consumers.get(node.id, ()):
            is_taken = True
            outputs.setdefault(slot, _wanted(graph, graph.nodes[id], name))
    slots = range(max(outputs, default=-1) + 1)
    made = tuple(Output(f"output_{slot}", outputs.get(slot, "*")) for slot in slots)
    return NodeClass(class_name, tuple(inputs.values()), made, is_output=not is_taken, pack=MADE_UP)


def _type_of(graph: Graph, value: Any) -> str:
    if isinstance(value, Link):
        source = graph.nodes.get(value.node)
        known = graph.catalogue.get(source.class_name) if source is not None else None
        outputs = known.outputs if known is not None else ()
        return outputs[value.slot].type if value.slot < len(outputs) else "*"
    kinds = {bool: "BOOLEAN", int: "INT", float: "FLOAT", str: "STRING"}
    return kinds.get(type(value), "*")


def _wanted(graph: Graph, node: Node, name: str) -> str:
    """The type of an input; any where the class is not known either."""
    known = graph.catalogue.get(node.class_name)
    found = inputs_of(known, node.inputs).get(name) if known is not None else None
    return found.type if found is not None else "*"
