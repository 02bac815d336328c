"""Expressions and texts (pythongosssss/ComfyUI-Custom-Scripts: py/)."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.arithmetic import result_of
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.values import pass_on

_PACK = "ComfyUI-Custom-Scripts"


def _math(reading: Reading) -> Facts:
    """MathExpression: the result cut to a whole number, and as FLOAT.

    `a.width` of a latent is not known: it is counted in cells, and for videos along other sides.
    """
    from wan22dsl.comfyui.nodes.expression import CUSTOM_SCRIPTS, evaluate

    values = {}
    for name in "abc":
        if name not in reading.inputs:
            continue
        value, facts = reading.value(name), reading.facts(name)
        sized = facts.width is not None or facts.height is not None
        if value is None and sized and facts.vae is None:
            value = [facts.frames, facts.height, facts.width, None]
        values[name] = value if isinstance(value, (int, float, list)) else None
    expression = reading.value("expression")
    if not isinstance(expression, str) or not 0 <= reading.slot < 2:
        return NOTHING_KNOWN
    result = evaluate(expression, values, CUSTOM_SCRIPTS).value
    return (
        NOTHING_KNOWN if result is None else result_of(lambda: result, (int, float)[reading.slot])
    )


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord("MathExpression|pysssss", _PACK, role="value", facts=_math),
    pass_on("ReroutePrimitive|pysssss", "value", _PACK),
)
