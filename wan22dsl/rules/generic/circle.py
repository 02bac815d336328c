"""WAN511: nodes that wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN511",
    name="circle",
    severity=Severity.ERROR,
    text="{nodes}: the links go round in a circle{unused}.",
    why="ComfyUI refuses a circle, or runs up to it and fails; which of the two, and what it then says, "
    "differs from one start of the server to the next.",
    mend="Take one of these links away.",
    source="Comfy-Org/ComfyUI, execution.py and comfy_execution/graph.py: dependency_cycle",
)

#: More nodes than this are not named in a message.
_NAMED = 6


def check(view: View) -> Iterator[Diagnostic]:
    """One finding for every knot of circles."""
    left = _left(view)
    if not left:
        return
    import networkx

    knotted = view.graph.nx.subgraph(left)
    place = {name: number for number, name in enumerate(view.graph.nodes)}
    knots = [
        knot
        for knot in networkx.strongly_connected_components(knotted)
        if len(knot) > 1 or any(knotted.has_edge(name, name) for name in knot)
    ]
    for knot in sorted(knots, key=lambda one: min(place[name] for name in one)):
        first = min(knot, key=lambda name: place[name])
        edges = networkx.find_cycle(knotted.subgraph(knot), first)
        yield _finding(view, [edge[0] for edge in edges])


def _left(view: View) -> list[str]:
    """The nodes that can never run: those in circles, and those behind them. Linear in the graph."""
    nodes = view.graph.nodes
    waiting = {
        node.id: sum(1 for _, link in node.links() if link.node in nodes) for node in nodes.values()
    }
    ready = [name for name, count in waiting.items() if count == 0]
    consumers = view.graph.consumers if len(ready) < len(nodes) else {}
    done = 0
    while ready:
        name = ready.pop()
        done += 1
        for user, _, _ in consumers.get(name, ()):
            waiting[user] -= 1
            if waiting[user] == 0:
                ready.append(user)
    return [] if done == len(nodes) else [name for name, count in waiting.items() if count > 0]


def _finding(view: View, circle: list[str]) -> Diagnostic:
    nodes = [view.graph.nodes[name] for name in circle]
    shown = [named(node) for node in nodes[:_NAMED]]
    if len(nodes) > _NAMED:
        shown.append(f"{len(nodes) - _NAMED} more")
    needed = any(name in view.used for name in circle)
    return MESSAGE.at(
        nodes[0].span,
        severity=Severity.ERROR if needed else Severity.WARNING,
        related=[
            Label(node.span, "and this one") for node in nodes[1:_NAMED] if node.span is not None
        ],
        nodes=f"{several(shown)} wait for each other"
        if len(shown) > 1
        else f"{shown[0]} waits for itself",
        unused="" if needed else "; no output needs them",
    )
