"""WAN810: frames of an odd width or height for a format that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN810",
    name="odd-size",
    severity=Severity.ERROR,
    summary="A video with an odd width or height is written as h264",
    text="{node} writes {size} as h264, which allows only even widths and heights.",
    why=(
        "h264 in the usual form (yuv420p) stores colours for blocks of 2x2 pixels. The encoder "
        "rejects any other size when the file is written: after everything else."
    ),
    help="Scale or crop to even numbers: {help}.",
    bad=portrait('wan22.high -> wan22.low -> scale(by = 0.35) -> save("demo")'),
    good=portrait('wan22.high -> wan22.low -> scale(by = 0.375) -> save("demo")'),
    source="x264, encoder/encoder.c: width not divisible by 2; Comfy-Org/ComfyUI, comfy_api: yuv420p",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every video of known odd size that is saved as h264, which `auto` is as well."""
    for node in view.needed:
        saving = record_of(node.class_name).saving
        if saving is None or saving.what != "video":
            continue
        spelling = "format.codec" if "format.codec" in node.inputs else "codec"
        if view.value(node, spelling) not in (None, "auto", "h264"):
            continue
        facts = view.facts_of(node, "video")
        if not facts.width or not facts.height or not (facts.width % 2 or facts.height % 2):
            continue
        link = node.inputs.get("video")
        source = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        span = None if source is None else source.span
        yield MESSAGE.at(
            node.span,
            related=[Label(span, "the frames come from here")] if span is not None else [],
            node=named(node),
            size=f"{facts.width}x{facts.height}",
            help=f"{facts.width // 2 * 2}x{facts.height // 2 * 2}",
        )
