"""Numbers and switches (JPS-GER/ComfyUI_JPS-Nodes: jps_nodes.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.arithmetic import computed, measured
from wan22dsl.comfyui.nodes.facts import IS_NONE, NOTHING_KNOWN, Facts, Link
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.switches import switch
from wan22dsl.comfyui.nodes.values import constant

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.switches import HandsOn

_PACK = "ComfyUI_JPS-Nodes"


def _one_of_five(kind: str) -> HandsOn:
    """The input of a number from 1 to 5, the first at all others."""

    def hands_on(reading: Reading) -> Link | Facts:
        number = reading.whole("select")
        if number is None or reading.slot != 0:
            return NOTHING_KNOWN
        return reading.given(f"{kind}_{number if number in (2, 3, 4, 5) else 1}", IS_NONE)

    return hands_on


def _multiplied(reading: Reading) -> Facts:
    """Resolution Multiply: both sides, by a whole number."""
    factor = reading.whole("factor")
    side = reading.whole(("width", "height")[reading.slot]) if reading.slot in (0, 1) else None
    return NOTHING_KNOWN if factor is None or side is None else Facts(value=side * factor)


RECORDS: tuple[NodeRecord, ...] = (
    *(
        switch(f"{kind} Switch (JPS)", _one_of_five(name), _PACK)
        for kind, name in (
            ("Image", "img"),
            ("Latent", "latent"),
            ("Conditioning", "con"),
            ("Model", "model"),
            ("VAE", "vae"),
            ("Mask", "mask"),
        )
    ),
    measured("Get Image Size (JPS)", _PACK, "image", "width", "height"),
    constant("Text Prompt (JPS)", "text", _PACK),
    NodeRecord("Resolution Multiply (JPS)", _PACK, role="value", facts=_multiplied),
    computed("Multiply Int Int (JPS)", _PACK, ("int_a", "int_b"), lambda a, b: a * b, (int, float)),
    computed(
        "Multiply Int Float (JPS)", _PACK, ("int_a", "float_b"), lambda a, b: a * b, (int, float)
    ),
    computed(
        "Multiply Float Float (JPS)",
        _PACK,
        ("float_a", "float_b"),
        lambda a, b: a * b,
        (int, float),
    ),
    computed(
        "Substract Int Int (JPS)", _PACK, ("int_a", "int_b"), lambda a, b: a - b, (int, float)
    ),
)
