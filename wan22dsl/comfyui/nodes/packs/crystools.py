"""Constants and switches (crystian/ComfyUI-Crystools: nodes/)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.arithmetic import measured
from wan22dsl.comfyui.nodes.facts import IS_NONE, NOTHING_KNOWN, Facts, Link
from wan22dsl.comfyui.nodes.switches import by_truth, switch
from wan22dsl.comfyui.nodes.values import constant

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import NodeRecord, Reading

_PACK = "ComfyUI-Crystools"


def _from_any(reading: Reading) -> Link | Facts:
    """Switch from any: to the first output at true, else to the second; the other one gives None."""
    is_true = reading.value("boolean")
    if not isinstance(is_true, bool) or reading.slot not in (0, 1):
        return NOTHING_KNOWN
    return reading.given("any") if reading.slot == (0 if is_true else 1) else IS_NONE


RECORDS: tuple[NodeRecord, ...] = (
    constant("Primitive integer [Crystools]", "int", _PACK),
    constant("Primitive float [Crystools]", "float", _PACK),
    constant("Primitive boolean [Crystools]", "boolean", _PACK),
    constant("Primitive string [Crystools]", "string", _PACK),
    constant("Primitive string multiline [Crystools]", "string", _PACK),
    measured("Get resolution [Crystools]", _PACK, "image", "width", "height"),
    *(
        switch(f"Switch {kind} [Crystools]", by_truth("boolean", "on_true", "on_false"), _PACK)
        for kind in ("any", "string", "image", "latent", "conditioning", "mask")
    ),
    switch("Switch from any [Crystools]", _from_any, _PACK),
)
