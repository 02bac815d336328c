"""WAN818: the sound of a video beside its frames, which play at another rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.known.frames import PLAYERS
from wan22dsl.graph.known.loaded import LOADERS
from wan22dsl.graph.model import Link
from wan22dsl.graph.video_sources import SOUND, loader_behind
from wan22dsl.rules.experts.wording import place
from wan22dsl.rules.shape.wrong_rate import fix_of
from wan22dsl.rules.wording import named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.rules.view import View

MESSAGE = Message(
    code="WAN818",
    name="sound-out-of-step",
    severity=Severity.WARNING,
    summary="The frames of a loaded video play out of step with its sound",
    text="{node} plays the frames of {file} at {fps} fps, and its sound as at {made} fps.",
    why="Frames at another rate last longer or shorter than their sound: after a minute at 24 instead of "
    "25 fps the two are more than two seconds apart.",
    mend="Write {made}.",
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

#: A larger one is seen in the frames too, and WAN804 warns of it.
_SEEN = 0.1


def check(view: View) -> Iterator[Diagnostic]:
    """Every node that plays frames and sound of one video, where the rate of the frames is known."""
    for node in view.needed:
        if node.class_name not in PLAYERS:
            continue
        images, rate = PLAYERS[node.class_name]
        sound, frames = node.inputs.get("audio"), node.inputs.get(images)
        fps, made = view.value(node, rate), view.facts_of(node, images).fps
        if not isinstance(sound, Link) or not isinstance(frames, Link) or not made:
            continue
        if type(fps) not in {int, float} or not _TOLERANCE < abs(fps / made - 1) <= _SEEN:
            continue
        heard = loader_behind(view.graph.nodes, view.type_of, sound, SOUND)
        seen = loader_behind(view.graph.nodes, view.type_of, frames)
        if heard is None or seen is None:
            continue
        file = view.value(heard, LOADERS[heard.class_name])
        if file != view.value(seen, LOADERS[seen.class_name]) or not isinstance(file, str):
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
