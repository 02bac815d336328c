"""WAN803: more frames than the 14B models were made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, length_span
from wan22dsl.lint.rules.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN803",
    name="too-many-frames",
    severity=Severity.WARNING,
    summary="A clip has more frames than its model was made for",
    text="{who} makes {frames} frames at once; its model was made for {official}{cost}.",
    why=(
        "Beyond its length a model tends to return to the beginning. Attention compares every "
        "frame with every other, so time and memory grow faster than the length: weights that do "
        "not fit are streamed to the card in every step. Up to 97 frames are a note."
    ),
    help=(
        "Make shots of {official} frames, each from the last frame of the previous one, and join "
        "them."
    ),
    bad=portrait('wan22.high -> wan22.low -> save("demo")', length="161f"),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Wan-Video/Wan2.2: frame_num 81; cost by the model's own sizes (dim 5120, ffn 13824, 40 "
    "layers)",
)

OFFICIAL_FRAMES = 81

#: Up to a fifth more, which is six seconds, mostly comes out well.
NOTED_FRAMES = 97

_FAMILIES = frozenset(
    {"i2v_14b", "t2v_14b", "fun_control_14b", "fun_inpaint_14b", "fun_camera_14b"}
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every clip of a 14B model that is too long, once for all passes over it."""
    seen = set()
    for pass_ in view.passes:
        frames = pass_.latent.frames
        if frames is None or frames <= OFFICIAL_FRAMES or pass_.model is None:
            continue
        key = pass_.conditioning.id if pass_.conditioning is not None else pass_.id
        if pass_.model.family not in _FAMILIES or key in seen or _in_windows(view, pass_):
            continue
        seen.add(key)
        yield MESSAGE.at(
            length_span(pass_),
            severity=Severity.NOTE if frames <= NOTED_FRAMES else Severity.WARNING,
            who=called(pass_),
            frames=frames,
            official=OFFICIAL_FRAMES,
            cost=_cost(pass_, frames),
        )


def _in_windows(view: View, pass_: Pass) -> bool:
    """Whether the model looks at a part of the frames at a time, by a patch or an option of the sampler."""
    nodes = [*pass_.patches, *_behind(view, pass_.node)]
    nodes += [node for option in _behind(view, pass_.node) for node in _behind(view, option)]
    return any(record_of(node.class_name).context_windows for node in nodes)


def _behind(view: View, node: Node) -> list[Node]:
    links = [link for _, link in node.links()]
    return [view.graph.nodes[link.node] for link in links if link.node in view.graph.nodes]


def _cost(pass_: Pass, frames: int) -> str:
    width, height = pass_.latent.width, pass_.latent.height
    if width is None or height is None:
        return ""
    from wan22dsl.graph.cost.formulas import (
        Shape,
        forward_flop,  # only where something is wrong
    )

    long, official = (Shape(width, height, each) for each in (frames, OFFICIAL_FRAMES))
    times = forward_flop(long) / forward_flop(official)
    return f", and a step takes {number(round(times, 1))} times as long as with {OFFICIAL_FRAMES}"
