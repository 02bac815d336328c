"""WAN820: a whole video where a model takes a start image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN820",
    name="video-as-start-image",
    severity=Severity.WARNING,
    summary="All frames of a video are the start image of a clip",
    text="{node} gets all frames of {file} as `start_image`.",
    why=(
        "A start image may have several frames, and all of them are kept unchanged: only frames "
        "after the end of the video are new."
    ),
    help="Take one frame (`-> first_frame` or `-> last_frame` in the language), or use a model that follows "
    "a video, such as VACE or Fun Control.",
    bad="""\
wan 1
use wan22

pipeline demo {
    image  = "clip.mp4"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("demo")
}
""",
    good="""\
wan 1
use wan22

pipeline demo {
    image  = "clip.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("demo")
}
""",
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_wan.py, WanImageToVideo: start_image[:length], its mask",
)

_VIDEO = re.compile(r"\.(mp4|webm|mov|mkv|avi|m4v)$", re.IGNORECASE)

#: Settings of loaders that leave frames out, and how they are written where they do not.
_WHOLE = {"frame_load_cap": 0, "select_every_nth": 1, "skip_first_frames": 0, "start_time": 0}

#: With fewer frames than this share of the clip it goes on with the motion of some frames, as it is meant to.
_MOST = 0.5

_LONGEST = 50


def check(view: View) -> Iterator[Diagnostic]:
    """Every conditioning whose start image comes from a loaded video that nothing takes frames of."""
    for node in view.needed:
        conditioning = record_of(node.class_name).conditioning
        if conditioning is None or "start_image" not in conditioning.laid_over:
            continue
        file, length = _whole_video(view, node), view.value(node, "length")
        frames = view.facts_of(node, "start_image").frames
        if file is None or (
            frames is not None and (type(length) is not int or frames <= _MOST * length)
        ):
            continue
        yield MESSAGE.at(place(node, "start_image"), node=named(node), file=shown(file))


def _whole_video(view: View, node: Node) -> str | None:
    """The video whose frames all arrive as the start image; None where that is not certain."""
    link = node.inputs.get("start_image")
    for _ in range(_LONGEST):
        before = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        if before is None:
            return None
        record = record_of(before.class_name)
        if record.file is not None and record.file.kind == "video":
            return _file(view, before, record.file.input)
        link = before.inputs.get(record.same_length or record.same_shape or "")
    return None


def _file(view: View, loader: Node, name: str) -> str | None:
    file = view.value(loader, name)
    if not isinstance(file, str) or not _VIDEO.search(file):
        return None
    whole = all(
        view.value(loader, name) == value for name, value in _WHOLE.items() if name in loader.inputs
    )
    return file if whole else None
