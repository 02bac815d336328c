"""Classes of packs, whose versions differ more than ComfyUI's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.open import BUNDLED
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.editor import OF_THE_EDITOR
from wan22dsl.diagnostics import Severity, nearest
from wan22dsl.lint.rules.view import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

_BUNDLED = frozenset(f"ComfyUI {version}" for version in BUNDLED)


def may_differ(view: View, node_class: NodeClass) -> bool:
    """Whether another version of it may run: a class of a pack, known from bundled facts only."""
    return node_class.pack is not None and view.graph.catalogue.target in _BUNDLED


def severity(view: View, *classes: NodeClass | None) -> Severity:
    """How bad a mistake is that these classes make one: no error where another version of them may run."""
    differs = any(each is not None and may_differ(view, each) for each in classes)
    return Severity.WARNING if differs else Severity.ERROR


def of_another_version(view: View, node: Node, but: str = "") -> int:
    """How many inputs of a pack's class, besides the one named, only another version of it can have.

    They are unknown to the bundled one, and no slips of what it has.
    """
    node_class = view.class_of(node)
    if node_class is None or not may_differ(view, node_class):
        return 0
    known = view.inputs_of(node, node_class)
    return sum(
        name not in known
        and name not in OF_THE_EDITOR
        and name != but
        and not any(is_slip(name, other) for other in known if other not in node.inputs)
        and not is_accepted(Slot(node, node_class, name, value, None))
        for name, value in node.inputs.items()
    )


#: How alike two names are, from 0 to 1, of which one may be a slip of the other: `strenght`, `step`.
_ALIKE = 0.8


def is_slip(name: str, meant: str) -> bool:
    """Whether a name is rather misspelt than another one."""
    from difflib import SequenceMatcher  # only where something is wrong

    return SequenceMatcher(None, name.lower(), meant.lower()).ratio() >= _ALIKE


def is_accepted(slot: Slot) -> bool:
    """Whether a node takes an input that its class does not list: any, or one more of a numbered family.

    Scripts of packs add `image_3` behind `image_2`, and their classes take it.
    """
    node_class = slot.node_class
    record = record_of(slot.node.class_name)
    if node_class.takes_anything or record.takes_anything or slot.name in record.former:
        return True
    stem = slot.name.rstrip("0123456789")
    if node_class.pack is None or stem == slot.name or not stem:
        return False
    return any(
        input_.name != stem and input_.name.rstrip("0123456789") == stem
        for input_ in node_class.inputs
    )


_STAGED = ("res_2m", "res_3m", "res_2s", "res_3s", "res_5s", "res_6s", "deis_2m", "deis_3m")

#: The samplers and schedulers that RES4LYF adds to ComfyUI's own, by the input that takes them
#: (ClownsharkBatwing/RES4LYF, __init__.py, beta/__init__.py and legacy/__init__.py).
RES4LYF: dict[str, frozenset[object]] = {
    "sampler_name": frozenset(
        {*_STAGED, *(f"{name}_ode" for name in _STAGED), "rk_beta", "rk", "legacy_rk"}
    ),
    "scheduler": frozenset({"beta57", "bong_tangent"}),
}


def adding_folder(slot: Slot, options: Iterable[str]) -> str | None:
    """The folder whose files may have added the value to the choices.

    None where files add none, and where the value is a misspelt option.
    """
    if not isinstance(slot.value, str):
        return None
    for name, start, folder in record_of(slot.node.class_name).choices_of_files:
        if name == slot.name and slot.value.startswith(start):
            own = [option.removeprefix(start) for option in options if option.startswith(start)]
            return folder if nearest(slot.value.removeprefix(start), own) is None else None
    return None


#: Packs whose classes say by their names whose they are.
_BY_NAME = (
    (r"^(WanVideo|LoadWanVideo|DownloadAndLoadWan)", "ComfyUI-WanVideoWrapper (kijai)"),
    (r"\(rgthree\)$", "rgthree-comfy"),
    (r"^easy ", "ComfyUI-Easy-Use"),
    (r"^Layer(Utility|Mask|Style|Color|Filter): ", "ComfyUI_LayerStyle"),
    (r" //Inspire$", "ComfyUI-Inspire-Pack"),
    (r"^CR ", "ComfyUI_Comfyroll_CustomNodes"),
    (r"\|pysssss$", "ComfyUI-Custom-Scripts"),
    (r"^VHS_", "ComfyUI-VideoHelperSuite"),
    (r"^Swarm[A-Z]", "SwarmUI (mcmonkeyprojects)"),
    (r"^(Clown|Shark|clown)[A-Za-z]*(Sampler|Guide|Options|Regional)", "RES4LYF"),
)


def pack_named_in(class_name: str) -> str | None:
    """The pack that the name of a class speaks of; None where it does not."""
    import re  # only where a class is not known

    return next((pack for pattern, pack in _BY_NAME if re.search(pattern, class_name)), None)
