"""Constants, sizes and switches (Suzie1/ComfyUI_Comfyroll_CustomNodes: nodes/)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.arithmetic import converted
from wan22dsl.comfyui.nodes.facts import IS_NONE, NOTHING_KNOWN, Facts, Link
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.switches import switch
from wan22dsl.comfyui.nodes.values import constant

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.switches import HandsOn

_PACK = "ComfyUI_Comfyroll_CustomNodes"


def _first_or_second(kind: str) -> HandsOn:
    """The first input at 1, else the second."""

    def hands_on(reading: Reading) -> Link | Facts:
        number = reading.whole("Input")
        if number is None or reading.slot != 0:
            return NOTHING_KNOWN
        return reading.given(f"{kind}{1 if number == 1 else 2}", IS_NONE)

    return hands_on


def _one_of_four(kind: str) -> HandsOn:
    """The input of that number, the fourth at all others."""

    def hands_on(reading: Reading) -> Link | Facts:
        number = reading.whole("Input")
        if number is None or reading.slot != 0:
            return NOTHING_KNOWN
        return reading.given(f"{kind}{number if number in (1, 2, 3) else 4}", IS_NONE)

    return hands_on


def _model_and_clip(reading: Reading) -> Link | Facts:
    number = reading.whole("Input")
    if number is None or reading.slot not in (0, 1):
        return NOTHING_KNOWN
    return reading.given(f"{('model', 'clip')[reading.slot]}{1 if number == 1 else 2}")


def _aspect_ratio(reading: Reading) -> Facts:
    """CR Aspect Ratio: the size that a choice ends with, or an own one; turned, and scaled before."""
    choice, factor = reading.value("aspect_ratio"), reading.number("prescale_factor")
    swaps = reading.value("swap_dimensions")
    if not isinstance(choice, str) or factor is None or reading.slot not in (0, 1):
        return NOTHING_KNOWN
    sides = (reading.whole("width"), reading.whole("height"))
    match = re.search(r" ([0-9]{1,5})x([0-9]{1,5})$", choice)
    if match is not None:
        sides = (int(match[1]), int(match[2]))
    elif choice != "custom":
        return NOTHING_KNOWN
    side = sides[1 - reading.slot if swaps == "On" else reading.slot]
    if side is None or swaps not in ("On", "Off"):
        return NOTHING_KNOWN
    return Facts(value=int(side * factor))


RECORDS: tuple[NodeRecord, ...] = (
    constant("CR Seed", "seed", _PACK),
    converted("CR Value", "value", _PACK, float, int),
    converted("CR Float To Integer", "_float", _PACK, int),
    NodeRecord("CR Aspect Ratio", _PACK, role="value", facts=_aspect_ratio),
    switch("CR Image Input Switch", _first_or_second("image"), _PACK),
    switch("CR Latent Input Switch", _first_or_second("latent"), _PACK),
    switch("CR Conditioning Input Switch", _first_or_second("conditioning"), _PACK),
    switch("CR Clip Input Switch", _first_or_second("clip"), _PACK),
    switch("CR Model Input Switch", _first_or_second("model"), _PACK),
    switch("CR Text Input Switch", _first_or_second("text"), _PACK),
    switch("CR VAE Input Switch", _first_or_second("VAE"), _PACK),
    switch("CR Image Input Switch (4 way)", _one_of_four("image"), _PACK),
    switch("CR Text Input Switch (4 way)", _one_of_four("text"), _PACK),
    switch("CR Switch Model and CLIP", _model_and_clip, _PACK),
)
