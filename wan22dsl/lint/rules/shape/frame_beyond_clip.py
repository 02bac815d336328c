"""WAN821: a frame is taken that a clip does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import counted, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

_GRAPH = """\
wan 1

graph demo {{
    let clip = LoadImage(image = "start.png")
    let frames = RepeatImageBatch(image = clip.IMAGE, amount = 81)
    let last = ImageFromBatch(image = frames, batch_index = {index}, length = 1)
    SaveImage(images = last, filename_prefix = "last")
}}
"""

MESSAGE = Message(
    code="WAN821",
    name="frame-beyond-clip",
    severity=Severity.WARNING,
    summary="A frame is taken from behind the end of a clip",
    text="{node} starts at frame {start} of a clip of {frames}, the last of which is {last}: {effect}.",
    why=(
        "Frames are counted from 0, so 81 frames end with frame 80. Interpolation and repeated frames change "
        "their number. A start that is too high by one is a note where the node still gives the last frame."
    ),
    help="Start at frame {last} at most.",
    bad=_GRAPH.format(index=100),
    good=_GRAPH.format(index=80),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_images.py, ImageFromBatch; kijai/ComfyUI-KJNodes, "
    "GetImageRangeFromBatch",
)

#: The most that ComfyUI took in earlier versions, which people write for the last frame.
_LAST = 4095


def check(view: View) -> Iterator[Diagnostic]:
    """Every stretch that starts behind the last frame, where their number is known."""
    for node in view.needed:
        stretch = record_of(node.class_name).stretch
        if stretch is None:
            continue
        frames, start = view.facts_of(node, stretch.frames).frames, view.value(node, stretch.first)
        if frames is None or type(start) is not int or start < max(frames, 1):
            continue
        if start >= _LAST and not stretch.fails_beyond:
            continue
        span = place(node, stretch.first)
        meant = start == frames and not stretch.fails_beyond
        yield MESSAGE.at(
            span,
            severity=Severity.NOTE if meant else Severity.WARNING,
            fix=in_place(span, str(start), str(frames - 1)),
            node=named(node),
            start=start,
            frames=counted(frames, "frame"),
            last=frames - 1,
            effect="it fails" if stretch.fails_beyond else "it takes that one",
        )
