"""Bypassed and muted nodes: the graph that is left when they have been taken out.

As ComfyUI's editor does it when it makes prompt JSON: a bypassed node is rewired, each of its outputs to
an input of that type; a muted one is left out. Where nothing is left behind an input, the value of its
widget counts, if it has one, or else the input goes. In the language a node goes too when an input that
its class is known to need has gone, with all that needs it; in the editor it stays.

Source: Comfy-Org/ComfyUI_frontend, ExecutableNodeDTO and graphToPrompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.graph.model import Graph, Link, Node
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.comfyui.catalogue.schema import NodeClass


#: No further is the type of a link looked for.
_MOST_STEPS = 50


def active(graph: Graph) -> Graph:
    """The graph without its bypassed and muted nodes; the same one where there are none."""
    if all(node.mode == "active" for node in graph.nodes.values()):
        return graph
    sources = Sources(graph)
    gone = set() if graph.drawn else _left_out(graph, sources)
    nodes = {
        node.id: _rewired(node, sources, gone)
        for node in graph.nodes.values()
        if node.mode == "active" and node.id not in gone
    }
    return graph.with_nodes(nodes)


def through(slot: int, wanted: str, inputs: Sequence[str], output: str) -> int | None:
    """Which input of a bypassed node an output is rewired to, by their types; None where there is none.

    `wanted` is the type of the input that takes the output. The input with the number of the output
    comes first, then the first one of exactly that type, then the first that fits.
    """
    if wanted in {"*", ""}:
        return (slot if slot < len(inputs) else 0) if inputs else None
    fitting = [joins(input_, output) and joins(input_, wanted) for input_ in inputs]
    if slot < len(inputs) and fitting[slot]:
        return slot
    if wanted in inputs:
        return inputs.index(wanted)
    return fitting.index(True) if True in fitting else None


def joins(text: str, other: str) -> bool:
    """Whether the editor lets two types be linked; the case of letters does not count there."""
    if text == other or text in {"*", ""} or other in {"*", ""}:
        return True
    given = {part.strip().lower() for part in text.split(",")}
    return not given.isdisjoint(part.strip().lower() for part in other.split(","))


class _Need(NamedTuple):
    """A link, and the type of the input that it goes to."""

    link: Link
    wanted: str


class Sources:
    """Where links really come from: through bypassed nodes to the first active one."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._found: dict[_Need, Link | None] = {}
        self._types: dict[str, dict[str, str]] = {}

    def of(self, node: Node, name: str, link: Link) -> Link | None:
        """The first active output behind the link of an input, or a link to no node, as it is.

        None when there is nothing: a muted node, or a bypassed one without an input of that type.
        """
        first = self._graph.nodes.get(link.node)
        if first is None or first.mode == "active":
            return link
        return self._follow(_Need(link, self._wanted(node, name)))

    def behind(self, link: Link) -> Link | None:
        """What an output stands for, by its own type: itself, if its node is active."""
        return self._follow(_Need(link, ""))

    def _follow(self, need: _Need) -> Link | None:
        path: list[_Need] = []
        current: _Need | None = need
        while current is not None and current not in self._found:
            self._found[current] = None  # what comes round to itself comes from nothing
            path.append(current)
            node = self._graph.nodes.get(current.link.node)
            if node is None or node.mode == "active":
                self._found[current] = current.link
                break
            current = self._before(node, current) if node.mode == "bypass" else None
        end = None if current is None else self._found[current]
        self._found.update(dict.fromkeys(path, end))
        return end

    def _before(self, node: Node, need: _Need) -> _Need | None:
        """What a bypassed node hands on."""
        types, slot = self._types_of(node), need.link.slot
        output = self._output(node, slot)
        if output is None or not types:
            return self._before_unknown(node, need)
        wanted = need.wanted or output
        number = through(slot, wanted, list(types.values()), output)
        value = None if number is None else node.inputs.get(list(types)[number])
        if number is None or not isinstance(value, Link):
            return None
        return _Need(value, list(types.values())[number])

    def _before_unknown(self, node: Node, need: _Need) -> _Need | None:
        """What a bypassed node of a class of which nothing is known hands on.

        Its only link, or the first that brings what is wanted. Of several of which that is not known it is
        none: any could be it.
        """
        links = [link for _, link in node.links()]
        if len(links) > 1:
            kinds = [self._type_behind(link) for link in links]
            fitting = [link for link, kind in zip(links, kinds) if kind == need.wanted != ""]
            unknown = [link for link, kind in zip(links, kinds) if kind == "" or need.wanted == ""]
            links = fitting or (unknown if len(unknown) == 1 else [])
        return need._replace(link=links[0]) if links else None

    def _type_behind(self, link: Link) -> str | None:
        """The type that a link brings; empty where it is not known, None where it brings nothing.

        It is looked for through bypassed nodes as far as these have one link.
        """
        for _ in range(_MOST_STEPS):
            node = self._graph.nodes.get(link.node)
            if node is None or node.mode == "mute":
                return None
            output = self._output(node, link.slot)
            if node.mode == "active" or output is not None:
                return output or ""
            links = [each for _, each in node.links()]
            if len(links) != 1:
                return "" if links else None
            link = links[0]
        return ""

    def _wanted(self, node: Node, name: str) -> str:
        """The type of an input; empty where it takes the type of what is linked to it."""
        return self._types_of(node).get(name, "")

    def _types_of(self, node: Node) -> dict[str, str]:
        """The inputs of a node and their types, sockets before widgets, as the editor has them."""
        if node.id not in self._types:
            self._types[node.id] = self._read_types(node)
        return self._types[node.id]

    def _read_types(self, node: Node) -> dict[str, str]:
        node_class = self._graph.class_of(node)
        if node_class is None:
            return {} if node.sockets is None else dict(node.sockets.inputs)
        inputs = inputs_of(node_class, node.inputs)
        ordered = sorted(inputs.items(), key=lambda value: not value[1].is_socket)
        return {name: "" if input_.template else input_.type for name, input_ in ordered}

    def _output(self, node: Node, slot: int) -> str | None:
        node_class = self._graph.class_of(node)
        if node_class is not None:
            outputs = [output.type for output in node_class.outputs]
        else:
            outputs = [] if node.sockets is None else list(node.sockets.outputs)
        return outputs[slot] if 0 <= slot < len(outputs) else None


