"""WAN515: a link to an input that the class does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.generic.packs import is_accepted
from wan22dsl.lint.rules.generic.unknown_input import suggestion
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN515",
    name="unknown-link",
    severity=Severity.ERROR,
    summary="A link goes to an input that the node lacks",
    text="{node} has no input `{input}`{hint}; {fate}.",
    why=(
        "ComfyUI does not check such a link: it passes it to the node's function, which fails "
        "with a TypeError after everything before it has run. It is a warning where that "
        "function is known to accept it, and for classes of packs, whose newer versions may have "
        "the input."
    ),
    help="{help}",
    bad="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(
        image = start.IMAGE
        mask = start.MASK
        upscale_method = "lanczos"
        scale_by = 2.0
    )
    SaveImage(images = large, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = 2.0)
    SaveImage(images = large, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, get_input_data",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every link to an unknown input, from a node that exists."""
    for slot in view.slots:
        if slot.input is not None or not isinstance(slot.value, Link):
            continue
        record = record_of(slot.node.class_name)
        if slot.value.node not in view.graph.nodes or is_accepted(slot):
            continue
        if {slot.node.id, slot.value.node}.issubset(view.stuck):
            continue  # it closes a circle, which WAN511 tells
        wanted = dict(record.undocumented).get(slot.name)
        taken = wanted is not None and view.type_of(slot.value) in (wanted, None)
        meant = None if taken else suggestion(view, slot)
        lasting = taken or slot.node_class.pack is not None
        yield MESSAGE.at(
            slot.span,
            severity=Severity.WARNING if lasting else Severity.ERROR,
            node=named(slot.node),
            input=slot.name,
            hint=f" (did you mean `{meant}`?)" if meant else "",
            fate="its function accepts it, but ComfyUI's editor drops it on save"
            if taken
            else "the node will fail when it runs",
            help=f"Write `{meant}`." if meant else "Remove the link.",
        )
