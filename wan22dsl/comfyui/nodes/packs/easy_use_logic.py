"""Constants, arithmetic and switches (yolain/ComfyUI-Easy-Use: py/nodes/logic.py, image.py, seed.py)."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.arithmetic import (
    by_operation,
    converted,
    measured,
    power,
    result_of,
    rounded,
    same,
)
from wan22dsl.comfyui.nodes.facts import IS_NONE, NOTHING_KNOWN, Facts, Link
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.switches import by_number, by_truth, only_to, switch
from wan22dsl.comfyui.nodes.values import constant
from wan22dsl.comfyui.nodes.widgets import Widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PACK = "ComfyUI-Easy-Use"


def _to_three_digits(value: Any) -> Any:
    return rounded(value, 3)


def _evaluated(reading: Reading, expression: Any, slot: int) -> Facts:
    """The result of an expression as INT, FLOAT and BOOLEAN, of which a faulty one gives 0."""
    from wan22dsl.comfyui.nodes.expression import EASY_USE, evaluate

    values: dict[str, Any] = {}
    for name in "abcd":
        value = reading.value(name) if name in reading.inputs else 0
        values[name] = float(value) if isinstance(value, (int, float)) else None
    if not isinstance(expression, str) or not 0 <= slot < 3:
        return NOTHING_KNOWN
    outcome = evaluate(expression, values, EASY_USE)
    if outcome.failed:
        return Facts(value=(0, 0.0, False)[slot])
    value = outcome.value
    if value is None:
        return NOTHING_KNOWN
    return result_of(lambda: value, (int, float, lambda number: int(number) != 0)[slot])


def _math(reading: Reading) -> Facts:
    return _evaluated(reading, reading.value("value"), reading.slot)


def _two(reading: Reading) -> Facts:
    """easy simpleMathDual: two expressions, INT and FLOAT of each."""
    which, slot = divmod(reading.slot, 2)
    if not 0 <= which < 2:
        return NOTHING_KNOWN
    return _evaluated(reading, reading.value(("value1", "value2")[which]), slot)


def _text(reading: Reading) -> Link | Facts:
    """easy textSwitch: the first text at 1, else the second."""
    number = reading.whole("input")
    if number is None or reading.slot != 0:
        return NOTHING_KNOWN
    return reading.given("text1" if number == 1 else "text2", IS_NONE)


def _one_way(reading: Reading) -> Link | Facts:
    """easy ab: the output A at true, else B; nothing runs behind the other one."""
    to_a = reading.value("A or B")
    if not isinstance(to_a, bool) or reading.slot != (0 if to_a else 1):
        return NOTHING_KNOWN
    return reading.given("in")


def _in_another_form(reading: Reading) -> Facts:
    """easy convertAnything: as a string, an int, a float or a truth value."""
    forms = {"string": str, "int": int, "float": float, "boolean": bool}
    form, value = forms.get(str(reading.value("output_type"))), reading.value("*")
    if form is None or value is None or reading.slot != 0:
        return NOTHING_KNOWN
    return result_of(lambda: form(value))


def _one_side(reading: Reading) -> Facts:
    """easy imageSizeBySide: the longer or the shorter side of pictures."""
    facts, side = reading.facts("image"), reading.value("side")
    if facts.width is None or facts.height is None or reading.slot != 0:
        return NOTHING_KNOWN
    if side not in ("Longest", "Shortest"):
        return NOTHING_KNOWN
    return Facts(value=(max if side == "Longest" else min)(facts.width, facts.height))


def _longer_side(reading: Reading) -> Facts:
    facts = reading.facts("image")
    known = facts.width is not None and facts.height is not None and reading.slot == 0
    return Facts(value=max(facts.width or 0, facts.height or 0)) if known else NOTHING_KNOWN


_COMPARISONS: Mapping[str, Callable[..., Any]] = {
    "a == b": operator.eq,
    "a != b": operator.ne,
    "a < b": operator.lt,
    "a > b": operator.gt,
    "a <= b": operator.le,
    "a >= b": operator.ge,
    "a > 0": lambda a, b: a > 0,
    "a <= 0": lambda a, b: a <= 0,
    "b > 0": lambda a, b: b > 0,
    "b <= 0": lambda a, b: b <= 0,
}
_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "modulo": operator.mod,
    "power": power,
}

RECORDS: tuple[NodeRecord, ...] = (
    constant("easy int", "value", _PACK),
    converted("easy float", "value", _PACK, _to_three_digits),
    constant("easy boolean", "value", _PACK),
    constant("easy string", "value", _PACK),
    constant("easy seed", "seed", _PACK)._replace(widgets=Widgets(order=("seed",), behind=(None,))),
    by_operation(
        "easy mathInt",
        _PACK,
        {**_OPERATIONS, "divide": operator.floordiv},
        chooses="operation",
    ),
    by_operation(
        "easy mathFloat",
        _PACK,
        {**_OPERATIONS, "divide": operator.truediv},
        chooses="operation",
        results=(_to_three_digits,),
    ),
    by_operation("easy compare", _PACK, _COMPARISONS, chooses="comparison", results=(same,)),
    NodeRecord("easy simpleMath", _PACK, role="value", facts=_math),
    NodeRecord("easy simpleMathDual", _PACK, role="value", facts=_two),
    NodeRecord("easy convertAnything", _PACK, role="value", facts=_in_another_form),
    measured("easy imageSize", _PACK, "image", "width", "height"),
    NodeRecord(
        "easy imageSizeBySide",
        _PACK,
        role="value",
        facts=_one_side,
        widgets=Widgets(shows="only"),
    ),
    NodeRecord("easy imageSizeByLongerSide", _PACK, role="value", facts=_longer_side),
    switch("easy ifElse", by_truth("boolean", "on_true", "on_false"), _PACK),
    switch("easy imageSwitch", by_truth("boolean", "image_a", "image_b"), _PACK),
    switch("easy textSwitch", _text, _PACK),
    switch("easy anythingIndexSwitch", by_number("index", "value{}"), _PACK),
    switch("easy imageIndexSwitch", by_number("index", "image{}"), _PACK),
    switch("easy textIndexSwitch", by_number("index", "text{}"), _PACK),
    switch("easy conditioningIndexSwitch", by_number("index", "cond{}"), _PACK),
    switch("easy anythingInversedSwitch", only_to("index", 0, "in"), _PACK),
    switch("easy ab", _one_way, _PACK),
)