def causes(graph: Graph, kept: Graph) -> dict[str, Node]:
    """For each active node that is not among those `kept`, a muted or bypassed one that it needs."""
    found: dict[str, Node] = {}
    waiting = [(node, node) for node in graph.nodes.values() if node.mode != "active"]
    for node, cause in waiting:  # it grows
        for id, _, _ in graph.consumers[node.id]:
            user = graph.nodes[id]
            if user.mode == "active" and id not in kept.nodes and id not in found:
                found[id] = cause
                waiting.append((user, cause))
    return found


def _left_out(graph: Graph, sources: Sources) -> set[str]:
    """The active nodes that go because what they need is gone."""
    users: dict[str, list[Node]] = {}
    waiting = [node for node in graph.nodes.values() if node.mode == "active"]
    for node in waiting:
        for name, link in node.links():
            real = sources.of(node, name, link)
            if real is not None:
                users.setdefault(real.node, []).append(node)
    gone: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node.id not in gone and _misses_something(graph, node, sources, gone):
            gone.add(node.id)
            waiting.extend(users.get(node.id, ()))
    return gone


def _misses_something(graph: Graph, node: Node, sources: Sources, gone: set[str]) -> bool:
    """Whether an input that the node cannot do without has nothing behind it any more."""
    needed: set[str] | None = None
    for name, link in node.links():
        real = sources.of(node, name, link)
        if real is not None and real.node not in gone:
            continue
        if needed is None:
            node_class = graph.class_of(node) or graph.catalogue.get(node.class_name)
            needed = _needed(node_class, node)
        if name in needed:
            return True
    return False


def _needed(node_class: NodeClass | None, node: Node) -> set[str]:
    """The inputs that a class needs. Of an unknown one nothing is known: it stays, as in the editor."""
    if node_class is None:
        return set()
    return {input_.name for input_ in node_class.inputs if input_.required}


def _rewired(node: Node, sources: Sources, gone: set[str]) -> Node:
    inputs = {}
    for name, value in node.inputs.items():
        if isinstance(value, Link):
            real = sources.of(node, name, value)
            if real is None or real.node in gone:
                if node.behind is not None and name in node.behind:
                    inputs[name] = node.behind[name]
                continue
            value = real
        inputs[name] = value
    return node if inputs == node.inputs else node.changed(inputs=inputs)
