"""WAN503: a link of a type that the input does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.inputs import fits
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.generic.packs import severity
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import Slot, View

MESSAGE = Message(
    code="WAN503",
    name="wrong-link-type",
    severity=Severity.ERROR,
    summary="A link has a type that its input does not take",
    text="`{input}` of {node} takes {wanted}, but {source} gives {given}.",
    why=(
        "ComfyUI rejects a link between two incompatible types. It is a warning where a pack may have "
        "others, and a note where a workflow was saved with others, which fit."
    ),
    help="{help}",
    bad="""\
wan 1

graph demo {
    SaveImage(images = LoadImage(image = "start.png").MASK, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    SaveImage(images = LoadImage(image = "start.png").IMAGE, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs: return_type_mismatch",
)

#: What makes the one of the other, for those that are mixed up most often.
_BETWEEN = {
    ("IMAGE", "LATENT"): "Encode the frames first: VAEEncode.",
    ("LATENT", "IMAGE"): "Decode the latent first: VAEDecode.",
    ("IMAGE", "VIDEO"): "Make a video of the frames first: CreateVideo.",
    ("VIDEO", "IMAGE"): "Extract the frames of the video first: GetVideoComponents.",
    ("STRING", "CONDITIONING"): "Encode the text first: CLIPTextEncode.",
    ("MASK", "IMAGE"): "Convert the mask to a picture first: MaskToImage.",
    ("IMAGE", "MASK"): "Convert the picture to a mask first: ImageToMask.",
}


def _help(given: str, wanted: str) -> str:
    if wanted == "COMBO":
        return "Write the choice itself: a string cannot be linked here."
    return _BETWEEN.get((given, wanted), f"Link an output of type {wanted}.")


def _fits_as_saved(view: View, slot: Slot, source: Node) -> bool:
    """Whether the types fit that an editor saved, whose versions of the packs may differ."""
    given, wanted = source.saved, slot.node.saved
    if given is None and wanted is None:
        return False
    assert slot.input is not None
    if severity(view, slot.node_class, view.class_of(source)) is not Severity.WARNING:
        return False
    number, known = slot.value.slot, (view.type_of(slot.value), slot.input.type)
    has = given.outputs[number] if given and number < len(given.outputs) else known[0]
    takes = dict(wanted.inputs).get(slot.name, known[1]) if wanted else known[1]
    return (has, takes) != known and has is not None and fits(has, takes)


def check(view: View) -> Iterator[Diagnostic]:
    """Every link whose type is known and does not fit."""
    for slot in view.links:
        assert slot.input is not None
        given = view.type_of(slot.value)
        if given is None or given == slot.input.type or fits(given, slot.input.type):
            continue
        if (slot.name, given) in record_of(slot.node.class_name).also_takes:
            continue
        source = view.graph.nodes[slot.value.node]
        yield MESSAGE.at(
            slot.span,
            severity=Severity.NOTE
            if _fits_as_saved(view, slot, source)
            else severity(view, slot.node_class, view.class_of(source)),
            node=named(slot.node),
            input=slot.name,
            wanted="a choice (COMBO)" if slot.input.type == "COMBO" else slot.input.type,
            help=_help(given, slot.input.type),
            given=given,
            source=named(source),
        )
