"""What is known of a graph without running, put in: values for links, and links past what only hands on.

Each value keeps where it came from, so that the text can name it where it is.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import switched
from wan22dsl.importing.spellings import of_title
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.catalogue.schema import Input
    from wan22dsl.graph.model import Graph, Node


#: What an input takes of a value, by the socket type.
_TAKES: dict[str, tuple[type, ...]] = {
    "INT": (int,),
    "FLOAT": (int, float),
    "STRING": (str,),
    "BOOLEAN": (bool,),
    "COMBO": (str,),
}

#: Longer ways through switches are given up.
_LONGEST = 200

#: Comments are wrapped at it.
WIDTH = 96

#: So many nodes are named as the origin of a value; of more, how many more there are.
_MOST_NAMED = 3


class Origin(NamedTuple):
    """An input whose value was computed: the value, and the nodes that it came from, nearest first.

    `ways` are the ids of these and of all between them.
    """

    value: Any
    nodes: tuple[Node, ...]
    ways: frozenset[str]

    @property
    def named(self) -> tuple[Node, ...]:
        """The nodes that are named in a comment."""
        return self.nodes if len(self.nodes) <= _MOST_NAMED + 1 else self.nodes[:_MOST_NAMED]

    @property
    def labels(self) -> list[str]:
        """The nodes as they are named."""
        rest = len(self.nodes) - len(self.named)
        return [*map(label, self.named), *([f"{rest} more nodes"] if rest else [])]


#: The computed inputs, by the id of their node and their name.
Origins = dict[tuple[str, str], Origin]


class Computed(NamedTuple):
    """A graph with what is known put in, and where that came from."""

    graph: Graph
    origins: Origins


def computed(graph: Graph) -> Computed:
    """The graph with known values in the place of links, and links past what hands on what it gets.

    Nodes that are muted or bypassed stay as they are. What acts on what it hands on, such as one that frees
    memory, stays where it is.
    """
    facts = FactTable(graph)
    origins: Origins = {}
    nodes = {id: _put_in(graph, node, facts, origins) for id, node in graph.nodes.items()}
    return Computed(graph.with_nodes(nodes), origins)


def label(node: Node) -> str:
    """A node as it is named in a comment: by its class, and its title or id."""
    telling = of_title(node.title or "", node.class_name)
    shown = one_line(node.title) if telling else ""
    return one_line(f'{node.class_name} "{shown}"' if shown else f"{node.class_name} #{node.id}")


def one_line(text: str) -> str:
    """A text as it can be in a comment."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def _put_in(graph: Graph, node: Node, facts: FactTable, origins: Origins) -> Node:
    if node.mode != "active":
        return node
    node_class = graph.class_of(node)
    known = inputs_of(node_class, node.inputs) if node_class is not None else {}
    inputs = dict(node.inputs)
    for name, link in node.links():
        inputs[name] = found = _known(graph, link, known.get(name), facts)
        if not isinstance(found, Link):
            origins[node.id, name] = _origin(graph, link, facts, found)
    return node.changed(inputs=inputs)


def _known(graph: Graph, link: Link, input_: Input | None, facts: FactTable) -> Any:
    value = facts.of(link).value
    if input_ is not None and value is not None and not input_.is_socket:
        takes = [kind for part in input_.type.split(",") for kind in _TAKES.get(part, ())]
        if type(value) in takes:
            return value
    return past(graph, link, facts)


def past(graph: Graph, link: Link, facts: FactTable) -> Link:
    """Where a link comes from, past the nodes that only hand on what they get."""
    for _ in range(_LONGEST):
        node = graph.nodes.get(link.node)
        if node is None or node.mode != "active" or record_of(node.class_name).acts:
            break
        real = switched(graph, link, facts)
        if real is None:
            break
        link = real
    return link


