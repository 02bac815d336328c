"""Which node of one graph is which of another, by what they are and what they are linked to.

First what has exactly the same before it or behind it, then what is linked alike to what is already matched,
then what has the same surroundings within a few links (the hashes of Weisfeiler and Lehman, 2011), then what
is nearest. Ids and titles only decide between nodes that are otherwise equal.
"""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import spelled_as_now
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.equality import inputs_of_meaning
from wan22dsl.graph.model import Link
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from wan22dsl.graph.model import Graph, Node

#: So many pairs of nodes are weighed against each other at most; of larger crowds each takes the next.
_MOST_PAIRS = 400

#: Of a node with more users only so many count.
_MOST_USERS = 20

#: What has to speak for a pair of nodes of one class that are linked to nothing that is matched.
_LEAST = 2.5

#: Of so few pairs of a class the nearest are found by weighing them all, without networkx.
_FEW_PAIRS = 16

#: How many links around a node are looked at, from many to few.
_RADII = (4, 2, 1)


class Matching(NamedTuple):
    """The pairs, from the first graph to the second, and what all nodes are, in short.

    Two nodes have one of `before` where they are the same down to their loaders, whichever graph they are in.
    """

    pairs: Mapping[str, str]
    before: tuple[Mapping[str, int], Mapping[str, int]]

    @property
    def back(self) -> dict[str, str]:
        """The pairs, from the second graph to the first."""
        return {other: id for id, other in self.pairs.items()}

    def equal(self, link: Link, other: Link) -> bool:
        """Whether a link of the first graph brings the same as one of the second, or comes from its pair."""
        if link.slot != other.slot:
            return False
        if self.pairs.get(link.node) == other.node:
            return True
        first = self.before[0].get(link.node)
        return first is not None and first == self.before[1].get(other.node)


def matching(graph: Graph, other: Graph) -> Matching:
    """Which node of a graph is which of another one; what has no match is in no pair."""
    numbers: dict[Hashable, int] = {}
    sides = _Side(graph, numbers), _Side(other, numbers)
    search = _Search(*sides)
    for key in (_exactly, _as_made, _as_used):
        search.where_alone(key)
    search.spread()
    for key in (_exactly, _as_made, _as_used):
        search.where_as_many(key)
    if search.is_crowded:
        for hashes in zip(*(side.surroundings() for side in sides)):
            search.where_alone_in(*hashes)
            search.spread()
    search.nearest()
    search.stand_ins()
    return Matching(search.pairs, (sides[0].made, sides[1].made))


class _Side:
    """A graph with what its nodes are: by themselves, with all before them, and with all behind them."""

    def __init__(self, graph: Graph, numbers: dict[Hashable, int]) -> None:
        self.graph = graph
        self.inputs = {id: _inputs(graph, node) for id, node in graph.nodes.items()}
        self.label: dict[str, int] = {}
        before: dict[str, list[tuple[str, int, str]]] = {}
        for id, node in graph.nodes.items():
            inputs = self.inputs[id]
            links = [(name, value) for name, value in inputs.items() if isinstance(value, Link)]
            values = sorted((n, repr(v)) for n, v in inputs.items() if not isinstance(v, Link))
            lost = sorted((n, v.slot) for n, v in links if v.node not in graph.nodes)
            key = (node.class_name, node.mode, *values, repr(node.widgets), *lost)
            self.label[id] = numbers.setdefault(key, len(numbers))
            before[id] = [(n, v.slot, v.node) for n, v in links if v.node in graph.nodes]
        behind: dict[str, list[tuple[str, int, str]]] = {id: [] for id in graph.nodes}
        for id, links_of_node in before.items():
            for name, slot, source in links_of_node:
                behind[source].append((name, slot, id))
        self.before, self.behind = before, behind
        self.made = _cones(self.label, before, behind, numbers)
        self.used = _cones(self.label, behind, before, numbers)
        self.sources = {
            id: {name: (slot, source) for name, slot, source in links}
            for id, links in before.items()
        }

    def surroundings(self) -> list[dict[str, str]]:
        """What is around each node within some links, from many to few; made only where it is needed."""
        import networkx

        made: networkx.Graph[str] = networkx.Graph()
        for id in self.graph.nodes:
            names = sorted(name for name, _, _ in self.before[id])
            made.add_node(id, label=f"{self.label[id]} {names}")
        for id, links in self.before.items():
            for name, slot, source in links:
                known = made.get_edge_data(source, id, {}).get("label", "")
                made.add_edge(source, id, label=f"{known} {name} {slot}")
        found = networkx.weisfeiler_lehman_subgraph_hashes(
            made, edge_attr="label", node_attr="label", iterations=max(_RADII)
        )
        return [{id: hashes[radius - 1] for id, hashes in found.items()} for radius in _RADII]


