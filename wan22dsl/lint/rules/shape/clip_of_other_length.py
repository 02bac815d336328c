"""WAN807: a clip that is shorter or longer than what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.tables import SAME_LENGTH, SAME_SHAPE, SHAPES
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
    why="ComfyUI lays the frames that it gets over the beginning, takes grey where there are none, and "
    "drops what is too much, all without a word.",
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

#: The clips that a class lays over the whole of what it makes.
_CLIPS = {
    "WanImageToVideo": ("start_image",),
    "WanFirstLastFrameToVideo": ("start_image",),
    "WanFunInpaintToVideo": ("start_image",),
    "Wan22FunControlToVideo": ("control_video",),
    "WanFunControlToVideo": ("control_video",),
    "WanVaceToVideo": ("control_video",),
}

#: Loaders with a limit on their frames.
_LOADERS = frozenset({"VHS_LoadVideo", "VHS_LoadVideoPath", "VHS_LoadVideoFFmpeg"})

#: Longer ways than this are given up.
_LONGEST = 50

#: A start clip below this share of the length is the beginning of a continuation, as it is meant to be.
_WHOLE = 0.5


def check(view: View) -> Iterator[Diagnostic]:
    """Every clip of known length on a conditioning of known length."""
    for node in view.needed:
        for name in _CLIPS.get(node.class_name, ()):
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
        if before.class_name in _LOADERS:
            cap = view.value(before, "frame_load_cap")
            return cap if type(cap) is int and cap > 0 else None
        kept = {**SAME_SHAPE, **SAME_LENGTH}.get(before.class_name)
        link = before.inputs.get(kept or "")
    return None


def _told(view: View, node: Node, name: str) -> Diagnostic | None:
    given = view.facts_of(node, name).frames
    made = view.facts.of(Link(node.id, SHAPES[node.class_name].slot)).frames
    if made is not None and node.class_name == "WanVaceToVideo":
        made = None if node.inputs.get("reference_image") is not None else made
    most = _at_most(view, node, name) if given is None and name == "control_video" else None
    if most is not None and made is not None and most < made:
        given = most
    if given is None or made is None or given in (1, made):
        return None
    control = name == "control_video"
    if (control and given > made) or (not control and given < made * _WHOLE):
        return None
    rest = counted(abs(made - given), "frame")
    effect = f"the last {rest} of it are dropped" if given > made else f"the last {rest} are grey"
    return MESSAGE.at(
        place(node, "length", name),
        node=named(node),
        made=counted(made, "frame"),
        given=counted(given, "frame"),
        input=name,
        effect=effect,
        help="Cut the clip, `-> take(…)`, or make it all."
        if given > made
        else f"Make {counted(given, 'frame')}, or bring a longer clip.",
    )
