"""The graph in the middle: ComfyUI nodes with typed inputs, links, and what a run must keep to.

`Graph.nx` is the same graph for networkx, where an algorithm beyond neighbours is worth its import.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, Link, OwnFile
from wan22dsl.tuples import NamedTuple

__all__ = ["NOTHING_KNOWN", "Facts", "Link", "OwnFile"]

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx

    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
    from wan22dsl.source import Span


Range = tuple[float, float]


class Limit(NamedTuple):
    """From where to where a value is excellent, and good; None where there is no such grade.

    In seconds, or in bytes for memory. The high ends judge: what is below a range meets it as well.
    """

    excellent: Range | None
    good: Range | None


class Target(NamedTuple):
    """A `target`. A condition without values holds for every run; else one of its values has to.

    `sizes` are (width, height) in pixels and `lengths` frames, of every pass; `steps` those of the whole
    schedule that a pass runs or shares; `passes` how many there are. `limits` are by their names in the
    language. `is_guide` marks those of the library that rate what has no target of its own.
    """

    name: str
    sizes: tuple[tuple[int, int], ...]
    lengths: tuple[int, ...]
    steps: tuple[int, ...]
    passes: tuple[int, ...]
    limits: Mapping[str, Limit]
    span: Span | None = None
    is_guide: bool = False


class Sockets(NamedTuple):
    """What a file says of the inputs of a node, as names with types, and of the types of its outputs.

    `packs` are the names of the pack that it comes from, and `version` is that of the pack, as the file has
    them (`cnr_id`, `aux_id` and `ver` of workflow JSON).
    """

    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[str, ...]
    packs: tuple[str, ...] = ()
    version: str = ""


class Stored(NamedTuple):
    """The values of widgets of a node as a workflow has them, by the names of its inputs or their numbers.

    `label` is what people call the node. It may be one that only the editor has.
    """

    label: str
    class_name: str
    values: Mapping[str, Any]


class Node:
    """A ComfyUI node. `inputs` hold JSON values or Links; a `list` value is data, never a link.

    `stage` says which step of the flow it belongs to (`high`, `rife`, …; empty for plain graphs).
    `span` is where it was written; `spans` where each input was, for those that were written.
    `stated` are the facts given in braces, by the language, for all of its outputs.
    `asset` tells what the text declares of the asset that this node loads (a model or a LoRA); `assets` the
    same of one that loads several, by their inputs.
    `own_files` are the inputs whose file is the user's own.
    `label` is what people who look at a file of JSON call it: `#57 "low pass"`.
    `behind` are the values of its widgets that have links, which count where a link comes to nothing.
    `sockets` are its inputs and outputs as a file has them, where the class is not known, or was another
    version when the file was saved. `widgets` are the values of its widgets that are no inputs: a list are
    all that it has, in their order, where nobody can name them; an object are those beyond the inputs of its
    class. `placeholders` are the strings of a template where values are to come, by the names of the inputs;
    each such input is a link to no node. `saved` are the inputs and outputs that a file has of a known class
    of a pack, whose version may be another one.
    """

    __slots__ = (
        "asset", "assets", "behind", "class_name", "id", "inputs", "label", "mode", "own_files",
        "placeholders", "saved", "sockets", "span", "spans", "stage", "stated", "title", "widgets",
    )  # fmt: skip

    def __init__(
        self,
        id: str,
        class_name: str,
        inputs: dict[str, Any],
        title: str = "",
        mode: str = "active",
        stage: str = "",
        span: Span | None = None,
        spans: dict[str, Span] | None = None,
        stated: Facts = NOTHING_KNOWN,
        asset: AssetFacts | None = None,
        own_files: dict[str, OwnFile] | None = None,
        label: str = "",
        behind: Mapping[str, Any] | None = None,
        sockets: Sockets | None = None,
        widgets: list[Any] | dict[str, Any] | None = None,
        placeholders: Mapping[str, str] | None = None,
        assets: Mapping[str, AssetFacts] | None = None,
        saved: Sockets | None = None,
    ) -> None:
        self.id = id
        self.class_name = class_name
        self.inputs = inputs
        self.title = title
        self.mode = mode
        self.stage = stage
        self.span = span
        self.spans: dict[str, Span] = {} if spans is None else spans
        self.stated = stated
        self.asset = asset
        self.own_files: dict[str, OwnFile] = {} if own_files is None else own_files
        self.label = label
        self.behind = behind
        self.sockets = sockets
        self.widgets = widgets
        self.placeholders: Mapping[str, str] = placeholders or {}
        self.assets: Mapping[str, AssetFacts] = assets or {}
        self.saved = saved

    def changed(self, **changes: Any) -> Node:
        """The same node, but for what is given."""
        return Node(**{name: getattr(self, name) for name in self.__slots__} | changes)

    def __repr__(self) -> str:
        return f"Node({self.id!r}, {self.class_name!r}, {self.inputs!r})"

    def links(self) -> list[tuple[str, Link]]:
        """The linked inputs, in their order."""
        return [(name, item) for name, item in self.inputs.items() if item.__class__ is Link]


class AssetFacts(NamedTuple):
    """What a declaration says of a model or LoRA file.

    `noise` is "high", "low" or "any"; `family` the name of the family, such as `i2v_14b`; `distilled`
    the number of steps a LoRA was distilled to; `boundary` the sigma where the family changes experts.
    `source` is where the file is published, as `owner/repository/path` on the Hugging Face Hub.
    `span` is the declaration. `instead_of` are the distilled LoRAs that it was put in the place of, where
    that has been reported.
    """

    kind: str
    name: str
    file: str = ""
    noise: str | None = None
    family: str | None = None
    distilled: int | None = None
    boundary: float | None = None
    span: Span | None = None
    instead_of: tuple[str, ...] = ()
    source: str = ""
    sha256: str = ""


class Graph:
    """Nodes by id, in the order in which they should run, and the catalogue that they are judged by.

    `name` is that of the pipeline or graph; `span` where it was declared; `targets` what its runs are
    held to. `drawn` says that it comes from ComfyUI's editor, where a node stays when one that it needs
    is muted or bypassed; in the language it goes too. `stored` are the values that the editor keeps, by the
    ids of the nodes; None where it does not come from there. `open_inputs` are inputs of nodes, by their ids
    and names, that a subgraph takes from outside, where nothing is linked; `given_out` the ids of nodes that
    a subgraph offers outside, whoever uses it, and `switched_off` those that a Set hands to a Get which is
    muted or bypassed. Do not change a graph that has
    been handed on: what is derived from it is kept.
    """

    def __init__(
        self,
        name: str,
        nodes: dict[str, Node],
        catalogue: Catalogue,
        span: Span | None = None,
        targets: tuple[Target, ...] = (),
        drawn: bool = False,
        stored: Mapping[str, Stored] | None = None,
        open_inputs: frozenset[tuple[str, str]] = frozenset(),
        given_out: frozenset[str] = frozenset(),
        switched_off: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self.nodes = nodes
        self.catalogue = catalogue
        self.span = span
        self.targets = targets
        self.drawn = drawn
        self.stored = stored
        self.open_inputs = open_inputs
        self.given_out = given_out
        self.switched_off = switched_off

    def with_nodes(self, nodes: dict[str, Node]) -> Graph:
        """The same graph with other nodes."""
        about = (self.catalogue, self.span, self.targets, self.drawn, self.stored)
        drawn = (self.open_inputs, self.given_out, self.switched_off)
        return Graph(self.name, nodes, *about, *drawn)

    def class_of(self, node: Node) -> NodeClass | None:
        """What the catalogue says of the node's class; None when it does not know it, or not this version."""
        return None if node.sockets is not None else self.catalogue.get(node.class_name)

    @cached_property
    def consumers(self) -> dict[str, list[tuple[str, str, int]]]:
        """For each node id, who takes its outputs: (node id, input, slot), in order of the graph."""
        found: dict[str, list[tuple[str, str, int]]] = {name: [] for name in self.nodes}
        for node in self.nodes.values():
            for name, link in node.links():
                if link.node in found:
                    found[link.node].append((node.id, name, link.slot))
        return found

    @cached_property
    def nx(self) -> networkx.MultiDiGraph[str]:
        """The same graph for networkx: node data under `node`, links as edges with `input` and `slot`."""

        return to_networkx(self)


class Draft(NamedTuple):
    """What could be built where something is wrong or not given: good for being judged, for nothing else.

    An input whose value is missing is a link to no node. `broken` are the ids of the nodes that lack an
    input because of a mistake. `wrong` tells that there is a mistake at all, and not only a parameter
    without a value; `lost` that whole nodes may be missing.
    """

    graph: Graph
    broken: frozenset[str]
    wrong: bool
    lost: bool


class CheckedGraph(NamedTuple):
    """A graph in which the rules found no error. Made by `rules.engine.judge` only.

    `graph` is without its bypassed and muted nodes. `whole` is as it was built, with them; None: the same.
    """

    graph: Graph
    whole: Graph | None = None


def to_networkx(graph: Graph) -> networkx.MultiDiGraph[str]:
    """Nodes by id with the node under `node`; links as edges with `input` and `slot`.

    Links that go to no node are left out.
    """
    import networkx  # ten times the start of an interpreter

    made: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=graph.name)
    for node in graph.nodes.values():
        made.add_node(node.id, node=node)
    for node in graph.nodes.values():
        for name, link in node.links():
            if link.node in graph.nodes:
                made.add_edge(link.node, node.id, input=name, slot=link.slot)
    return made
