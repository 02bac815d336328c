"""WAN516: a link that ends a server's worker for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import PROMPT
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN516",
    name="stops-the-server",
    severity=Severity.ERROR,
    summary="A link between a missing input and a missing node stops the server",
    text=(
        "{node} has no input `{input}`, and it is linked to {target}, which does not exist: this "
        "stops the server's only worker."
    ),
    why=(
        "ComfyUI accepts the prompt, and then its worker dies: nothing is reported, and no later "
        "prompt runs until the server is restarted. A list of a string and a number in an "
        "unknown input counts as such a link."
    ),
    help="Remove `{input}`.",
    bad="""\
{
    "1": {
        "class_type": "LoadImage",
        "inputs": {"image": "start.png"}
    },
    "2": {
        "class_type": "ImageScaleBy",
        "inputs": {"image": ["1", 0], "upscale_method": "lanczos", "scale_by": 2.0, "mask": ["left", 3]}
    },
    "3": {
        "class_type": "SaveImage",
        "inputs": {"images": ["2", 0], "filename_prefix": "demo"}
    }
}
""",
    good=PROMPT,
    source="Comfy-Org/ComfyUI 0.3.64, measured: comfy_execution/graph.py raises outside any "
    "handler",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every link of an unknown input to a missing node, whether the node is needed or not."""
    nodes = view.graph.nodes
    for node in nodes.values():
        for name, link in node.links():
            node_class = None if link.node in nodes else view.class_of(node)
            if node_class is not None and name not in view.inputs_of(node, node_class):
                yield MESSAGE.at(
                    node.spans.get(name, node.span),
                    node=named(node),
                    input=name,
                    target=shown(link.node),
                )
