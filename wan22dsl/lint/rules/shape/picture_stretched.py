"""WAN814: frames that are scaled to other proportions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.shape.ratios import ratio
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

_PIPELINE = """\
wan 1
use wan22

stage full_hd(in frames: IMAGE) -> IMAGE {{
    out = ImageScale(
        image = frames
        upscale_method = "lanczos"
        width = 1280
        height = 720
        crop = "{crop}"
    )
}}

pipeline demo {{
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 640x640
    length = 81f
    flow   = wan22.high -> wan22.low -> full_hd -> save("demo")
}}
"""

MESSAGE = Message(
    code="WAN814",
    name="picture-stretched",
    severity=Severity.WARNING,
    summary="A picture is distorted",
    text="{node} makes {after} of {before}: everything becomes {percent} % {wider}.",
    why=(
        'With `crop` at "disabled" width and height are scaled separately, so faces and circles '
        "are distorted."
    ),
    help='Set `crop` to "center", or scale by one factor (ImageScaleBy).',
    bad=_PIPELINE.format(crop="disabled"),
    good=_PIPELINE.format(crop="center"),
    source="Comfy-Org/ComfyUI, comfy/utils.py, common_upscale",
)

#: Proportions nearer than this to each other are taken for the same: 832x480 as 16:9 is 2.6 % off.
_TOLERANCE = 0.05


def check(view: View) -> Iterator[Diagnostic]:
    """Every ImageScale of frames of known size that crops nothing."""
    for node in view.needed:
        if not record_of(node.class_name).may_stretch or view.value(node, "crop") != "disabled":
            continue
        facts = view.facts_of(node, "image")
        width, height = view.value(node, "width"), view.value(node, "height")
        if type(width) is not int or type(height) is not int or width < 1 or height < 1:
            continue  # 0 keeps the proportions
        if not facts.width or not facts.height:
            continue
        factor = (width / height) / (facts.width / facts.height)
        if abs(factor - 1) <= _TOLERANCE:
            continue
        span = place(node, "crop")
        yield MESSAGE.at(
            span,
            fix=in_place(span, '"disabled"', '"center"'),
            node=named(node),
            before=_sized(facts.width, facts.height),
            after=_sized(width, height),
            percent=round(100 * (max(factor, 1 / factor) - 1)),
            wider="wider" if factor > 1 else "taller",
        )


def _sized(width: int, height: int) -> str:
    return f"{width}x{height} ({ratio(width, height)})"
