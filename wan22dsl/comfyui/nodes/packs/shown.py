"""Nodes of several packs that show something after a run, which stands among the values of their widgets.

Sources: rgthree/rgthree-comfy, yolain/ComfyUI-Easy-Use, pythongosssss/ComfyUI-Custom-Scripts,
and Comfy-Org/ComfyUI_frontend for the text that any node can send.
"""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import NodeRecord
from wan22dsl.comfyui.nodes.widgets import Widgets

_EASY, _RGTHREE = "ComfyUI-Easy-Use", "rgthree-comfy"
_SCRIPTS = "ComfyUI-Custom-Scripts"

_NOTHING_ELSE = (
    ("Display Any (rgthree)", _RGTHREE),
    ("Display Int (rgthree)", _RGTHREE),
    ("Image Comparer (rgthree)", _RGTHREE),
    ("easy showAnything", _EASY),
    ("easy showAnythingLazy", _EASY),
    ("easy showTensorShape", _EASY),
    ("easy showSpentTime", _EASY),
    ("ShowText|pysssss", _SCRIPTS),
    ("FancyTimerNode", "CRT-Nodes"),
)

_BESIDE_VALUES = (("StringFunction|pysssss", _SCRIPTS),)

RECORDS: tuple[NodeRecord, ...] = (
    *(NodeRecord(name, pack, widgets=Widgets(shows="only")) for name, pack in _NOTHING_ELSE),
    *(NodeRecord(name, pack, widgets=Widgets(shows="more")) for name, pack in _BESIDE_VALUES),
)