def _inputs(graph: Graph, node: Node) -> Mapping[str, Any]:
    inputs = inputs_of_meaning(graph, node)
    node_class = graph.class_of(node)
    return inputs if node_class is None else spelled_as_now(node_class, inputs)


def _cones(
    label: Mapping[str, int],
    before: Mapping[str, Sequence[tuple[str, int, str]]],
    behind: Mapping[str, Sequence[tuple[str, int, str]]],
    numbers: dict[Hashable, int],
) -> dict[str, int]:
    """A number for each node with all that is before it; none for what is in a circle or behind one."""
    waiting = {id: len(links) for id, links in before.items()}
    ready = [id for id, count in waiting.items() if not count]
    found: dict[str, int] = {}
    while ready:
        id = ready.pop()
        key = (label[id], *sorted((name, slot, found[item]) for name, slot, item in before[id]))
        found[id] = numbers.setdefault(key, len(numbers))
        for _, _, item in behind[id]:
            waiting[item] -= 1
            if not waiting[item]:
                ready.append(item)
    return found


def _exactly(side: _Side, id: str) -> Hashable:
    return (side.made[id], side.used[id]) if id in side.made and id in side.used else None


def _as_made(side: _Side, id: str) -> Hashable:
    return side.made.get(id)


def _as_used(side: _Side, id: str) -> Hashable:
    return side.used.get(id)


