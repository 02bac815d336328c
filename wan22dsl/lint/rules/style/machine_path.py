"""WAN531: a path that only one machine has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN531",
    name="machine-path",
    severity=Severity.NOTE,
    summary="A path is valid on one machine only",
    text="`{input}` of {node} is {value}, a path of one machine.",
    why=(
        "Other people and other servers do not have that folder, and the path reveals the layout "
        "of that machine."
    ),
    help=(
        "Put the file next to this one, or into the server's input folder, and write only its name."
    ),
    bad="""\
wan 1

graph demo {
    let frames = VHS_LoadVideoPath(
        video = "/home/ada/clips/dance.mp4"
        force_rate = 16
        custom_width = 0
        custom_height = 0
        frame_load_cap = 0
        skip_first_frames = 0
        select_every_nth = 1
    )
    SaveImage(images = frames.IMAGE, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let frames = VHS_LoadVideo(
        video = "dance.mp4"
        force_rate = 16
        custom_width = 0
        custom_height = 0
        frame_load_cap = 0
        skip_first_frames = 0
        select_every_nth = 1
    )
    SaveImage(images = frames.IMAGE, filename_prefix = "demo")
}
""",
    source="ComfyUI's loaders look up names in the server's own folders: folder_paths.py",
)

_PATH = re.compile(
    r"([A-Za-z]:[\\/]|\\\\[^\\\s]+\\|~[\\/]|/(home|Users|root|mnt|media|workspace|tmp|var|opt|data)/)[^\n]*"
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every text that is such a path as a whole; names of outputs are judged by WAN520."""
    for node in view.needed:
        for name, value in node.inputs.items():
            if isinstance(value, str) and name != "filename_prefix" and _PATH.fullmatch(value):
                span = node.spans.get(name, node.span)
                yield MESSAGE.at(span, node=named(node), input=name, value=shown(value))
