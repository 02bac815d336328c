"""Classes of packs, whose versions differ more than ComfyUI's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.open import BUNDLED
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Severity, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.lint.rules.view import Slot, View

_BUNDLED = frozenset(f"ComfyUI {version}" for version in BUNDLED)


def may_differ(view: View, node_class: NodeClass) -> bool:
    """Whether another version of it may run: a class of a pack, known from bundled facts only."""
    return node_class.pack is not None and view.graph.catalogue.target in _BUNDLED


def severity(view: View, *classes: NodeClass | None) -> Severity:
    """How bad a mistake is that these classes make one: no error where another version of them may run."""
    differs = any(each is not None and may_differ(view, each) for each in classes)
    return Severity.WARNING if differs else Severity.ERROR


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
