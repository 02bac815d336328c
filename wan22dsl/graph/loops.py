"""Loops of ComfyUI: which start belongs to which end, and what runs between them.

The rules are ComfyUI's own (0.36, comfy_execution/validation.py: validate_loops): the innermost end is paired
first, with the closest start before it; what hangs on a start leads to its end, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.comfyui.nodes import loops as records
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import reading_of
from wan22dsl.graph.model import Link
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node

#: What can be wrong, by ComfyUI's own names.
Fault = Literal[
    "loop_end_without_start",
    "loop_start_without_end",
    "ambiguous_loop_nesting",
    "loop_escape",
    "loop_accumulate_from_body",
]


class Loop(NamedTuple):
    """A start and its end, by their ids, and the nodes between them, those of inner loops too."""

    start: str
    end: str
    body: frozenset[str]


class BadLoop(NamedTuple):
    """What is wrong with a loop: the node that it is told of, and the others that take part in it."""

    fault: Fault
    node: str
    others: tuple[str, ...] = ()


class Loops(NamedTuple):
    """The loops of a graph, inner ones first; `bad` is the first one that ComfyUI refuses."""

    found: tuple[Loop, ...] = ()
    bad: BadLoop | None = None

    def around(self, node: str) -> tuple[Loop, ...]:
        """The loops that a node is in, the innermost first."""
        return tuple(loop for loop in self.found if node in loop.body)


def loops_of(graph: Graph) -> Loops:
    """The loops of a graph, among the nodes that its outputs need."""
    kinds = {id: record_of(node.class_name).loop for id, node in graph.nodes.items()}
    if not any(kinds.values()):
        return Loops()
    links = {
        id: {link.node for _, link in node.links() if link.node in graph.nodes}
        for id, node in graph.nodes.items()
    }
    outputs = [id for id, node in graph.nodes.items() if _is_output(graph, node)]
    needed = _walk(outputs, links, ())
    return _Pairing(graph, kinds, {id: links[id] for id in graph.nodes if id in needed}).run()


def _is_output(graph: Graph, node: Node) -> bool:
    node_class = graph.class_of(node)
    return node_class is not None and node_class.is_output


def times_by_node(graph: Graph, facts: FactTable) -> dict[str, int | None]:
    """How often each node in a loop runs; None where that is known only when it runs."""
    found: dict[str, int | None] = {}
    for loop in all_loops(graph):
        own = times_of(graph, loop, facts)
        for id in loop.body:
            inner = found.get(id, 1)
            found[id] = None if own is None or inner is None else own * inner
    return found


def all_loops(graph: Graph) -> tuple[Loop, ...]:
    """The loops of ComfyUI, inner ones first, and those of packs."""
    return (*loops_of(graph).found, *_loops_of_packs(graph))


def times_of(graph: Graph, loop: Loop, facts: FactTable) -> int | None:
    """How often a loop runs, each time that those around it do."""
    start = graph.nodes[loop.start]
    times = record_of(start.class_name).repeats or records.times
    return times(reading_of(start, 0, graph.class_of(start), facts.of))


def _loops_of_packs(graph: Graph) -> Iterator[Loop]:
    """The loops of nodes of packs, which make the nodes between them anew when they run.

    The end is linked to its start, and takes what the nodes between them make. What only the start leads to
    runs once.
    """
    names = {id: record_of(node.class_name).repeats_from for id, node in graph.nodes.items()}
    if not any(names.values()):
        return
    sources = {
        id: {link.node for _, link in node.links() if link.node in graph.nodes}
        for id, node in graph.nodes.items()
    }
    users: dict[str, set[str]] = {id: set() for id in sources}
    for id, above in sources.items():
        for source in above:
            users[source].add(id)
    for id, name in names.items():
        link = graph.nodes[id].inputs.get(name) if name else None
        start = graph.nodes.get(link.node) if isinstance(link, Link) else None
        if start is not None and record_of(start.class_name).repeats is not None:
            behind = _walk(users[start.id], users, (id,))
            before = _walk(sources[id], sources, (start.id,))
            yield Loop(start.id, id, frozenset(behind & before - {id, start.id}))


class _Pairing:
    def __init__(
        self, graph: Graph, kinds: Mapping[str, str], parents: Mapping[str, set[str]]
    ) -> None:
        self._graph, self._parents = graph, parents
        self._children: dict[str, set[str]] = {id: set() for id in parents}
        for id, sources in parents.items():
            for source in sources:
                self._children[source].add(id)
        self._starts = {id for id in parents if kinds[id] == "start"}
        self._ends = {id for id in parents if kinds[id] == "end"}

    def run(self) -> Loops:
        """Pairs the ends with the starts, the innermost first."""
        found: list[Loop] = []
        starts, ends = set(self._starts), set(self._ends)
        while ends:
            end = min(id for id in ends if not (self._above(id) - {id}) & ends)
            made = self._loop(end, starts, ends - {end})
            if isinstance(made, BadLoop):
                return Loops(tuple(found), made)
            found.append(made)
            starts.remove(made.start)
            ends.remove(end)
        if starts:
            first, *others = sorted(starts)
            return Loops(tuple(found), BadLoop("loop_start_without_end", first, tuple(others)))
        return Loops(tuple(found))

    def _loop(self, end: str, starts: set[str], ends: set[str]) -> Loop | BadLoop:
        before = _walk(self._parents[end], self._parents, starts) & starts
        if not before:
            return BadLoop("loop_end_without_start", end)
        closest = [id for id in before if before - {id} <= self._above(id)]
        if len(closest) != 1:
            return BadLoop("ambiguous_loop_nesting", end, tuple(sorted(before)))
        (start,) = closest
        reached = _walk(self._children[start], self._children, ends | {end})
        outside = {id for id in reached if id in ends or not self._children[id]} - {end}
        if outside:
            return BadLoop("loop_escape", start, (end, *sorted(outside)))
        body = frozenset(reached - {end})
        decided = self._graph.nodes[end].inputs.get("accumulate")
        if isinstance(decided, Link) and decided.node in body | {start}:
            return BadLoop("loop_accumulate_from_body", end, (start, decided.node))
        return Loop(start, end, body)

    def _above(self, id: str) -> set[str]:
        """All that a node needs."""
        return _walk(self._parents[id], self._parents, ())


def _walk(first: Iterable[str], edges: Mapping[str, set[str]], stops: Collection[str]) -> set[str]:
    """What is reached over edges; behind `stops` nothing is."""
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            if id not in stops:
                waiting.extend(edges[id])
    return found
