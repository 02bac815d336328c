"""WAN523: a file name with an ending, where ComfyUI takes only how the name begins."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Edit, Fix, Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN523",
    name="ending-in-prefix",
    severity=Severity.WARNING,
    summary="The name of an output has an extension that does not set its format",
    text="{node} is named {value} and writes a file such as `{file}`.",
    why=(
        "A `filename_prefix` is only the start of the name: the server appends a number and the "
        "extension of the format. It is a note where the two extensions are the same."
    ),
    help="{help}",
    bad=portrait('wan22.high -> wan22.low -> save("portrait.gif")'),
    good=portrait('wan22.high -> wan22.low -> save("portrait")'),
    source="Comfy-Org/ComfyUI, folder_paths.py, get_save_image_path; comfy_extras/nodes_video.py",
)

_ENDING = r"(?i)(?<=[^/\\])\.(mp4|webm|gif|webp|png|mov|mkv|avi|jpe?g)$"

#: The endings of what is always written in one format.
_WRITES = {"webm": "webm", "webp": "webp", "apng": "png", "pictures": "png"}

#: What writes a format, for those that the language has a stage for.
_STAGES = {
    "gif": 'VHS_VideoCombine with "image/gif" (`combine("{name}", format = "image/gif")` in the language)',
    "webm": 'SaveWEBM (`save_webm("{name}")` in the language)',
    "webp": 'SaveAnimatedWEBP (`save_webp("{name}")` in the language)',
    "png": 'SaveImage (`save_frames("{name}")` in the language)',
    "mp4": 'SaveVideo (`save("{name}")` in the language)',
}


def check(view: View) -> Iterator[Diagnostic]:
    """Every node that saves, where the format that it writes is known."""
    for node in view.needed:
        prefix, writes = view.value(node, "filename_prefix"), _written(view, node)
        has_dot = isinstance(prefix, str) and "." in prefix
        found = re.search(_ENDING, prefix) if has_dot else None
        if found is None or writes is None:
            continue
        name, ending = prefix[: found.start()], found[1].lower()
        same = ending == writes
        stage = _STAGES.get(ending)
        use = "" if stage is None else f", or use {stage.format(name=name)}"
        yield MESSAGE.at(
            node.spans.get("filename_prefix", node.span),
            severity=Severity.NOTE if same else Severity.WARNING,
            fix=_without(node, prefix, name) if same else None,
            node=named(node),
            value=shown(prefix),
            file=f"{prefix.replace(chr(92), '/').rpartition('/')[2]}_00001_.{writes}",
            help=f"Remove `{found.group()}`{'' if same else use}.",
        )


def _written(view: View, node: Node) -> str | None:
    """The ending of what a node writes; None where it is not known."""
    saving = record_of(node.class_name).saving
    what = "" if saving is None else saving.what
    if what == "video":
        return "mp4" if view.value(node, "format") in ("auto", "mp4") else None
    if what == "combined":
        chosen = view.value(node, "format")
        last = re.split("[-/]", chosen)[-1].lower() if isinstance(chosen, str) else ""
        return last if last in {"mp4", "webm", "gif", "webp"} else None
    return _WRITES.get(what)


def _without(node: Node, prefix: str, name: str) -> Fix | None:
    span = node.spans.get("filename_prefix")
    if span is None or span.text != json.dumps(prefix, ensure_ascii=False):
        return None
    new = json.dumps(name, ensure_ascii=False)
    return Fix(f"Write {new}", (Edit(span, new),), safe=True)
