"""Steps and sizes (PGCRT/CRT-Nodes: py/)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.arithmetic import result_of
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.scaling import UNKNOWN, Size, resizer
from wan22dsl.comfyui.nodes.widgets import Widgets

_PACK = "CRT-Nodes"

#: The sizes whose shapes a picture may get.
_SIZES = (
    *((1024, 1024), (1152, 896), (896, 1152), (1216, 832), (832, 1216), (1344, 768), (768, 1344)),
    *((1536, 640), (640, 1536), (1088, 1088), (1152, 960), (960, 1152), (1280, 896), (896, 1280)),
    *((1344, 832), (832, 1344), (1408, 768), (768, 1408), (1472, 704), (704, 1472), (1600, 640)),
    *((640, 1600), (1664, 576), (576, 1664), (1728, 576), (576, 1728)),
)
_STEP_PX = 64


def _steps(reading: Reading) -> Facts:
    """Strength To Steps: of how many steps the last ones are that share, and where those begin."""
    steps, percent = reading.whole("desired_steps"), reading.number("strength_percent")
    if steps is None or percent is None or reading.slot not in (0, 1):
        return NOTHING_KNOWN
    whole = result_of(lambda: round(steps / (max(percent, 1.0) / 100.0)))
    if reading.slot == 0 or not isinstance(whole.value, int):
        return whole
    return Facts(value=whole.value - steps)


def _nearest(reading: Reading, before: Facts) -> Size:
    """CRT_QuantizeAndCropImage: the size with the nearest shape, scaled down to the longest side."""
    longest = reading.whole("max_side_length")
    if not before.width or not before.height or longest is None:
        return UNKNOWN
    shape = before.width / before.height
    width, height = min(_SIZES, key=lambda size: abs(shape - size[0] / size[1]))
    if max(width, height) > longest:
        ratio = longest / max(width, height)
        width, height = round(width * ratio), round(height * ratio)
    return _in_steps(width), _in_steps(height)


def _in_steps(side_px: int) -> int:
    return round(side_px / _STEP_PX) * _STEP_PX or _STEP_PX


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord("Strength To Steps", _PACK, role="value", facts=_steps),
    NodeRecord(
        "CRT_QuantizeAndCropImage",
        _PACK,
        role="scaling",
        facts=resizer(_nearest),
        same_length="image",
    ),
    NodeRecord(
        "CRT Post-Process Suite",
        _PACK,
        widgets=Widgets(behind=("",)),
    ),
)
