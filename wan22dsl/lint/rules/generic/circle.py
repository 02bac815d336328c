"""WAN511: nodes that wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.order import circles
from wan22dsl.lint.rules.example import PROMPT, changed
from wan22dsl.lint.rules.wording import named, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN511",
    name="circle",
    severity=Severity.ERROR,
    summary="Links form a cycle",
    text="{nodes}: the links form a cycle{unused}.",
    why=(
        "ComfyUI rejects a cycle, or runs up to it and fails; which of the two, and the error it "
        "shows, differ between starts of the server."
    ),
    help="Remove one of these links.",
    bad=changed(PROMPT, ('"image": ["1", 0]', '"image": ["2", 0]')),
    good=PROMPT,
    source="Comfy-Org/ComfyUI, execution.py and comfy_execution/graph.py: dependency_cycle",
)

#: More nodes than this are not named in a message.
_NAMED = 6


def check(view: View) -> Iterator[Diagnostic]:
    """One finding for every knot of circles."""
    if view.stuck:
        for circle in circles(view.graph, view.stuck):
            yield _finding(view, circle)


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
