"""What nodes and values are called in a list of differences."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.comparing.nodes import ABSENT
from wan22dsl.graph.model import Link
from wan22dsl.importing.spellings import json_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comparing.nodes import Change
    from wan22dsl.comparing.passes import Told
    from wan22dsl.comparing.steps import Step
    from wan22dsl.graph.matching import Matching
    from wan22dsl.graph.model import Graph

#: Longer values are cut, each to so many characters around what differs.
_LONGEST, _AROUND = 160, 40

#: So many nodes of a group are named, and beside a pass.
_MOST_OF_GROUP, _MOST_BESIDE = 8, 3


def shortened(before: str, after: str) -> tuple[str, str]:
    """Two values; of long ones only what differs, with a little around it."""
    if len(before) <= _LONGEST and len(after) <= _LONGEST:
        return before, after
    most = min(len(before), len(after))
    start = next((at for at in range(most) if before[at] != after[at]), most)
    rest = most - start
    end = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    return _part(before, start, end), _part(after, start, end)


def _part(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _AROUND), min(len(text), len(text) - end + _AROUND)
    found = text[first:last]
    if len(found) > _LONGEST:
        half = _LONGEST // 2
        found = f"{found[:half]} … {found[-half:]}"
    return ("…" if first else "") + found + ("…" if last < len(text) else "")


def cut(text: str) -> str:
    """A value on its own; a long one without its end."""
    return text if len(text) <= _AROUND * 2 else text[: _AROUND * 2] + "…"


class Words:
    """The names of nodes: as their owner titles them, with their number; of a text by their call."""

    def __init__(self, first: Graph, second: Graph, match: Matching) -> None:
        self._first, self._second = first, second
        self._match = match
        self._back = match.back
        self._calls: dict[tuple[int, str], str] = {}

    def steps(self, graph: Graph, passes: list[Told]) -> list[Step]:
        """The calls beside the passes; the nodes of a text are named by them from here on."""
        from wan22dsl.comparing.steps import steps

        named = {pass_.id: pass_.name for pass_ in passes}
        owned = {node for pass_ in passes for node in pass_.nodes}
        found = steps(graph, self._vocabulary, named, owned)
        counts = Counter(step.name for step in found)
        for step in found:
            if counts[step.name] == 1:
                self._calls.update(((id(graph), node), step.name) for node in step.nodes)
        return found

    @cached_property
    def _made(self) -> tuple[set[int], set[int]]:
        first, second = self._match.before
        return set(first.values()), set(second.values())

    @cached_property
    def _vocabulary(self) -> Any:
        from wan22dsl.importing.vocabulary import Vocabulary

        graphs = (self._first, self._second)
        return Vocabulary(
            (), {node.class_name for graph in graphs for node in graph.nodes.values()}
        )

    def name(self, graph: Graph, id_: str) -> str:
        """A node by its label, the call that it belongs to, or its name and class."""
        node = graph.nodes[id_]
        call = self._calls.get((id(graph), id_))
        return (
            node.label or call or (id_ if node.class_name == id_ else f"{id_} ({node.class_name})")
        )

    def of_pair(self, before: str, after: str) -> str:
        """A node that both graphs have, as the second one calls it."""
        return self.name(self._second, after) if after else self.name(self._first, before)

    def values(self, change: Change) -> tuple[str, str]:
        """What an input has before and after; where it is not there, its default."""
        return (
            self._value(self._first, change.before, change.input, change.old),
            self._value(self._second, change.after, change.input, change.new),
        )

    def _value(self, graph: Graph, id_: str, name: str, value: Any) -> str:
        if value is ABSENT:
            node = graph.nodes[id_]
            node_class = graph.class_of(node)
            known = {} if node_class is None else inputs_of(node_class, node.inputs)
            value = default_of(known[name]) if name in known else None
            return "" if value is None else json_value(value)
        return self._link(graph, value) if isinstance(value, Link) else json_value(value)

    def _link(self, graph: Graph, link: Link) -> str:
        if link.node not in graph.nodes:
            return f"<#{link.node}>"
        node = graph.nodes[link.node]
        node_class = graph.class_of(node)
        outputs = [] if node_class is None else node_class.outputs
        of = f"[{link.slot}]" if link.slot else ""
        if len(outputs) > 1:
            of = f".{outputs[link.slot].name}" if 0 <= link.slot < len(outputs) else of
        return f"<{self.name(graph, link.node)}{of}>"

    def beside(self, found: Iterable[Change], own: set[str]) -> str:
        """Behind the name of a pass: the nodes that hold what differs, as far as that is not clear.

        It is of nodes that are the `own` ones of an expert's pass and have no title.
        """
        nodes = [self._second.nodes[change.after] for change in found if change.after]
        labels = [node.label for node in nodes if node.id not in own or '"' in node.label]
        named = [*dict.fromkeys(label for label in labels if label)]
        return f", in {', '.join(named)}" if 0 < len(named) <= _MOST_BESIDE else ""

    def alone(self, kind: str, id_: str, chain: tuple[Link, str] | None) -> str:
        """What is to be said of a node that only one graph has: its values, and what it is linked to."""
        graph = self._second if kind == "added" else self._first
        node = graph.nodes[id_]
        values = [
            f"{name} = {cut(json_value(value))}"
            for name, value in node.inputs.items()
            if not isinstance(value, Link)
        ]
        if node.widgets is not None:
            values.append(f"widgets = {cut(json_value(node.widgets))}")
        said = ", ".join(values)
        if f"({node.class_name})" not in self.name(graph, id_):
            said = f"{node.class_name}({said})"
        return ", ".join(part for part in (said, self._place(kind, graph, id_, chain)) if part)

    def _place(self, kind: str, graph: Graph, id_: str, chain: tuple[Link, str] | None) -> str:
        if chain is not None:
            source, user = chain
            return f"between {self.name(graph, source.node)} and {self.name(graph, user)}"
        mine = self._match.before[1 if kind == "added" else 0].get(id_)
        if mine is not None and mine in self._made[0 if kind == "added" else 1]:
            return "which equals another node"
        node_class = graph.class_of(graph.nodes[id_])
        if not graph.consumers[id_] and not (node_class is not None and node_class.is_output):
            return "used by nothing"
        sources = dict.fromkeys(link.node for _, link in graph.nodes[id_].links())
        names = [self.name(graph, source) for source in sources if source in graph.nodes]
        return f"after {' and '.join(names[:2])}" if names else ""

    def group(self, kind: str, ids: list[str]) -> str:
        """Many nodes that are linked to each other."""
        graph = self._second if kind == "added" else self._first
        names = [self.name(graph, id_) for id_ in ids[:_MOST_OF_GROUP]]
        more = len(ids) - len(names)
        return ", ".join(names) + (f" and {more} more" if more else "")
