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

#: Nodes that the editor or the script of a pack has, and no server: notes, and those of rgthree-comfy.
ONLY_IN_EDITOR = frozenset({"Note", "MarkdownNote"}) | frozenset(
    f"{name} (rgthree)"
    for name in (
        "Bookmark",
        "Fast Actions Button",
        "Fast Bypasser",
        "Fast Groups Bypasser",
        "Fast Groups Muter",
        "Fast Muter",
        "Label",
        "Mute / Bypass Relay",
        "Mute / Bypass Repeater",
        "Node Collector",
        "Random Unmuter",
        "Reroute",
    )
)
