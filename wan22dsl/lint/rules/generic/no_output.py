"""WAN512: a graph that makes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.wording import named, several, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN512",
    name="no-output",
    severity=Severity.ERROR,
    summary="A graph saves and shows nothing",
    text="{graph} {what}.",
    why=(
        "ComfyUI runs only what an output node needs, such as SaveVideo or PreviewImage, and "
        "rejects a prompt without one. It is a note for a subgraph blueprint, a part of a workflow."
    ),
    help="{help}",
    bad="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
}
""",
    good="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    SaveImage(images = start.IMAGE, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_prompt: prompt_no_outputs",
)


#: So many nodes are named.
_NAMED = 3


def _saves_but_is_off(view: View, node: Node) -> bool:
    """Whether a node is muted or bypassed that would save or show something."""
    node_class = view.graph.class_of(node)
    return node.mode != "active" and node_class is not None and node_class.is_output


def check(view: View) -> Iterator[Diagnostic]:
    """A graph without an output node. One of an unknown class may be one."""
    if view.outputs or view.unknown:
        return
    what, help = "saves and shows nothing", "Add a node that saves or shows something."
    if not view.graph.nodes:
        what = "has no nodes"
        if view.whole.nodes:  # its groups are switched off, to be chosen from
            what = "has nothing to run: all its nodes are muted or bypassed"
            help = "Unmute the nodes that are to run."
    elif off := [
        named(node) for node in view.whole.nodes.values() if _saves_but_is_off(view, node)
    ]:
        help = (
            f"Switch {several(off[:_NAMED], 'or')} on, or add a node that saves or shows something."
        )
    severity = None
    if view.is_blueprint and view.graph.nodes:
        severity, what = (
            Severity.NOTE,
            "is a subgraph blueprint, and saves and shows nothing by itself",
        )
        help = "Insert it into a workflow, and link its inputs and outputs there."
    yield MESSAGE.at(
        view.graph.span, severity=severity, graph=shown(view.graph.name), what=what, help=help
    )
