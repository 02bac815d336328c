"""Numbers (StableLlama/ComfyUI-basic_data_handling: src/basic_data_handling/int_nodes.py, float_nodes.py)."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.arithmetic import computed

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "ComfyUI-basic_data_handling"

_OPERATIONS = (
    ("Add", operator.add),
    ("Subtract", operator.sub),
    ("Multiply", operator.mul),
)

RECORDS: tuple[NodeRecord, ...] = tuple(
    computed(
        f"Basic data handling: {kind}{name}",
        _PACK,
        (f"{kind.lower()}1", f"{kind.lower()}2"),
        function,
    )
    for kind in ("Int", "Float")
    for name, function in _OPERATIONS
)
