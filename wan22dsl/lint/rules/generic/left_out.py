"""WAN525: an output that goes with a muted or bypassed node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.modes import causes
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN525",
    name="left-out-with-mode",
    severity=Severity.WARNING,
    summary="An output does not run because a node before it is muted or bypassed",
    text="{node} does not run: {cause} is {how}.",
    why=(
        "A node that needs an input goes when nothing is left behind it, and so does all that needs that "
        "node. It is a note where a node is muted, for that is what muting does."
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
    """Every output that is not in the graph any more though it is neither muted nor bypassed itself."""
    if view.whole is view.graph:
        return
    for id, cause in causes(view.whole, view.graph).items():
        node = view.whole.nodes[id]
        node_class = view.whole.class_of(node)
        if node_class is not None and not node_class.is_output:
            continue
        is_mute = cause.mode == "mute"
        yield MESSAGE.at(
            node.span,
            severity=Severity.NOTE if is_mute else Severity.WARNING,
            node=named(node),
            cause=named(cause),
            how="muted" if is_mute else "bypassed, and hands nothing on to it",
            help=f"Mute {named(node)} too, or let {named(cause)} run.",
        )
