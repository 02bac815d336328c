"""WAN509: a link to a node that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import PROMPT, changed
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN509",
    name="link-to-nothing",
    severity=Severity.ERROR,
    summary="An input is linked to a node that does not exist",
    text="`{input}` of {node} is linked to {target}, which does not exist.",
    why="ComfyUI fails while it validates the prompt, and its error names a different node.",
    help="Link `{input}` to a node that exists, or remove the input.",
    bad=changed(PROMPT, ('"image": ["1", 0]', '"image": ["4", 0]')),
    good=PROMPT,
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs: exception_during_inner_validation",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every link to a missing node, of inputs that exist (WAN516 has the others)."""
    nodes = view.graph.nodes
    for node in view.needed:
        for name, value in node.inputs.items():
            is_known = name not in node.placeholders
            if not isinstance(value, Link) or value.node in nodes or not is_known:
                continue
            node_class = view.class_of(node)
            if node_class is None or name in view.inputs_of(node, node_class):
                span = node.spans.get(name, node.span)
                yield MESSAGE.at(span, node=named(node), input=name, target=shown(value.node))
