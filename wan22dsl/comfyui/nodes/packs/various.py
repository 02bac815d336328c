"""Numbers, sizes and frames (jamesWalker55/comfyui-various: comfyui_primitive_ops.py)."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.arithmetic import by_operation, computed, converted
from wan22dsl.comfyui.nodes.values import constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "comfyui-various"


def _whole(text: Any) -> int:
    return int(str(text))


_OPERATIONS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("Add", operator.add),
    ("Sub", operator.sub),
    ("Mul", operator.mul),
    ("Div", operator.truediv),
    ("Min", min),
    ("Max", max),
)

RECORDS: tuple[NodeRecord, ...] = (
    constant("JWInteger", "value", _PACK),
    constant("JWFloat", "value", _PACK),
    constant("JWString", "text", _PACK),
    constant("JWStringMultiline", "text", _PACK),
    converted("JWIntegerToFloat", "value", _PACK, float),
    converted("JWStringToInteger", "text", _PACK, _whole),
    converted("JWStringToFloat", "text", _PACK, float),
    by_operation(
        "JWFloatToInteger",
        _PACK,
        {"round": round, "floor": math.floor, "ceiling": math.ceil},
        names=("value",),
        chooses="mode",
    ),
    *(
        computed(f"JW{kind}{name}", _PACK, ("a", "b"), function)
        for kind in ("Integer", "Float")
        for name, function in _OPERATIONS
    ),
    computed("JWIntegerAbsolute", _PACK, ("value",), abs),
    computed("JWFloatAbsolute", _PACK, ("value",), abs),
)
