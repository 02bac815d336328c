"""The differences between two graphs in the order in which they matter: passes, stages, single nodes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wan22dsl.comparing.nodes import Change, changes
from wan22dsl.comparing.passes import Spot, told
from wan22dsl.comparing.words import Words, shortened
from wan22dsl.graph.equality import same
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.matching import matching
from wan22dsl.importing.simplified import writable
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.comparing.nodes import Changes
    from wan22dsl.comparing.passes import Told
    from wan22dsl.comparing.steps import Step
    from wan22dsl.graph.matching import Matching
    from wan22dsl.graph.model import Graph, Node


#: What is not written but worked out, and may not be known of one of two graphs.
_WORKED_OUT = ("size", "length", "vae")

#: So many places of one difference are named.
_MOST_NAMED = 4

#: More nodes that are linked to each other are added or removed in one line.
_MOST_LINES = 4


class Difference(NamedTuple):
    """One difference: `kind` is "changed", "added" or "removed".

    `where` is the pass, stage or node, `what` the setting of it; `before` and `after` are empty where there
    is none.
    """

    kind: str
    where: str
    what: str = ""
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """The difference in a line; of long values what differs."""
        if self.kind != "changed":
            about = self.after or self.before
            verb = "were" if self.where.endswith(" nodes") else "was"
            return f"{self.where} {verb} {self.kind}" + (f": {about}" if about else "")
        before, after = shortened(self.before or "none", self.after or "none")
        return f"{self.where}: {self.what} {before} → {after}"


#: The bypassed and muted nodes of two graphs, by their ids.
Off = tuple["Mapping[str, Node]", "Mapping[str, Node]"]


def differences(first: Graph, second: Graph, *, off: Off = ({}, {})) -> list[Difference]:
    """What differs in meaning; nothing where the same nodes are linked alike.

    A node that is `off` in one of them is not told as added or removed, but with its mode.
    """
    if same(first, second):
        return []
    whole = first, second
    first, second = writable(first), writable(second)
    left_out = _of_nodes_that_never_run(whole, (first, second))
    if same(first, second):
        return left_out
    return [*_Report(first, second, off).lines(), *left_out]


def _of_nodes_that_never_run(
    whole: tuple[Graph, Graph], kept: tuple[Graph, Graph]
) -> list[Difference]:
    """What differs in nodes that wait for themselves or for nothing, by their classes."""
    counts = [
        Counter(node.class_name for id, node in graph.nodes.items() if id not in rest.nodes)
        for graph, rest in zip(whole, kept)
    ]
    return [
        Difference(kind, f"{class_name}, which can never run,")
        for kind, found in (("removed", counts[0] - counts[1]), ("added", counts[1] - counts[0]))
        for class_name in sorted(found.elements())
    ]


class _Report:
    """What differs, each difference once: what a pass or stage shows is not shown of its nodes again."""

    def __init__(self, first: Graph, second: Graph, off: Off) -> None:
        self.first, self.second = first, second
        self._off = off
        self.match: Matching = matching(first, second)
        self.found: Changes = changes(first, second, self.match)
        self._open = dict(enumerate(self.found.found))
        self._words = Words(first, second, self.match)

    def lines(self) -> list[Difference]:
        """All differences."""
        sides = [told(graph, FactTable(graph)) for graph in (self.first, self.second)]
        found = self._of_passes(*sides)
        if not all(
            node.label for graph in (self.first, self.second) for node in graph.nodes.values()
        ):
            found += self._of_steps(*sides)
        return found + self._of_nodes() or self._of_numbers()

    def _cover(self, before: Iterable[Spot], after: Iterable[Spot]) -> bool:
        """Closes the changes at some spots, which are told with something else; False: there are none."""
        old, new = set(before), set(after)
        found = [
            number
            for number, change in self._open.items()
            if (change.before and Spot(change.before, change.input) in old)
            or (change.after and Spot(change.after, change.input) in new)
        ]
        for number in found:
            del self._open[number]
        return bool(found)

    # --- passes ---

    def _of_passes(self, before: list[Told], after: list[Told]) -> list[Difference]:
        pairs, gone, new = self._matched_passes(before, after)
        found: dict[tuple[str, str, str], list[tuple[Told, Told]]] = {}
        for old, now in pairs:
            for what in dict.fromkeys((*old.settings, *now.settings)):
                values = old.settings.get(what, ""), now.settings.get(what, "")
                if values[0] != values[1] and (what not in _WORKED_OUT or all(values)):
                    found.setdefault((what, *values), []).append((old, now))
        lines = []
        spots: list[tuple[set[Spot], set[Spot]]] = []
        for (what, *_), both in found.items():
            spots.append((set(), set()))
            for old, now in both:
                spots[-1][0].update(old.spots.get(what, ()))
                spots[-1][1].update(now.spots.get(what, ()))
        for (what, old_value, new_value), (older, newer) in zip(found, spots):
            names = [_named(*pair) for pair in found[what, old_value, new_value]]
            where = _together(names, min(len(before), len(after)))
            own = {
                id for _, now in found[what, old_value, new_value] if now.noise for id in now.own
            }
            where += self._words.beside(self._at(older, newer), own)
            lines.append(Difference("changed", where, what, old_value, new_value))
        for older, newer in spots:
            self._cover(older, newer)
        for kind, passes in (("removed", gone), ("added", new)):
            for pass_ in passes:
                whole = [Spot(id) for id in pass_.own]
                self._cover(*((whole, ()) if kind == "removed" else ((), whole)))
                lines.append(_whole(kind, pass_))
        return lines

    def _at(self, before: set[Spot], after: set[Spot]) -> list[Change]:
        """The changes of values at some spots."""
        return [
            change
            for change in self.found.found
            if change.input
            and (
                Spot(change.before, change.input) in before
                or Spot(change.after, change.input) in after
            )
        ]

    def _matched_passes(
        self, before: list[Told], after: list[Told]
    ) -> tuple[list[tuple[Told, Told]], list[Told], list[Told]]:
        """The passes of the same samplers, then those that only one graph has."""
        there: dict[str, list[Told]] = {}
        for pass_ in after:
            there.setdefault(pass_.id, []).append(pass_)
        pairs, gone = [], []
        for pass_ in before:
            others = there.get(self.match.pairs.get(pass_.id, ""))
            if others:
                pairs.append((pass_, others.pop(0)))
            else:
                gone.append(pass_)
        taken = {id(now) for _, now in pairs}
        return pairs, gone, [pass_ for pass_ in after if id(pass_) not in taken]

    # --- stages of texts ---

    def _of_steps(self, before: list[Told], after: list[Told]) -> list[Difference]:
        old, new = (
            self._words.steps(graph, passes)
            for graph, passes in ((self.first, before), (self.second, after))
        )
        there = {step.id: step for step in new}
        back = self.match.back
        found: list[Difference] = []
        for step in old:
            other = there.get(self.match.pairs.get(step.id, ""))
            if other is not None and other.name == step.name:
                lines = _of_step(step, other, self._words.of_pair(step.id, other.id))
                if lines:
                    self._cover_values(step, other)
                found += lines
        by_id = {step.id: step for step in old}
        for kind, sides, ids in (("removed", old, self.match.pairs), ("added", new, back)):
            known = there if kind == "removed" else by_id
            for step in sides:
                other = known.get(ids.get(step.id, ""))
                if other is not None and other.name == step.name:
                    continue
                own = [Spot(id) for id in step.nodes]
                if self._cover(*((own, ()) if kind == "removed" else ((), own))):
                    graph = self.first if kind == "removed" else self.second
                    found.append(_placed(kind, step, graph.nodes[step.id].label or step.name))
        return found

    def _cover_values(self, step: Step, other: Step) -> None:
        for number, change in [*self._open.items()]:
            inside = change.before in step.nodes or change.after in other.nodes
            if inside and (change.is_of_values or not change.input):
                del self._open[number]

    # --- nodes ---

    def _of_nodes(self) -> list[Difference]:
        together: dict[tuple[str, str, str], list[str]] = {}
        alone: dict[str, list[str]] = {"removed": [], "added": []}
        for change in self._open.values():
            if change.input:
                old, new = self._words.values(change)
                where = self._words.of_pair(change.before, change.after)
                together.setdefault((change.input, old, new), []).append(where)
            else:
                alone["added" if change.after else "removed"].append(change.after or change.before)
        found = [
            Difference("changed", _joined(names), what, old, new)
            for (what, old, new), names in together.items()
        ]
        for kind, ids in alone.items():
            rest = []
            for id in ids:
                switched = self._switched(id, kind)
                if switched is None:
                    rest.append(id)
                else:
                    found.append(switched)
            found += self._groups(kind, rest)
        return found

    def _switched(self, id: str, kind: str) -> Difference | None:
        """The difference where a node is still there, but off in one of the graphs."""
        graph = self.second if kind == "added" else self.first
        other = self._off[0 if kind == "added" else 1].get(id)
        if other is None or other.class_name != graph.nodes[id].class_name:
            return None
        modes = (other.mode, "active") if kind == "added" else ("active", other.mode)
        return Difference("changed", self._words.name(graph, id), "mode", *modes)

    def _groups(self, kind: str, ids: list[str]) -> list[Difference]:
        """What is in one graph only: a line for each node, or for many that are linked to each other."""
        graph = self.second if kind == "added" else self.first
        chains = self.found.added if kind == "added" else self.found.removed
        found = []
        for group in _linked(graph, ids):
            field = "after" if kind == "added" else "before"
            if len(group) <= _MOST_LINES:
                for id in group:
                    said = self._words.alone(kind, id, chains.get(id))
                    found.append(Difference(kind, self._words.name(graph, id), **{field: said}))
            else:
                said = self._words.group(kind, group)
                found.append(Difference(kind, f"{len(group)} nodes", **{field: said}))
        return found

    def _of_numbers(self) -> list[Difference]:
        """How many nodes there are, where they differ in nothing that has a name."""
        count = str(len(self.first.nodes)), str(len(self.second.nodes))
        return [Difference("changed", "nodes", "number", *count)]


def _named(old: Told, now: Told) -> str:
    return now.name if old.name == now.name else f"{old.name} → {now.name}"


def _together(names: list[str], all_of_them: int) -> str:
    if len(names) > 1 and len(names) == all_of_them:
        return "both passes" if len(names) == 2 else "all passes"
    return ", ".join(names)


def _whole(kind: str, pass_: Told) -> Difference:
    kept = ("model", "steps", "cfg")
    short = ", ".join(f"{name} {pass_.settings[name]}" for name in kept if name in pass_.settings)
    return Difference(kind, pass_.name, **{"after" if kind == "added" else "before": short})


def _placed(kind: str, step: Step, where: str) -> Difference:
    text = f"{step.text}, after {step.behind}" if step.behind else step.text
    return Difference(kind, where, **{"after" if kind == "added" else "before": text})


def _of_step(step: Step, other: Step, where: str) -> list[Difference]:
    found = []
    for what in dict.fromkeys((*step.arguments, *other.arguments)):
        before, after = step.value(what), other.value(what)
        if before != after and not (before.startswith("<") and after.startswith("<")):
            found.append(Difference("changed", where, what, before, after))
    return found


def _joined(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"


def _linked(graph: Graph, ids: list[str]) -> list[list[str]]:
    """Nodes in groups of those that are linked to each other, by their order."""
    left = dict.fromkeys(ids)
    beside: dict[str, list[str]] = {id: [] for id in ids}
    for id in ids:
        for _, link in graph.nodes[id].links():
            if link.node in beside:
                beside[id].append(link.node)
                beside[link.node].append(id)
    found = []
    while left:
        waiting = [next(iter(left))]
        group = set()
        while waiting:
            id = waiting.pop()
            if id in left:
                del left[id]
                group.add(id)
                waiting += beside[id]
        found.append([id for id in ids if id in group])
    return found
