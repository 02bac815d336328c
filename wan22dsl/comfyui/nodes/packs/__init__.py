"""Packs of custom nodes: one file for each, with the records of its classes.

To add a pack, write its file and put its name into `NAMES`. A class that hands an input on is a
`values.pass_on`, one that keeps the shape of its pictures a `frames.same_shape`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

#: The files. Those that workflows use most come first: a class is looked for in one after the other.
NAMES = (
    "frame_interpolation",
    "vhs",
    "kjnodes",
    "kjnodes_pictures",
    "rgthree",
    "rgthree_contexts",
    "wan_video_wrapper",
    "wan_moe",
    "use_everywhere",
    "easy_use",
    "easy_use_logic",
    "essentials",
    "custom_scripts",
    "comfy_literals",
    "res4lyf",
    "impact",
    "efficiency",
    "multi_gpu",
    "raylight",
    "lora_manager",
    "controlnet_aux",
    "mxtoolkit",
    "triple_ksampler",
    "wan22_fmlf",
    "crt_nodes",
    "comfy_math",
    "comfyroll",
    "crystools",
    "jps",
    "layer_style",
    "basic_data_handling",
    "various",
    "was",
    "kaytool",
    "nag",
    "shown",
    "others",
)


def modules() -> Iterator[ModuleType]:
    """The files of packs, each imported when it is its turn."""
    for name in NAMES:
        yield import_module(f"{__name__}.{name}")
