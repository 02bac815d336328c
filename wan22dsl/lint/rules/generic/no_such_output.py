"""WAN510: a link to an output that the node does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import PROMPT, changed
from wan22dsl.lint.rules.generic.packs import severity
from wan22dsl.lint.rules.wording import counted, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN510",
    name="no-such-output",
    severity=Severity.ERROR,
    summary="A link uses an output that its node does not have",
    text="`{input}` of {node} uses output {slot} of {source}, which has {outputs}.",
    why=(
        "ComfyUI fails while it validates the prompt; a negative number silently counts from the "
        "last output."
    ),
    help="Outputs are numbered from 0: {names}.",
    bad=changed(PROMPT, ('"image": ["1", 0]', '"image": ["1", -1]')),
    good=PROMPT,
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs: exception_during_inner_validation",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every link past the last output, or before the first, of inputs that exist (WAN515 has the others)."""
    for node in view.needed:
        node_class = view.class_of(node)
        known = None if node_class is None else view.inputs_of(node, node_class)
        for name, link in node.links():
            if known is not None and name not in known:
                continue
            source = view.graph.nodes.get(link.node)
            source_class = None if source is None else view.class_of(source)
            if source is None or (source_class is None and link.slot >= 0):
                continue
            outputs = () if source_class is None else source_class.outputs
            if source_class is not None and 0 <= link.slot < len(outputs):
                continue
            names = ", ".join(f"{number} is {output.name}" for number, output in enumerate(outputs))
            yield MESSAGE.at(
                node.spans.get(name, node.span),
                severity=severity(view, source_class if link.slot >= 0 else None),
                node=named(node),
                input=name,
                slot=link.slot,
                source=named(source),
                outputs=counted(len(outputs), "output") if outputs else "no such output",
                names=names or "it has none",
            )
