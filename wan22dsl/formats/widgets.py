"""What ComfyUI's editor makes of the inputs of a class: which are widgets, and what it puts beside them.

For reading and for writing workflow JSON. Facts: Comfy-Org/ComfyUI_frontend 1.27.10, 1.45.19 and 1.58.1, from
what they make of each class of ComfyUI 0.3.64 and 0.33.0, and of the packs that are bundled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of, records

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Input

#: The widget behind a seed: what becomes of the seed after a run.
CONTROL = "control_after_generate"

#: Whole numbers that have such a widget; a few classes have others.
_SEEDS = frozenset({"seed", "noise_seed"})

#: Classes whose last widget is a button to upload a file: its type, and what stands for its value.
UPLOADS = {r.class_name: r.widgets.upload for r in records() if r.widgets.upload is not None}

#: Types of widgets that show something and are not saved, with what the editor sends for them.
UNSAVED = {"IMAGECOMPARE": ["", ""]}

#: Classes of VideoHelperSuite keep their values by name, since a choice there brings other widgets along.
_BY_NAME = "VHS_"


def has_widget(input_: Input) -> bool:
    """Whether the editor shows a field for an input that a class has; never for an item of a growing one."""
    return not input_.is_socket and input_.grows is None and (input_.type != "*" or input_.widget)


def has_control(class_name: str, name: str, input_: Input) -> bool:
    """Whether the widget of an input has another one behind it that says what becomes of it."""
    return input_.type == "INT" and (name in _SEEDS or name == record_of(class_name).widgets.seed)


def is_by_name(class_name: str) -> bool:
    """Whether the values of a node stand by name and not by place."""
    return class_name.startswith(_BY_NAME)
