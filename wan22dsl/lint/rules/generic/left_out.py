"""WAN525: an output, or an input of a class that is not known, that goes with a muted or bypassed node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.modes import causes
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN525",
    name="left-out-with-mode",
    severity=Severity.WARNING,
    summary="An output or an input is left out because a node before it is off",
    text="{node} {effect}: {cause} is {how}.",
    why=(
        "A node that needs an input goes when nothing is left behind it, and so does all that needs that "
        "node. It is a note where a node is muted, for that is what muting does, and where the class is not "
        "known: whether it needs the input is not known."
    ),
    help="{help}",
    bad="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let made = EmptyImage(width = 512, height = 512) { mode = "bypass" }
    SaveImage(images = start.IMAGE, filename_prefix = "start")
    SaveImage(images = made, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let made = ImageInvert(image = start.IMAGE) { mode = "bypass" }
    SaveImage(images = made, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI_frontend, ExecutableNodeDTO and graphToPrompt",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every output that is not in the graph any more though it is on, and what unknown classes lose."""
    whole = view.whole
    if whole is view.graph:
        return
    found = causes(whole, view.graph)
    for id, cause in found.items():
        node_class = whole.class_of(whole.nodes[id])
        if node_class is None or node_class.is_output:
            yield _finding(whole.nodes[id], cause, "does not run", is_certain=True)
    for node in () if whole.drawn else view.unknown:
        for name, link in whole.nodes[node.id].links():
            before = whole.nodes.get(link.node)
            if name in node.inputs or before is None:
                continue
            off = found.get(before.id, before)
            if off.mode != "active":
                yield _finding(node, off, f"runs without `{name}`", is_certain=False)


def _finding(node: Node, cause: Node, effect: str, *, is_certain: bool) -> Diagnostic:
    is_mute = cause.mode == "mute"
    return MESSAGE.at(
        node.span,
        severity=Severity.WARNING if is_certain and not is_mute else Severity.NOTE,
        node=named(node),
        effect=effect,
        cause=named(cause),
        how="muted" if is_mute else "bypassed, and hands nothing on to it",
        help=f"Mute {named(node)} too, or let {named(cause)} run.",
    )
