"""Nodes that give numbers, texts and truth values, and nodes that hand on what they get.

ComfyUI: comfy_extras/nodes_primitive.py, nodes_logic.py, nodes_math.py, nodes_images.py.
"""

from __future__ import annotations

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, Reading
from wan22dsl.comfyui.nodes.record import COMFYUI, NodeRecord
from wan22dsl.comfyui.nodes.widgets import Widgets


def constant(class_name: str, name: str, pack: str = COMFYUI) -> NodeRecord:
    """A class that gives the value of one input."""
    return NodeRecord(class_name, pack, role="value", facts=_constant, constant=name)


def _constant(reading: Reading) -> Facts:
    value = reading.value(reading.record.constant or "")
    return Facts(value=value) if reading.slot == 0 else NOTHING_KNOWN


def pass_on(class_name: str, name: str, pack: str = COMFYUI) -> NodeRecord:
    """A class that hands on one input as it is, whatever its type; without a name, its only link."""
    return NodeRecord(class_name, pack, role="pass_on", facts=_passed_on, passes_on=name)


def _passed_on(reading: Reading) -> Facts:
    name = reading.record.passes_on
    names = [name] if name else [item for item, _ in reading.links()]
    return reading.facts(names[0]) if len(names) == 1 and reading.slot == 0 else NOTHING_KNOWN


def _size(reading: Reading) -> Facts:
    """GetImageSize: width, height and how many pictures there are."""
    facts = reading.facts("image")
    values = (facts.width, facts.height, facts.frames)
    return Facts(value=values[reading.slot]) if 0 <= reading.slot < 3 else NOTHING_KNOWN


def _switch(reading: Reading) -> Facts:
    """ComfySwitchNode: the side that the switch chooses, when it is known."""
    chosen = reading.value("switch")
    if not isinstance(chosen, bool):
        return NOTHING_KNOWN
    return _either(reading, "on_true" if chosen else "on_false")


def _either(reading: Reading, name: str) -> Facts:
    if reading.linked(name):
        return reading.facts(name)
    value = reading.inputs.get(name)
    return Facts(value=value) if isinstance(value, (int, float, str, bool)) else NOTHING_KNOWN


def _computed(reading: Reading) -> Facts:
    """ComfyMathExpression: the result as FLOAT, INT and BOOLEAN."""
    from wan22dsl.comfyui.nodes.expression import evaluate

    expression = reading.value("expression")
    names = [name for name in reading.inputs if name.startswith("values.")]
    values = {name.removeprefix("values."): reading.value(name) for name in names}
    result = evaluate(expression, values) if isinstance(expression, str) else None
    if result is None or not 0 <= reading.slot < 3:
        return NOTHING_KNOWN
    return Facts(value=(float, int, bool)[reading.slot](result))


RECORDS: tuple[NodeRecord, ...] = (
    constant("PrimitiveInt", "value")._replace(widgets=Widgets(seed="value")),
    constant("PrimitiveFloat", "value"),
    constant("PrimitiveString", "value"),
    constant("PrimitiveStringMultiline", "value"),
    constant("PrimitiveBoolean", "value"),
    pass_on("Reroute", "")._replace(only_in_editor=True),
    NodeRecord(
        "GetImageSize",
        role="value",
        facts=_size,
    ),
    NodeRecord(
        "ComfySwitchNode",
        role="switch",
        facts=_switch,
        switches=True,
    ),
    NodeRecord(
        "ComfyMathExpression",
        role="value",
        facts=_computed,
    ),
    NodeRecord(
        "CustomCombo",
        role="value",
        takes_anything=True,
        widgets=Widgets(own_words=True),
    ),
)
