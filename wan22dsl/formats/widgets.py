"""What ComfyUI's editor makes of the inputs of a class: which are widgets, and what it puts beside them.

For reading and for writing workflow JSON. Facts: Comfy-Org/ComfyUI_frontend 1.27.10, 1.45.19 and 1.58.1, from
what they make of each class of ComfyUI 0.3.64 and 0.33.0, and of the packs that are bundled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.schema import SEEDS
from wan22dsl.comfyui.nodes import record_of, records
from wan22dsl.comfyui.nodes.packs.vhs import KEPT_BY_NAME

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Input

#: The widget behind a seed: what becomes of the seed after a run.
CONTROL = "control_after_generate"

#: The second one behind a choice: which of its values are taken in turn.
FILTER = "control_filter_list"

#: Classes whose last widget is a button to upload a file: its type, and what stands for its value.
UPLOADS = {r.class_name: r.widgets.upload for r in records() if r.widgets.upload is not None}

#: Types of widgets that show something and are not saved, with what the editor sends for them.
UNSAVED = {"IMAGECOMPARE": ["", ""]}


def has_widget(input_: Input) -> bool:
    """Whether the editor shows a field for an input that a class has; of a list of rows it is their number.

    There is none for an item of a growing input.
    """
    if input_.grows is not None:
        return bool(input_.grows.row)
    return not input_.is_socket and (input_.type != "*" or input_.widget)


def controls(class_name: str, name: str, input_: Input) -> tuple[str, ...]:
    """The widgets behind that of an input which say what becomes of it after a run."""
    facts = record_of(class_name).widgets
    if facts.no_control:
        return ()
    inner = name.rpartition(".")[2]  # of what a choice brings along
    by_name = input_.type == "INT" and (inner in SEEDS or name == facts.seed)
    if not (by_name if input_.control is None else input_.control):
        return ()
    if input_.type == "COMBO":
        return (CONTROL, FILTER)
    return (CONTROL,) if input_.type in {"INT", "FLOAT"} else ()


def is_by_name(class_name: str) -> bool:
    """Whether the values of a node are given by name and not by place."""
    return class_name.startswith(KEPT_BY_NAME)
