"""The differences between two graphs: passes by their place in the flow, the rest by name and place."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wan22dsl.comparing.passes import told
from wan22dsl.comparing.steps import steps
from wan22dsl.graph.equality import digests, same
from wan22dsl.graph.facts import FactTable
from wan22dsl.importing.plain import writable
from wan22dsl.importing.vocabulary import Vocabulary
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.comparing.passes import Told
    from wan22dsl.comparing.steps import Step
    from wan22dsl.graph.model import Graph


#: What is not written but worked out, and may not be known of one of two graphs.
_WORKED_OUT = ("size", "length", "vae")


class Difference(NamedTuple):
    """One difference: `kind` is "changed", "added" or "removed".

    `where` is the pass or step, `what` the setting of it; `before` and `after` are empty where there is none.
    """

    kind: str
    where: str
    what: str = ""
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """The difference in a line."""
        if self.kind == "added":
            return f"{self.where} was added" + (f": {self.after}" if self.after else "")
        if self.kind == "removed":
            return f"{self.where} was removed" + (f": {self.before}" if self.before else "")
        return f"{self.where}: {self.what} {self.before or 'none'} → {self.after or 'none'}"


def differences(first: Graph, second: Graph) -> list[Difference]:
    """What differs in meaning; nothing where the same nodes are linked alike."""
    if same(first, second):
        return []
    whole = first, second
    first, second = writable(first), writable(second)
    left_out = _of_nodes_that_never_run(whole, (first, second))
    if same(first, second):
        return left_out
    sides = [(graph, told(graph, FactTable(graph))) for graph in (first, second)]
    found = _of_passes(sides[0][1], sides[1][1])
    classes = {node.class_name for graph in (first, second) for node in graph.nodes.values()}
    words = Vocabulary((), classes)
    before, after = (
        steps(
            graph,
            words,
            {each.id: each.name for each in passes},
            {node for each in passes for node in each.nodes},
        )
        for graph, passes in sides
    )
    found += _of_steps(before, after)
    return (found or _of_nodes(first, second)) + left_out


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


# --- passes ---


def _of_passes(before: list[Told], after: list[Told]) -> list[Difference]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for described, other in zip(before, after):
        name = other.name if described.name == other.name else f"{described.name} → {other.name}"
        for what in dict.fromkeys((*described.settings, *other.settings)):
            values = described.settings.get(what, ""), other.settings.get(what, "")
            if values[0] != values[1] and (what not in _WORKED_OUT or all(values)):
                found.setdefault((what, *values), []).append(name)
    shared = min(len(before), len(after))
    lines = [
        Difference("changed", _together(names, shared), what, old, new)
        for (what, old, new), names in found.items()
    ]
    lines += [
        Difference("removed", described.name, before=_short(described))
        for described in before[shared:]
    ]
    lines += [
        Difference("added", described.name, after=_short(described)) for described in after[shared:]
    ]
    return lines


def _together(names: list[str], all_of_them: int) -> str:
    if len(names) > 1 and len(names) == all_of_them:
        return "both passes" if len(names) == 2 else "all passes"
    return ", ".join(names)


def _short(described: Told) -> str:
    kept = ("model", "steps", "cfg")
    return ", ".join(
        f"{name} {described.settings[name]}" for name in kept if name in described.settings
    )


# --- what is beside them ---


def _of_steps(before: list[Step], after: list[Step]) -> list[Difference]:
    from difflib import SequenceMatcher

    names = [step.name for step in before], [step.name for step in after]
    found: list[Difference] = []
    for kind, a, b, c, d in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if kind == "equal":
            for step, other in zip(before[a:b], after[c:d]):
                found += _of_step(step, other)
            continue
        found += [Difference("removed", step.name, before=_placed(step)) for step in before[a:b]]
        found += [Difference("added", step.name, after=_placed(step)) for step in after[c:d]]
    return found


def _placed(step: Step) -> str:
    return f"{step.text}, after {step.behind}" if step.behind else step.text


def _of_step(step: Step, other: Step) -> list[Difference]:
    found = []
    for what in dict.fromkeys((*step.arguments, *other.arguments)):
        before, after = step.value(what), other.value(what)
        if before != after:
            found.append(Difference("changed", other.name, what, before, after))
    return found


# --- what is left: links ---


def _of_nodes(graph: Graph, other: Graph) -> list[Difference]:
    """The first nodes that the other graph does not have: their links, or where they are, differ."""
    found = []
    for kind, mine, theirs in (("removed", graph, other), ("added", other, graph)):
        known = digests(mine)
        there = set(digests(theirs).values())
        lost = {id for id, digest in known.items() if digest not in there}
        for id in known:
            node = mine.nodes[id]
            if id in lost and not any(link.node in lost for _, link in node.links()):
                links = ", ".join(
                    f"{name} = <{mine.nodes[link.node].class_name}>"
                    for name, link in node.links()
                    if link.node in mine.nodes
                )
                said = f"{node.class_name}({links})"
                place = {"before": said} if kind == "removed" else {"after": said}
                found.append(Difference(kind, node.class_name, **place))
    return found or [
        Difference("changed", "nodes", "number", str(len(graph.nodes)), str(len(other.nodes)))
    ]
