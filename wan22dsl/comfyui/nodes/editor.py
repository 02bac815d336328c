"""What ComfyUI's editor has that no server knows."""

from __future__ import annotations

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
