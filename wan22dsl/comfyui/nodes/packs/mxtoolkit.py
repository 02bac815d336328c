"""Sliders of ComfyUI-mxToolkit (Smirnov75/ComfyUI-mxToolkit: mxtoolkit.py, js/Slider.js, js/Slider2D.js).

What a slider shows is kept among its properties. Its script puts it into the inputs when it is sent.
"""

from __future__ import annotations

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.values import constant, pass_on
from wan22dsl.comfyui.nodes.widgets import Number, Widgets

_PACK = "ComfyUI-mxToolkit"


def _slid(reading: Reading) -> Facts:
    """The number of an output: X, and of the slider in two directions Y too."""
    if not 0 <= reading.slot < 2:
        return NOTHING_KNOWN
    axis = "XY"[reading.slot]
    is_float = reading.whole(f"isfloat{axis}")
    if is_float is None:
        return NOTHING_KNOWN
    number = reading.number(f"{axis}f") if is_float > 0 else reading.whole(f"{axis}i")
    return Facts(value=number)


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "mxSlider",
        _PACK,
        role="value",
        facts=_slid,
        widgets=Widgets(
            order=("Xi", "Xf", "isfloatX"),
            numbers=(Number("value", "Xi", "Xf", "isfloatX", "decimals"),),
        ),
    ),
    NodeRecord(
        "mxSlider2D",
        _PACK,
        role="value",
        facts=_slid,
        widgets=Widgets(
            order=("Xi", "Xf", "Yi", "Yf", "isfloatX", "isfloatY"),
            numbers=(
                Number("valueX", "Xi", "Xf", "isfloatX", "decimalsX"),
                Number("valueY", "Yi", "Yf", "isfloatY", "decimalsY"),
            ),
        ),
    ),
    constant("mxSeed", "X", _PACK),
    pass_on("mxStop", "In", _PACK, acts=True),
)
