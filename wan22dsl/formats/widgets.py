"""What ComfyUI's editor makes of the inputs of a class: which are widgets, and what it puts beside them.

For reading and for writing workflow JSON. Facts: Comfy-Org/ComfyUI_frontend 1.27.10, 1.45.19 and 1.58.1, from
what they make of each class of ComfyUI 0.3.64 and 0.33.0, and of the packs that are bundled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Input

#: The widget behind a seed: what becomes of the seed after a run.
CONTROL = "control_after_generate"

#: Whole numbers that have such a widget: all seeds, and the value of ComfyUI's own node for one.
_SEEDS = frozenset({"seed", "noise_seed"})
_OTHER_SEEDS = frozenset({("PrimitiveInt", "value")})

#: Classes whose last widget is a button to upload a file: its type, and what stands for its value.
UPLOADS = {
    "LoadImage": ("IMAGEUPLOAD", "image"),
    "LoadImageMask": ("IMAGEUPLOAD", "image"),
    "LoadVideo": ("IMAGEUPLOAD", "image"),
    "LoadAudio": ("AUDIOUPLOAD", ""),
}

#: What stands for buttons among the values of a class.
BUTTONS = {"Load3D": frozenset({"upload3dmodel", "uploadExtraResources", "clear"})}

#: Types of widgets that show something and are not saved, with what the editor sends for them.
UNSAVED = {"IMAGECOMPARE": ["", ""]}

#: Classes of VideoHelperSuite keep their values by name, since a choice there brings other widgets along.
_BY_NAME = "VHS_"


def has_widget(input_: Input) -> bool:
    """Whether the editor shows a field for an input that a class has; never for an item of a growing one."""
    return not input_.is_socket and input_.grows is None and (input_.type != "*" or input_.widget)


def has_control(class_name: str, name: str, input_: Input) -> bool:
    """Whether the widget of an input has another one behind it that says what becomes of it."""
    return input_.type == "INT" and (name in _SEEDS or (class_name, name) in _OTHER_SEEDS)


def is_by_name(class_name: str) -> bool:
    """Whether the values of a node stand by name and not by place."""
    return class_name.startswith(_BY_NAME)
