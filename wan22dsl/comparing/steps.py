"""What is beside the passes, as calls: stages of the library where they are, else nodes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.graph.model import Link
from wan22dsl.importing.assets import File
from wan22dsl.importing.expressions import SizeOf
from wan22dsl.importing.reader import Plain, Reader
from wan22dsl.importing.spellings import Namings, json_value
from wan22dsl.importing.units import Absent, Called, PassUnit, SizeBy, Value
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.importing.units import Target
    from wan22dsl.importing.vocabulary import Vocabulary


class Step(NamedTuple):
    """A call beside the passes: what it is called, its arguments, and what it gets its input from.

    `id` is the node that it ends with, `nodes` are all that it stands for. `defaults` are the values of the
    inputs of its node where nothing is written.
    """

    id: str
    nodes: AbstractSet[str]
    name: str
    arguments: dict[str, str]
    behind: str
    defaults: Mapping[str, str] = MappingProxyType({})

    def value(self, name: str) -> str:
        """What an argument is, written or by default; empty where there is none."""
        written = self.arguments.get(name, "none")
        return self.defaults.get(name, "") if written == "none" else written

    @property
    def text(self) -> str:
        """The call, as it is written."""
        inside = ", ".join(f"{name} = {value}" for name, value in self.arguments.items())
        return f"{self.name}({inside})" if inside else self.name


def steps(
    graph: Graph, words: Vocabulary, passes: dict[str, str], owned: AbstractSet[str]
) -> list[Step]:
    """The steps of a graph in the order in which they run.

    `passes` are the names of passes by their samplers; `owned` the nodes that belong to passes.
    """
    reader = Reader(graph, words, Namings(), Plain())
    reader.ends()
    inside = set(owned)
    for unit in reader.units.values():
        if isinstance(unit, PassUnit):
            inside |= unit.nodes
    found = []
    for node in reader.sight.ordered:
        if node.id not in reader.units or node.id in inside or node.id in passes:
            continue
        unit = reader.units[node.id]
        above = unit.brought
        behind = "" if above is None else _called(reader, above, passes)
        arguments = {
            argument.name: _said(reader, argument.target, passes)
            for argument in unit.arguments
            if not (argument.open and isinstance(argument.target, Link))
            and not (argument.wants is not None and isinstance(argument.target, Link))
        }
        if isinstance(node.widgets, list):
            arguments["widgets"] = json_value(node.widgets)
        defaults = _defaults(graph, node)
        found.append(Step(node.id, unit.nodes, unit.call, arguments, behind, defaults))
    return found


def _defaults(graph: Graph, node: Node) -> dict[str, str]:
    """What the inputs of a node have where nothing is written, as it is shown."""
    node_class = graph.class_of(node)
    known = {} if node_class is None else inputs_of(node_class, node.inputs)
    values = {name: default_of(input_) for name, input_ in known.items()}
    return {name: json_value(value) for name, value in values.items() if value is not None}


def _called(reader: Reader, link: Link, passes: dict[str, str]) -> str:
    if link.node in passes:
        return passes[link.node]
    unit = reader.units.get(link.node)
    return unit.call if unit is not None else reader.sight.node(link.node).class_name


def _said(reader: Reader, target: Target | Called, passes: dict[str, str]) -> str:
    if isinstance(target, Called):
        return target.call
    if isinstance(target, Absent):
        return "none"
    if isinstance(target, Value):
        if isinstance(target.json, SizeOf):
            return f"{target.json.width}x{target.json.height}"
        return target.json.name if isinstance(target.json, File) else json_value(target.json)
    if isinstance(target, SizeBy):
        return "x".join(_said(reader, part, passes) for part in target)
    asset = reader.assets.of(target)
    if asset is not None:
        return asset.settings.get("file", asset.name).strip('"')
    for kind in ("IMAGE", "VIDEO", "AUDIO"):
        file = reader.file(target, kind)
        if file is not None:
            return f'"{file}"'
    return f"<{_called(reader, target, passes)}>"
