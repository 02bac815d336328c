"""WAN813: the picture that was put in front of a video is decoded with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.experts.wording import also_node, place
from wan22dsl.lint.rules.wiring.decoding import decoders
from wan22dsl.lint.rules.wording import counted, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

_GRAPH = """\
wan 1
use wan22

pass high = wan22.vace_high
pass low = wan22.vace_low

pipeline demo {{
    image         = "dancer.png"
    control_video = "poses.mp4"
    prompt        = "A wooden puppet dances"
    size          = 640x640
    length        = 81f
    flow          = high -> low -> {trim}save("demo")
}}
"""

MESSAGE = Message(
    code="WAN813",
    name="reference-not-trimmed",
    severity=Severity.WARNING,
    summary="The reference picture is not trimmed off the video",
    text=(
        "{decode} decodes {frames}, but {node} is set to {length}: the first {more} are its "
        "reference picture, not video."
    ),
    why=(
        "The reference is at the start of the latent during sampling, so that the model can see "
        "it, and must be trimmed before decoding. Otherwise the video starts with a frozen or "
        "broken picture."
    ),
    help="Put TrimVideoLatent before the decoder, with `trim_amount` from the output `trim_latent` of {node} "
    "(`-> wan22.trim_vace`, `-> wan22.trim_animate` in the language).",
    bad=_GRAPH.format(trim=""),
    good=_GRAPH.format(trim="wan22.trim_vace -> "),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_wan.py: trim_latent; Comfy-Org workflow templates",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every decoder that gets what a pass over such a latent made, at its full length."""
    for decoder, pass_ in decoders(view):
        node = pass_.conditioning
        conditioning = None if node is None else record_of(node.class_name).conditioning
        slot = None if conditioning is None else conditioning.trim_output
        if node is None or slot is None:
            continue
        steps = view.facts.of(Link(node.id, slot)).value
        length = view.value(node, "length")
        frames = view.facts_of(decoder, "samples").frames
        if type(steps) is not int or steps < 1 or type(length) is not int or frames is None:
            continue
        if frames != pass_.latent.frames or frames <= length:
            continue
        yield MESSAGE.at(
            place(decoder, "samples"),
            related=also_node(node, "this node adds the picture at the start"),
            decode=named(decoder),
            frames=counted(frames, "frame"),
            node=named(node),
            length=length,
            more=counted(4 * steps, "frame"),
        )
