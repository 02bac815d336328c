"""WAN520: a file name that leads out of the server's output folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN520",
    name="save-outside",
    severity=Severity.ERROR,
    summary="A file is saved outside the server's output folder",
    text="{node} saves to {value}, which is outside the server's output folder.",
    why="ComfyUI accepts the prompt and refuses to write when the node runs: after all sampling.",
    help='Write a name, or a path inside the output folder: "video/{name}".',
    bad="""\
wan 1

graph demo {
    SaveImage(images = LoadImage(image = "start.png").IMAGE, filename_prefix = "../demo")
}
""",
    good="""\
wan 1

graph demo {
    SaveImage(images = LoadImage(image = "start.png").IMAGE, filename_prefix = "video/demo")
}
""",
    source="Comfy-Org/ComfyUI, folder_paths.py, get_save_image_path; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every prefix that goes up, or begins at the root of a disk."""
    for slot in view.constants:
        if slot.name == "filename_prefix" and isinstance(slot.value, str) and _leaves(slot.value):
            name = slot.value.replace("\\", "/").rpartition("/")[2] or "clip"
            yield MESSAGE.at(slot.span, node=named(slot.node), value=shown(slot.value), name=name)


def _leaves(prefix: str) -> bool:
    path = prefix.replace("\\", "/")
    depth = 0
    for part in path.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return True
    return path.startswith("/") or path[1:3] == ":/"
