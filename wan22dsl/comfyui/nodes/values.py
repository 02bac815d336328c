"""Nodes that give numbers, texts and truth values, and nodes that hand on what they get.

ComfyUI: comfy_extras/nodes_primitive.py, nodes_logic.py, nodes_math.py.
"""

from __future__ import annotations

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import COMFYUI, NodeRecord, Reading
from wan22dsl.comfyui.nodes.widgets import Widgets


def constant(class_name: str, name: str, pack: str = COMFYUI) -> NodeRecord:
    """A class that gives the value of one input."""
    return NodeRecord(class_name, pack, role="value", facts=_constant, constant=name)


def _constant(reading: Reading) -> Facts:
    value = reading.value(reading.record.constant or "")
    if isinstance(value, float) and reading.type() == "INT":
        value = reading.whole(reading.record.constant or "")
    return Facts(value=value) if reading.slot == 0 else NOTHING_KNOWN


def pass_on(class_name: str, name: str, pack: str = COMFYUI, *, acts: bool = False) -> NodeRecord:
    """A class that hands on one input as it is, whatever its type; without a name, its only link."""
    return NodeRecord(class_name, pack, role="pass_on", facts=_passed_on, passes_on=name, acts=acts)


def _passed_on(reading: Reading) -> Facts:
    name = reading.record.passes_on
    names = [name] if name else [item for item, _ in reading.links()]
    return reading.facts(names[0]) if len(names) == 1 and reading.slot == 0 else NOTHING_KNOWN


def _expression(reading: Reading) -> Facts:
    """ComfyMathExpression: the result as FLOAT, INT and BOOLEAN."""
    from wan22dsl.comfyui.nodes.expression import COMFYUI_MATH, evaluate

    expression = reading.value("expression")
    names = [name for name in reading.inputs if name.startswith("values.")]
    values = {name.removeprefix("values."): reading.value(name) for name in names}
    if not isinstance(expression, str) or not 0 <= reading.slot < 3:
        return NOTHING_KNOWN
    result = evaluate(expression, values, COMFYUI_MATH).value
    return (
        NOTHING_KNOWN if result is None else Facts(value=(float, int, bool)[reading.slot](result))
    )


RECORDS: tuple[NodeRecord, ...] = (
    constant("PrimitiveInt", "value")._replace(widgets=Widgets(seed="value")),
    constant("PrimitiveFloat", "value"),
    constant("PrimitiveString", "value"),
    constant("PrimitiveStringMultiline", "value"),
    constant("PrimitiveBoolean", "value"),
    NodeRecord(
        "ComfyMathExpression",
        role="value",
        facts=_expression,
    ),
    pass_on("Reroute", "")._replace(only_in_editor=True),
    NodeRecord(
        "CustomCombo",
        role="value",
        takes_anything=True,
        widgets=Widgets(own_words=True),
    ),
)
