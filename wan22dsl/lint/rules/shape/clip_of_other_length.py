"""WAN807: a clip that is shorter or longer than what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import counted, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN807",
    name="clip-of-other-length",
    severity=Severity.WARNING,
    summary="An input clip has another length than the video",
    text="{node} makes {made} and gets a clip of {given} as `{input}`: {effect}.",
    why=(
        "ComfyUI silently puts the frames at the start, fills missing ones with grey, and drops "
        "the rest."
    ),
    help="{help}",
    bad="""\
wan 1
use wan22

pipeline demo {
    conditioning  = wan22.fun_control
    image         = "portrait.png"
    control_video = EmptyImage(width = 832, height = 1216, batch_size = 49, color = 0)
    prompt        = "She smiles"
    size          = 832x1216
    length        = 81f
    flow          = wan22.control_high -> wan22.control_low -> save("demo")
}
""",
    good="""\
wan 1
use wan22

pipeline demo {
    conditioning  = wan22.fun_control
    image         = "portrait.png"
    control_video = EmptyImage(width = 832, height = 1216, batch_size = 81, color = 0)
    prompt        = "She smiles"
    size          = 832x1216
    length        = 81f
    flow          = wan22.control_high -> wan22.control_low -> save("demo")
}
""",
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_wan.py; run: a pass of 5 frames before one of 9",
)

#: Longer ways than this are given up.
_LONGEST = 50

#: A start clip below this share of the length is the beginning of a continuation, as it is meant to be.
_WHOLE = 0.5


def check(view: View) -> Iterator[Diagnostic]:
    """Every clip of known length on a conditioning of known length."""
    for node in view.needed:
        conditioning = record_of(node.class_name).conditioning
        for name in () if conditioning is None else conditioning.laid_over:
            told = _told(view, node, name)
            if told is not None:
                yield told


def _at_most(view: View, node: Node, name: str) -> int | None:
    """How many frames a loader brings at most, through nodes that keep their number."""
    link = node.inputs.get(name)
    for _ in range(_LONGEST):
        before = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        if before is None:
            return None
        record = record_of(before.class_name)
        if record.file is not None and record.file.kind == "video":
            cap = view.value(before, "frame_load_cap")
            return cap if type(cap) is int and cap > 0 else None
        link = before.inputs.get(record.same_length or record.same_shape or "")
    return None


def _told(view: View, node: Node, name: str) -> Diagnostic | None:
    given = view.facts_of(node, name).frames
    record = record_of(node.class_name)
    if record.latent is None or _has_reference(node):
        return None
    made = view.facts.of(Link(node.id, record.latent.slot)).frames
    most = _at_most(view, node, name) if given is None and name == "control_video" else None
    if most is not None and made is not None and most < made:
        given = most
    if given is None or made is None or given in (1, made):
        return None
    control = name == "control_video"
    if (control and given > made) or (not control and given < made * _WHOLE):
        return None
    rest = counted(abs(made - given), "frame")
    effect = f"its last {rest} are dropped" if given > made else f"its last {rest} are grey"
    return MESSAGE.at(
        place(node, "length", name),
        node=named(node),
        made=counted(made, "frame"),
        given=counted(given, "frame"),
        input=name,
        effect=effect,
        help="Cut the clip, `-> take(…)`, or make all of it."
        if given > made
        else f"Make {counted(given, 'frame')}, or use a longer clip.",
    )


def _has_reference(node: Node) -> bool:
    """Whether a reference is in front of the video, so that its latent is longer."""
    conditioning = record_of(node.class_name).conditioning
    in_front = conditioning is not None and conditioning.trim_output is not None
    return in_front and node.inputs.get("reference_image") is not None
