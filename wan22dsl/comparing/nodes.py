"""What differs between two graphs node by node: values, links, and what is in only one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import spelled_as_now
from wan22dsl.graph.equality import inputs_of_meaning, plain
from wan22dsl.graph.model import Link
from wan22dsl.importing.spellings import json_value
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.matching import Matching
    from wan22dsl.graph.model import Graph, Node

#: So many values without names are shown together.
_MOST_TOGETHER = 60

#: What an input has that is not there.
ABSENT = object()


class Change(NamedTuple):
    """One difference of a node. `before` and `after` are its ids, empty where it is not there.

    `input` is the input, or a key in it as `name.key`; empty where the node itself is what differs. `old` and
    `new` are its values or links there; ABSENT where it has none.
    """

    before: str
    after: str
    input: str = ""
    old: Any = ABSENT
    new: Any = ABSENT

    @property
    def is_of_values(self) -> bool:
        """Whether no link is in it."""
        return (
            bool(self.input) and not isinstance(self.old, Link) and not isinstance(self.new, Link)
        )


class Changes(NamedTuple):
    """All differences, and for nodes that were put into a link or taken out of it what it is between.

    `added` and `removed` give by id the link that the chain begins with, and the node that it ends at.
    """

    found: list[Change]
    removed: dict[str, tuple[Link, str]]
    added: dict[str, tuple[Link, str]]


def changes(first: Graph, second: Graph, match: Matching) -> Changes:
    """What differs between matched nodes, by the order of the second graph, then what has no match."""
    found: list[Change] = []
    back = match.back
    chains = _Chains(first, second, match, back)
    for id, node in second.nodes.items():
        if id in back:
            found += _of_pair(first.nodes[back[id]], node, chains)
    found += [Change("", id) for id in second.nodes if id not in back]
    found += [Change(id, "") for id in first.nodes if id not in match.pairs]
    return Changes(found, chains.removed, chains.added)


def _of_pair(node: Node, other: Node, chains: _Chains) -> Iterator[Change]:
    if node.class_name != other.class_name:
        yield Change(node.id, other.id, "class", node.class_name, other.class_name)
    before, after = _inputs(chains.first, node), _inputs(chains.second, other)
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name, ABSENT), after.get(name, ABSENT)
        if isinstance(old, Link) and isinstance(new, Link):
            if not chains.equal(old, new, node.id, other.id):
                yield Change(node.id, other.id, name, old, new)
        elif isinstance(old, Link) or isinstance(new, Link) or not _same(old, new):
            yield Change(node.id, other.id, name, old, new)
    if isinstance(node.widgets, list) or isinstance(other.widgets, list):
        yield from _of_unnamed(node, other)


def _of_unnamed(node: Node, other: Node) -> Iterator[Change]:
    """Values that nobody can name: together where they are few, else each by its number."""
    lists = [each.widgets if isinstance(each.widgets, list) else [] for each in (node, other)]
    if plain(lists[0]) == plain(lists[1]):
        return
    if all(len(json_value(values)) <= _MOST_TOGETHER for values in lists):
        yield Change(node.id, other.id, "widgets", *lists)
        return
    for number in range(max(map(len, lists))):
        old, new = (values[number] if number < len(values) else ABSENT for values in lists)
        if not _same(old, new):
            yield Change(node.id, other.id, f"value {number + 1}", old, new)


def _same(old: Any, new: Any) -> bool:
    if old is ABSENT or new is ABSENT:
        return old is new
    return repr(plain(old)) == repr(plain(new))


def _inputs(graph: Graph, node: Node) -> dict[str, Any]:
    """The inputs as they are compared, with a key for each value of an object."""
    inputs = inputs_of_meaning(graph, node)
    node_class = graph.class_of(node)
    if node_class is not None:
        inputs = dict(spelled_as_now(node_class, inputs))
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        if isinstance(value, dict) and value:
            found.update((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            found[name] = value
    return found


class _Chains:
    """Tells links that differ only by nodes that were put into them or taken out of them."""

    def __init__(self, first: Graph, second: Graph, match: Matching, back: dict[str, str]) -> None:
        self.first, self.second = first, second
        self._match, self._back = match, back
        self.removed: dict[str, tuple[Link, str]] = {}
        self.added: dict[str, tuple[Link, str]] = {}

    def equal(self, old: Link, new: Link, node: str, other: str) -> bool:
        """Whether both links bring the same, but for what is in between in one of the graphs."""
        if self._match.equal(old, new):
            return True
        goals = _above(self.second, new, self._back)
        for link, path in _above(self.first, old, self._match.pairs).items():
            for goal, way in goals.items():
                if (path or way) and self._match.equal(link, goal):
                    self.removed.update((id, (link, node)) for id in path)
                    self.added.update((id, (goal, other)) for id in way)
                    return True
        return False


#: A way through more nodes than this is no chain.
_LONGEST = 200


def _above(graph: Graph, link: Link, matched: Any) -> dict[Link, tuple[str, ...]]:
    """The links that a link may stand for, each with the nodes without a match that are in between."""
    found: dict[Link, tuple[str, ...]] = {link: ()}
    waiting = [link]
    while waiting and len(found) < _LONGEST:
        at = waiting.pop()
        if at.node in matched or at.node not in graph.nodes:
            continue
        path = (*found[at], at.node)
        for _, above in graph.nodes[at.node].links():
            if above not in found:
                found[above] = path
                waiting.append(above)
    return found
