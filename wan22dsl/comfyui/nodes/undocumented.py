"""What nodes take although their class does not say so."""

from __future__ import annotations

#: Arguments that the function of a class takes although its schema does not have them, with their type
#: (ComfyUI, nodes_wan.py).
ARGUMENTS = {("Wan22FunControlToVideo", "start_image"): "IMAGE"}

#: Classes that take inputs of any name (rgthree-comfy; ComfyUI, nodes_logic.py).
TAKE_ANYTHING = frozenset(
    {
        "CustomCombo",
        "Power Lora Loader (rgthree)",
        "Any Switch (rgthree)",
        "Power Puter (rgthree)",
        "Context Big (rgthree)",
    }
)

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