class _Search:
    """Pairs that are sure first; each makes its neighbours likely."""

    def __init__(self, first: _Side, second: _Side) -> None:
        self.first, self.second = first, second
        self.pairs: dict[str, str] = {}
        self._taken: set[str] = set()
        self._fresh: list[tuple[str, str]] = []

    @property
    def is_crowded(self) -> bool:
        """Whether both graphs have so many nodes of a class without a match that each is hard to tell."""
        counts = [
            Counter(side.graph.nodes[id].class_name for id in rest)
            for side, rest in zip((self.first, self.second), self._rest())
        ]
        return any(count * counts[1][kind] > _FEW_PAIRS for kind, count in counts[0].items())

    def _pair(self, id: str, other: str) -> None:
        self.pairs[id] = other
        self._taken.add(other)
        self._fresh.append((id, other))

    def _rest(self) -> tuple[list[str], list[str]]:
        return (
            [id for id in self.first.label if id not in self.pairs],
            [id for id in self.second.label if id not in self._taken],
        )

    def _by_key(
        self, key: Callable[[_Side, str], Hashable]
    ) -> Iterable[tuple[list[str], list[str]]]:
        """The nodes without a match that have one key, of both graphs."""
        mine, theirs = self._rest()
        other: dict[Hashable, list[str]] = {}
        for id in theirs:
            other.setdefault(key(self.second, id), []).append(id)
        found: dict[Hashable, list[str]] = {}
        for id in mine:
            value = key(self.first, id)
            if value is not None and value in other:
                found.setdefault(value, []).append(id)
        return [(ids, other[value]) for value, ids in found.items()]

    def where_alone(self, key: Callable[[_Side, str], Hashable]) -> None:
        """Matches what nothing else of its graph equals."""
        for ids, others in self._by_key(key):
            if len(ids) == len(others) == 1:
                self._pair(ids[0], others[0])

    def where_alone_in(self, first: Mapping[str, str], second: Mapping[str, str]) -> None:
        """As `where_alone`, by hashes."""
        self.where_alone(lambda side, id: (first if side is self.first else second)[id])

    def where_as_many(self, key: Callable[[_Side, str], Hashable]) -> None:
        """Matches what others equal as well: of a group what has the same title or id first."""
        for ids, others in self._by_key(key):
            self._group(ids, others, least=0)
            self.spread()

    def _group(self, ids: list[str], others: list[str], least: float) -> None:
        """Matches nodes with each other, the likeliest first, where at least so much speaks for it."""
        ids = [id for id in ids if id not in self.pairs]
        others = [id for id in others if id not in self._taken]
        if len(ids) * len(others) > _MOST_PAIRS:
            self._pair_in_order(self._likely(ids, others))
            return
        weighed = sorted(
            (-self._weight(id, other), at, to)
            for at, id in enumerate(ids)
            for to, other in enumerate(others)
        )
        self._pair_in_order((ids[at], others[to]) for weight, at, to in weighed if -weight >= least)

    def _pair_in_order(self, likely: Iterable[tuple[str, str]]) -> None:
        for id, other in likely:
            if id not in self.pairs and other not in self._taken:
                self._pair(id, other)

    def _weight(self, id: str, other: str) -> float:
        """How much speaks for a pair of nodes of one class."""
        first, second = self.first, self.second
        node, twin = first.graph.nodes[id], second.graph.nodes[other]
        weight = 8.0 if first.label[id] == second.label[other] else 0.0
        if node.title and node.title == twin.title:
            weight += 3
        if id == other:
            weight += 2
        weight += 3 * _shared(first.inputs[id], second.inputs[other])
        sources = second.sources[other]
        for name, (slot, source) in first.sources[id].items():
            to = sources.get(name)
            if to is not None and to[0] == slot and self.pairs.get(source) == to[1]:
                weight += 2
        for name, slot, user in first.behind[id][:_MOST_USERS]:
            to = second.sources.get(self.pairs.get(user, ""), {}).get(name)
            if to == (slot, other):
                weight += 2
        return weight

    def spread(self) -> None:
        """Matches what is linked alike to what is already matched, the likeliest first."""
        heap: list[tuple[float, int, str, str]] = []
        while self._fresh or heap:
            while self._fresh:
                for id, other in self._neighbours(*self._fresh.pop()):
                    heappush(heap, (-self._weight(id, other), len(heap), id, other))
            if heap:
                _, _, id, other = heappop(heap)
                if id not in self.pairs and other not in self._taken:
                    self._pair(id, other)

    def _neighbours(self, id: str, other: str) -> Iterable[tuple[str, str]]:
        """The nodes of one class that are linked to a pair alike and have no match."""
        first, second = self.first, self.second
        there = second.sources[other]
        for name, (slot, source) in first.sources[id].items():
            to = there.get(name)
            if to is not None and to[0] == slot and self._may(source, to[1]):
                yield source, to[1]
        users: dict[tuple[str, int, str], list[str]] = {}
        for name, slot, user in second.behind[other]:
            if user not in self._taken:
                key = (name, slot, second.graph.nodes[user].class_name)
                users.setdefault(key, []).append(user)
        mine: dict[tuple[str, int, str], list[str]] = {}
        for name, slot, user in first.behind[id] if users else ():
            key = (name, slot, first.graph.nodes[user].class_name)
            if user not in self.pairs and key in users:
                mine.setdefault(key, []).append(user)
        for key, ids in mine.items():
            yield from self._likely(ids, users[key])

    def _likely(self, ids: list[str], others: list[str]) -> Iterable[tuple[str, str]]:
        """The pairs to weigh; of a large crowd those with one id, then those of equal nodes, in order."""
        if len(ids) * len(others) <= _MOST_PAIRS:
            return [(id, other) for id in ids for other in others]
        left = {*others}
        found = [(id, id) for id in ids if id in left]
        done = {id for id, _ in found}
        by_label: dict[int, list[str]] = {}
        for other in reversed([id for id in others if id not in done]):
            by_label.setdefault(self.second.label[other], []).append(other)
        for id in ids:
            same = by_label.get(self.first.label[id])
            if same and id not in done:
                found.append((id, same.pop()))
        return found

    def _may(self, id: str, other: str) -> bool:
        return (
            id not in self.pairs
            and other not in self._taken
            and self.first.graph.nodes[id].class_name == self.second.graph.nodes[other].class_name
        )

    def nearest(self) -> None:
        """Matches what is left of a class where something speaks for it: a title, values, its number."""
        for key in (_by_title, _by_class):
            for ids, others in self._by_key(key):
                is_alone = len(ids) == len(others) == 1 and not _is_value(self.first, ids[0])
                self._group(ids, others, least=0 if is_alone else _LEAST)
                self.spread()

    def stand_ins(self) -> None:
        """Matches what is left with what has its place and its role now, though it is of another class."""
        for id in [id for id in self.first.label if id not in self.pairs]:
            role = record_of(self.first.graph.nodes[id].class_name).role
            for name, slot, user in self.first.behind[id] if role else ():
                to = self.second.sources.get(self.pairs.get(user, ""), {}).get(name)
                if to is None or to[0] != slot or to[1] in self._taken:
                    continue
                if record_of(self.second.graph.nodes[to[1]].class_name).role == role:
                    self._pair(id, to[1])
                    break


def _by_title(side: _Side, id: str) -> Hashable:
    node = side.graph.nodes[id]
    return (node.class_name, node.title) if node.title else None


def _by_class(side: _Side, id: str) -> Hashable:
    return side.graph.nodes[id].class_name


def _is_value(side: _Side, id: str) -> bool:
    """Whether a node gives a number or a text, of which one is as good as another."""
    return record_of(side.graph.nodes[id].class_name).role == "value"


def _shared(inputs: Mapping[str, Any], others: Mapping[str, Any]) -> float:
    """The share of equal values, of those that two nodes have."""
    values = [
        (value, others.get(name))
        for name, value in inputs.items()
        if not isinstance(value, Link) and not isinstance(others.get(name), Link)
    ]
    return sum(value == other for value, other in values) / len(values) if values else 0.0
