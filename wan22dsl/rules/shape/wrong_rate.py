"""WAN804: frames that are saved at another rate than they were made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.rules.experts.wording import place
from wan22dsl.rules.mending import in_place
from wan22dsl.rules.wording import named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.rules.view import View
    from wan22dsl.source import Span

MESSAGE = Message(
    code="WAN804",
    name="wrong-rate",
    severity=Severity.WARNING,
    text="{node} plays at {fps} fps what was made for {made} fps{seconds}.",
    why="The 14B models move as at 16 frames a second, the 5B model as at 24; interpolation "
    "multiplies that. At another rate everything moves too fast or too slowly. Nodes have rates "
    "of their own when none is written: CreateVideo 30, VHS_VideoCombine 8.",
    mend="Write {made}, or interpolate first.",
    bad="""\
wan 1
use wan22

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("demo", fps = 30fps)
}
""",
    good="""\
wan 1
use wan22

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> rife(times = 2) -> save("demo", fps = 32fps)
}
""",
    source="Wan-Video/Wan2.2, wan/configs: sample_fps",
)

#: Nodes that set the rate of frames: the input of the frames, and that of the rate.
_PLAYERS = {
    "CreateVideo": ("images", "fps"),
    "SaveAnimatedPNG": ("images", "fps"),
    "SaveAnimatedWEBP": ("images", "fps"),
    "SaveWEBM": ("images", "fps"),
    "VHS_VideoCombine": ("images", "frame_rate"),
}

#: Rates nearer than this to each other are taken for the same.
_TOLERANCE = 0.1


def check(view: View) -> Iterator[Diagnostic]:
    """Every node that sets a rate, where that of its frames is known."""
    for node in view.needed:
        if node.class_name not in _PLAYERS:
            continue
        images, rate = _PLAYERS[node.class_name]
        facts, fps = view.facts_of(node, images), view.value(node, rate)
        if facts.fps == 16.0 and _made_by_5b(view):
            continue
        if not facts.fps or facts.frames == 1 or type(fps) not in {int, float} or not fps >= 1:
            continue  # below 1 the nodes do not take it, which WAN504 says
        if abs(fps / facts.fps - 1) <= _TOLERANCE:
            continue
        seconds = ""
        if facts.frames is not None:
            meant = round((facts.frames - 1) / facts.fps, 1)
            played = round((facts.frames - 1) / fps, 1)
            seconds = (
                f": {facts.frames} frames last {number(played)} s instead of {number(meant)} s"
            )
        span = place(node, rate)
        yield MESSAGE.at(
            span,
            fix=_fix(span, facts.fps),
            node=named(node),
            fps=number(fps),
            made=number(facts.fps),
            seconds=seconds,
        )


def _fix(span: Span | None, fps: float) -> Fix | None:
    """The rate of the frames for the number that is written, in the same spelling."""
    if span is None:
        return None
    written = span.text.removesuffix("fps")
    new = number(fps) if written.isdigit() else repr(fps)
    return in_place(span, written, new) if written.replace(".", "", 1).isdigit() else None


def _made_by_5b(view: View) -> bool:
    """Whether a conditioning that is otherwise for the 14B models feeds a model of 5B."""
    families = (one.model.family for one in view.passes if one.model is not None)
    return any(family is not None and family.endswith("_5b") for family in families)
