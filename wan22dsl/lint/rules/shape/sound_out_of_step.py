"""WAN818: the sound of a video beside its frames, which play at another rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.shape.wrong_rate import NOTED, file_heard, fix_of
from wan22dsl.lint.rules.wording import named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN818",
    name="sound-out-of-step",
    severity=Severity.WARNING,
    summary="The frames of a loaded video are out of sync with its sound",
    text="{node} plays the frames of {file} at {fps} fps, and its sound as at {made} fps.",
    why=(
        "Frames at another rate last longer or shorter than their sound: after a minute at 24 "
        "instead of 25 fps they are more than two seconds apart."
    ),
    help="Write {made}.",
    bad="""\
wan 1

pipeline demo {
    let source = VHS_LoadVideo(video = "dance.mp4", force_rate = 25)
    flow = source.IMAGE -> scale(by = 2.0) -> combine("demo", fps = 24fps, audio = source.audio)
}
""",
    good="""\
wan 1

pipeline demo {
    let source = VHS_LoadVideo(video = "dance.mp4", force_rate = 25)
    flow = source.IMAGE -> scale(by = 2.0) -> combine("demo", fps = 25fps, audio = source.audio)
}
""",
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_video.py; ComfyUI-VideoHelperSuite, nodes.py",
)

#: Nobody hears a smaller difference in a clip: a third of a second in a minute.
_TOLERANCE = 0.005


def check(view: View) -> Iterator[Diagnostic]:
    """Every node that plays frames and sound of one video, where the rate of the frames is known."""
    for node in view.needed:
        player = record_of(node.class_name).player
        if player is None:
            continue
        images, rate = player.frames, player.rate
        fps, made = view.value(node, rate), view.facts_of(node, images).fps
        if not made or type(fps) not in {int, float}:
            continue
        if not _TOLERANCE < abs(fps / made - 1) <= NOTED:
            continue  # a larger one is seen in the frames too, and WAN804 warns of it
        file = file_heard(view, node)
        if file is None:
            continue
        span = place(node, rate)
        yield MESSAGE.at(
            span,
            fix=fix_of(span, made),
            node=named(node),
            file=f"`{file}`",
            fps=number(fps),
            made=number(made),
        )
