"""What ComfyUI's editor has that no server knows."""

from __future__ import annotations

from typing import Literal

from wan22dsl.comfyui.nodes.record import COMFYUI, NodeRecord

#: What ComfyUI's editor and its extensions write beside the inputs of a class; nothing is lost with it.
OF_THE_EDITOR = frozenset(
    {
        "upload",
        "choose file to upload",
        "choose video to upload",
        "videopreview",
        "audioUI",
        "is_changed",
    }
)

NOTE = "Note"
MARKDOWN_NOTE = "MarkdownNote"
NOTES = (NOTE, MARKDOWN_NOTE)

#: Gives its value to the widgets that it is linked to.
PRIMITIVE = "PrimitiveNode"


def only_in_editor(
    class_name: str, pack: str = COMFYUI, named_value: Literal["", "set", "get"] = ""
) -> NodeRecord:
    """A class that the editor, or the script of a pack, has and no server."""
    return NodeRecord(class_name, pack, role="editor", only_in_editor=True, named_value=named_value)


RECORDS: tuple[NodeRecord, ...] = (
    only_in_editor(NOTE),
    only_in_editor(MARKDOWN_NOTE),
    only_in_editor(PRIMITIVE),
)
