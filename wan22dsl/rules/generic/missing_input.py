"""WAN502: an input that a class needs is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN502",
    name="missing-input",
    severity=Severity.ERROR,
    text="{node} lacks `{input}`, {kind}.",
    why="ComfyUI refuses every output that hangs on a node with a required input missing.",
    mend="Set `{input}`.",
    bad="""\
wan 1

graph demo {
    SaveImage(filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    SaveImage(images = LoadImage(image = "start.png").IMAGE, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs: required_input_missing",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every required input that is not written."""
    for node in view.needed:
        node_class = view.classes[node.class_name]
        if node_class is None:
            continue
        given = node.inputs
        for name, one in view.inputs_of(node, node_class).items():
            if one.required and name not in given:
                kind = "a choice" if one.type == "COMBO" else f"of type {one.type}"
                yield MESSAGE.at(node.span, node=named(node), input=name, kind=kind)