def _origin(graph: Graph, link: Link, facts: FactTable, value: Any) -> Origin:
    """The node that gives a value, and those at which what it is made of begins."""
    first = graph.nodes.get(past(graph, link, facts).node)
    if first is None:
        return Origin(value, (), frozenset())
    waiting, seen, starts = [first], {first.id}, []
    while waiting:
        links = [past(graph, source, facts) for _, source in waiting.pop(0).links()]
        for node in [graph.nodes[source.node] for source in links if source.node in graph.nodes]:
            if node.id in seen:
                continue
            seen.add(node.id)
            waiting.append(node)
            if not node.links() and record_of(node.class_name).role != "loader":
                starts.append(node)
    return Origin(value, (first, *starts), frozenset(seen))


#: The setting of a pass or pipeline that an input decides, where it has another name.
_SETTINGS = {
    **dict.fromkeys(("width", "height"), "size"),
    **dict.fromkeys(("num_frames", "frames", "video_frames"), "length"),
    **dict.fromkeys(("start_at_step", "end_at_step", "end_step", "start_step"), "steps"),
    **dict.fromkeys(("sampler_name", "scheduler"), "sampler"),
    **dict.fromkeys(("frame_rate",), "fps"),
    **dict.fromkeys(("noise_seed",), "seed"),
    **dict.fromkeys(("batch_size",), "batch"),
    **dict.fromkeys(("lora_name", "strength_model"), "loras"),
    **dict.fromkeys(("unet_name",), "model"),
}


class Remarks:
    """Where the computed values of a text come from: each is named once, where it is."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._open = dict.fromkeys(origins)

    def of_setting(self, name: str, values: Iterable[Any], nodes: Iterable[str]) -> str:
        """The comment behind a setting with these values, which these nodes take; empty for none."""
        among, known = set(nodes), list(values)
        found = [
            key
            for key, origin in self._origins.items()
            if (key[0] in among or isinstance(origin.value, str))
            and any(type(value) is type(origin.value) and value == origin.value for value in known)
            and (_SETTINGS.get(key[1], key[1]) == name or isinstance(origin.value, str))
        ]
        self._take(found)
        shown = [part for key in found for part in self._origins[key].labels]
        return f" # from {', '.join(dict.fromkeys(shown))}" if found else ""

    def of_nodes(self, nodes: Iterable[str]) -> list[str]:
        """What to say of a statement that makes these nodes: where its values come from."""
        among = set(nodes)
        found = [key for key in self._open if key[0] in among]
        self._take(found)
        shown: dict[str, dict[str, None]] = {}
        for key in found:
            name = _SETTINGS.get(key[1], one_line(key[1]))
            shown.setdefault(name, {}).update(dict.fromkeys(self._origins[key].labels))
        names: dict[tuple[str, ...], list[str]] = {}
        for name, labels in shown.items():
            names.setdefault(tuple(labels), []).append(name)
        return [f"{', '.join(same)} from {', '.join(labels)}" for labels, same in names.items()]

    def rest(self, graph: Graph) -> list[str]:
        """A line for each computed value that was not named yet."""
        lines = [
            f"Computed: {one_line(name)} of {label(graph.nodes[id])} from "
            + ", ".join(self._origins[id, name].labels)
            for id, name in self._open
        ]
        return ["", *lines] if lines else []

    def _take(self, keys: Iterable[tuple[str, str]]) -> None:
        for key in keys:
            self._open.pop(key, None)


#: A longer comment is above a statement, and not behind it.
_LONGEST_BEHIND = 60


class Statement(NamedTuple):
    """A statement of a text, what a comment says of it, and the `id` of the node that it is of."""

    text: str
    remarks: list[str]
    id: str = ""

    @property
    def shown(self) -> str:
        """The statement with its comment: behind it where that is short, else above it."""
        behind = "; ".join(self.remarks)
        if not behind:
            return self.text
        if len(behind) <= _LONGEST_BEHIND:
            return f"{self.text} # {behind}"
        lines = [
            f"# {line}"
            for remark in self.remarks
            for line in textwrap.wrap(remark, WIDTH, break_long_words=False)
        ]
        return "\n".join([*lines, self.text])

    def behind(self, start: str) -> Statement:
        """The statement with something in front of it."""
        return self._replace(text=start + self.text)
