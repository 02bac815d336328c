"""WAN515: a link to an input that the class does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.generic.packs import is_accepted, is_slip, may_differ, of_another_version
from wan22dsl.lint.rules.generic.unknown_input import renamed, suggestion
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import Slot, View

MESSAGE = Message(
    code="WAN515",
    name="unknown-link",
    severity=Severity.ERROR,
    summary="A link goes to an input that the node lacks",
    text="{node} has no input `{input}`{hint}; {fate}.",
    why=(
        "ComfyUI does not check such a link: it passes it to the node's function, which fails "
        "with a TypeError after everything before it has run. It is a warning where that "
        "function is known to accept it, and for classes of packs, whose other versions may have "
        "the input; a note where such a node has all that it needs, or was saved with it."
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
        meant = None if taken else renamed(view, slot) or suggestion(view, slot)
        differs = not taken and may_differ(view, slot.node_class)
        newer = differs and _is_newer(view, slot, meant)
        yield MESSAGE.at(
            slot.span,
            severity=_severity(slot, taken=taken, newer=newer),
            node=named(slot.node),
            input=slot.name,
            hint=f" (did you mean `{meant}`?)" if meant else "",
            fate=_fate(slot, taken=taken, newer=newer),
            help=_help(slot, meant, newer=newer),
        )


def _is_newer(view: View, slot: Slot, meant: str | None) -> bool:
    """Whether another version of the pack has the input: an editor had it, or the rest of the node tells."""
    saved = slot.node.saved
    if saved is not None and slot.name in dict(saved.inputs):
        return True
    if of_another_version(view, slot.node, slot.name):
        return meant is None or not is_slip(slot.name, meant)
    return meant is None and not view.missing(slot.node, slot.node_class)


def _severity(slot: Slot, *, taken: bool, newer: bool) -> Severity:
    if newer:
        return Severity.NOTE
    return Severity.WARNING if taken or slot.node_class.pack is not None else Severity.ERROR


def _fate(slot: Slot, *, taken: bool, newer: bool) -> str:
    if taken:
        return "its function accepts it, but ComfyUI's editor drops it on save"
    unless = f", unless your version of {slot.node_class.pack} has it" if newer else ""
    return f"the node will fail when it runs{unless}"


def _help(slot: Slot, meant: str | None, *, newer: bool) -> str:
    if meant and not newer:
        return f"Write `{meant}`."
    if newer:
        return f"Remove the link, or check the version of {slot.node_class.pack}."
    return "Remove the link."
