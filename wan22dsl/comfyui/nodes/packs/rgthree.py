"""rgthree's nodes (rgthree/rgthree-comfy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import loras
from wan22dsl.comfyui.nodes.arithmetic import measured, result_of
from wan22dsl.comfyui.nodes.editor import only_in_editor
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.scaling import UNKNOWN, Size, resizer
from wan22dsl.comfyui.nodes.switches import first_of, switch
from wan22dsl.comfyui.nodes.widgets import Rows, Widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PACK = "rgthree-comfy"

#: LoRAs that the user adds, between lines, a head and a button (src_web/comfyui/power_lora_loader.ts).
_ROWS = Rows(
    "lora",
    "lora_",
    before=({}, {"type": "PowerLoraLoaderHeaderWidget"}),
    behind=({}, ""),
    beside=("PowerLoraLoaderHeaderWidget", "➕ Add Lora"),
    not_null=("strengthTwo",),
)


def _seed(reading: Reading) -> Facts:
    """Seed: -1, -2 and -3 stand for a random one, or the last one and its neighbours (py/seed.py)."""
    value = reading.value("seed")
    known = reading.slot == 0 and isinstance(value, (int, float)) and value >= 0
    return Facts(value=value) if known else NOTHING_KNOWN


def _primitive(reading: Reading) -> Facts:
    """Power Primitive: a value in the type that is chosen."""
    type_ = str(reading.value("type")).partition("(")[0].strip()
    value = reading.value("value")
    cast = _CASTS.get(type_)
    if cast is None or value is None or reading.slot != 0:
        return NOTHING_KNOWN
    return result_of(lambda: cast(value))


def _float(value: Any) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0


def _int(value: Any) -> int:
    return int(_float(value))


def _truth(value: Any) -> bool:
    try:
        return bool(float(value))
    except ValueError:
        return str(value).lower() not in ("0", "false", "null", "none", "")


_CASTS: Mapping[str, Callable[[Any], Any]] = {
    "STRING": str,
    "FLOAT": _float,
    "INT": _int,
    "BOOLEAN": _truth,
    "BOOL": _truth,
}


def _resized(reading: Reading, before: Facts) -> Size:
    """Image Resize: in pixels or percent; a side of 0 keeps the proportions."""
    width, height = reading.whole("width"), reading.whole("height")
    measurement, fit = reading.value("measurement"), reading.value("fit")
    if width is None or height is None or fit not in ("crop", "pad", "contain"):
        return UNKNOWN
    if measurement == "pixels" and width and height and fit != "contain":
        return width, height
    if not before.width or not before.height or measurement not in ("pixels", "percentage"):
        return UNKNOWN
    if measurement == "percentage":
        width = round(width * before.width / 100)
        height = round(height * before.height / 100)
    if not width and not height:
        return before.width, before.height
    if not width or not height:
        width = width or round(height / before.height * before.width)
        height = height or round(width / before.width * before.height)
        fit = "contain"
    if fit != "contain":
        return width, height
    if height / before.height * before.width > width:
        return width, round(width / before.width * before.height)
    if width / before.width * before.height > height:
        return round(height / before.height * before.width), height
    return width, height


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "Seed (rgthree)",
        _PACK,
        role="value",
        facts=_seed,
        constant="seed",
        widgets=Widgets(order=("seed",), no_control=True, behind=("", "", ""), shows="more"),
    ),
    NodeRecord(
        "Power Lora Loader (rgthree)",
        _PACK,
        role="lora",
        loras=loras.in_rows,
        takes_anything=True,
        widgets=Widgets(rows=_ROWS),
    ),
    NodeRecord(
        "Lora Loader Stack (rgthree)",
        _PACK,
        role="lora",
        loras=loras.numbered("lora_{:02d}", "strength_{:02d}", range(1, 5)),
    ),
    switch("Any Switch (rgthree)", first_of("any_"), _PACK, takes_anything=True),
    NodeRecord(
        "Power Primitive (rgthree)",
        _PACK,
        role="value",
        facts=_primitive,
        takes_anything=True,
        widgets=Widgets(order=("type", "value")),
    ),
    measured("Image or Latent Size (rgthree)", _PACK, "input", "width", "height")._replace(
        takes_anything=True
    ),
    NodeRecord(
        "Image Resize (rgthree)",
        _PACK,
        role="scaling",
        facts=resizer(_resized),
        same_length="image",
    ),
    NodeRecord(
        "Power Puter (rgthree)",
        _PACK,
        role="value",
        takes_anything=True,
    ),
    only_in_editor("Bookmark (rgthree)", _PACK),
    only_in_editor("Fast Actions Button (rgthree)", _PACK),
    only_in_editor("Fast Bypasser (rgthree)", _PACK),
    only_in_editor("Fast Groups Bypasser (rgthree)", _PACK),
    only_in_editor("Fast Groups Muter (rgthree)", _PACK),
    only_in_editor("Fast Muter (rgthree)", _PACK),
    only_in_editor("Label (rgthree)", _PACK),
    only_in_editor("Mute / Bypass Relay (rgthree)", _PACK),
    only_in_editor("Mute / Bypass Repeater (rgthree)", _PACK),
    only_in_editor("Node Collector (rgthree)", _PACK),
    only_in_editor("Random Unmuter (rgthree)", _PACK),
    only_in_editor("Reroute (rgthree)", _PACK),
)
