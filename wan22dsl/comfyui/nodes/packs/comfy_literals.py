"""Numbers that are written as texts (M1kep/ComfyLiterals: nodes.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.arithmetic import converted
from wan22dsl.comfyui.nodes.values import constant

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "ComfyLiterals"


def _whole(text: Any) -> int:
    """A text as int() reads it: `4.0` is none."""
    return int(str(text))


RECORDS: tuple[NodeRecord, ...] = (
    converted("Int", "Number", _PACK, _whole),
    converted("Float", "Number", _PACK, float),
    constant("String", "String", _PACK),
    constant("KepStringLiteral", "String", _PACK),
)
