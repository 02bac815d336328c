"""Constants, switches, and prompts with wildcards (ltdrdata/ComfyUI-Impact-Pack: modules/impact/,
js/impact-pack.js).
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.arithmetic import by_operation, computed
from wan22dsl.comfyui.nodes.facts import IS_NONE, NOTHING_KNOWN, Facts, Link
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.switches import by_truth, only_to, switch
from wan22dsl.comfyui.nodes.values import constant
from wan22dsl.comfyui.nodes.widgets import Widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PACK = "ComfyUI-Impact-Pack"

_TEXTS = ("wildcard_text", "populated_text", "mode")
_CHOOSERS = ("Select to add LoRA", "Select to add Wildcard")


def _selected(reading: Reading) -> Link | Facts:
    """ImpactSwitch: the input of a number, or None where there is none; its label; and the number."""
    number = reading.whole("select")
    if number is None:
        return NOTHING_KNOWN
    if reading.slot == 2:
        return Facts(value=number)
    if reading.slot != 0:
        return NOTHING_KNOWN
    old = [name for name in reading.inputs if name.startswith("latent")]
    return reading.given(f"latent{number}" if old else f"input{number}", IS_NONE)


def _pictures(reading: Reading) -> Link | Facts:
    """ImageMaskSwitch: pictures and their mask, by a number from 1 to 4."""
    number = reading.whole("select")
    if number is None or reading.slot not in (0, 1):
        return NOTHING_KNOWN
    number = number if number in (1, 2, 3) else 4
    if reading.slot == 1:
        return reading.given(f"mask{number}_opt", IS_NONE)
    return reading.given("images1" if number == 1 else f"images{number}_opt", IS_NONE)


_COMPARISONS: Mapping[str, Callable[..., Any]] = {
    "a = b": operator.eq,
    "a <> b": operator.ne,
    "a > b": operator.gt,
    "a < b": operator.lt,
    "a >= b": operator.ge,
    "a <= b": operator.le,
    "tt": lambda a, b: True,
    "ff": lambda a, b: False,
}

RECORDS: tuple[NodeRecord, ...] = (
    constant("ImpactInt", "value", _PACK),
    constant("ImpactFloat", "value", _PACK),
    constant("ImpactBoolean", "value", _PACK),
    computed("ImpactNeg", _PACK, ("value",), operator.not_),
    by_operation("ImpactCompare", _PACK, _COMPARISONS, chooses="cmp"),
    switch("ImpactSwitch", _selected, _PACK, takes_anything=True),
    switch("LatentSwitch", _selected, _PACK, takes_anything=True),
    switch("SEGSSwitch", _selected, _PACK, takes_anything=True),
    switch("ImageMaskSwitch", _pictures, _PACK),
    switch("ImpactConditionalBranch", by_truth("cond", "tt_value", "ff_value"), _PACK),
    switch("ImpactConditionalBranchSelMode", by_truth("cond", "tt_value", "ff_value"), _PACK),
    switch("ImpactInversedSwitch", only_to("select", 1, "input"), _PACK),
    NodeRecord(
        "ImpactWildcardEncode",
        _PACK,
        role="text",
        widgets=Widgets(order=(*_TEXTS, *_CHOOSERS, "seed")),
    ),
    NodeRecord(
        "ImpactWildcardProcessor",
        _PACK,
        role="value",
        widgets=Widgets(order=(*_TEXTS, "seed", _CHOOSERS[1])),
    ),
    *(
        NodeRecord(class_name, _PACK, widgets=Widgets(order=("wildcard", *_CHOOSERS)))
        for class_name in (
            *("ToDetailerPipe", "EditDetailerPipe", "BasicPipeToDetailerPipe"),
            *("ToDetailerPipeSDXL", "EditDetailerPipeSDXL", "BasicPipeToDetailerPipeSDXL"),
        )
    ),
)
