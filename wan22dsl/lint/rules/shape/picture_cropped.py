"""WAN808: a picture of another shape than the video."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.shape.ratios import ratio
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN808",
    name="picture-cropped",
    severity=Severity.WARNING,
    summary="A picture is cropped to the shape of the video",
    text=(
        "`{input}` of {node} is {given} ({given_ratio}) and the video {made} ({made_ratio}): "
        "{share} % of the picture is cut off, {where}."
    ),
    why=(
        "ComfyUI scales a picture until it covers the frame, and crops the rest equally on both "
        "sides: usually heads and feet. Less than a tenth is a note."
    ),
    help="Crop or pad the picture yourself, or use a size of its shape, such as {help}.",
    bad="""\
wan 1
use wan22

pipeline demo {
    image  = EmptyImage(width = 1024, height = 1024, batch_size = 1, color = 0)
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("demo")
}
""",
    good="""\
wan 1
use wan22

pipeline demo {
    image  = EmptyImage(width = 1024, height = 1024, batch_size = 1, color = 0)
    prompt = "She smiles"
    size   = 640x640
    length = 81f
    flow   = wan22.high -> wan22.low -> save("demo")
}
""",
    source='Comfy-Org/ComfyUI, comfy_extras/nodes_wan.py: common_upscale(…, "center")',
)

#: Shares of the picture: less is left unsaid; less is a note.
_UNSAID, _NOTED = 0.03, 0.1


def check(view: View) -> Iterator[Diagnostic]:
    """Every picture whose size is known, on a conditioning whose size is known."""
    for node in view.needed:
        conditioning = record_of(node.class_name).conditioning
        for name in () if conditioning is None else conditioning.cropped:
            told = _told(view, node, name)
            if told is not None:
                yield told


def _told(view: View, node: Node, name: str) -> Diagnostic | None:
    facts = view.facts_of(node, name)
    width, height = view.value(node, "width"), view.value(node, "height")
    if not facts.width or not facts.height or type(width) is not int or type(height) is not int:
        return None
    if min(width, height) < 16 or min(facts.width, facts.height) < 1:
        return None
    shape, wanted = facts.width / facts.height, width / height
    share = 1 - min(shape, wanted) / max(shape, wanted)
    if share < _UNSAID:
        return None
    return MESSAGE.at(
        place(node, name),
        severity=Severity.NOTE if share < _NOTED else Severity.WARNING,
        input=name,
        node=named(node),
        given=f"{facts.width}x{facts.height}",
        given_ratio=ratio(facts.width, facts.height),
        made=f"{width}x{height}",
        made_ratio=ratio(width, height),
        share=round(100 * share),
        where="left and right" if shape > wanted else "above and below",
        help=_help(shape, width * height),
    )


def _help(shape: float, area_px: int) -> str:
    """A size of about that area in the shape of the picture, in blocks of 16."""
    height = (area_px / shape) ** 0.5
    sizes = (max(16, int(px / 16 + 0.5) * 16) for px in (height * shape, height))
    return "x".join(str(px) for px in sizes)
