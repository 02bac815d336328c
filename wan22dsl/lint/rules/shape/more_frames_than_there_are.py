"""WAN811: more frames are taken than there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import counted, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN811",
    name="more-frames-than-there-are",
    severity=Severity.WARNING,
    summary="More frames are taken than exist",
    text="{node} takes {wanted} from frame {start} on, and there are {given}: it gets {got}.",
    why=(
        "ComfyUI silently returns fewer frames. Interpolation adds frames between others, so n "
        "frames become (n - 1) * times + 1: 81 become 161, not 162."
    ),
    help="Take {got}.",
    bad=portrait('wan22.high -> wan22.low -> rife(times = 2) -> take(162f) -> save("demo")'),
    good=portrait('wan22.high -> wan22.low -> rife(times = 2) -> take(161f) -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_images.py, ImageFromBatch; run: RIFE makes 161 of 81",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every stretch that ends behind the last frame, where their number is known."""
    for node in view.needed:
        stretch = record_of(node.class_name).stretch
        if stretch is None:
            continue
        frames, first, count, everything, _ = stretch
        given = view.facts_of(node, frames).frames
        start, wanted = view.value(node, first), view.value(node, count)
        if given is None or type(start) is not int or type(wanted) is not int or start < 0:
            continue
        if start >= given:
            continue  # WAN821
        got = max(given - min(start, given - 1), 0)
        if wanted <= got or wanted >= everything:
            continue
        span = place(node, count)
        yield MESSAGE.at(
            span,
            fix=in_place(span, str(wanted), str(got)),
            node=named(node),
            wanted=counted(wanted, "frame"),
            start=start,
            given=given,
            got=got,
        )
