"""Arithmetic in expressions, with values that may not be known yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import messages
from wan22dsl.graph.build.type_errors import held
from wan22dsl.graph.build.values import Declared, Wire, describe
from wan22dsl.language.program import values
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown
from wan22dsl.language.syntax.tree import Binary
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.language.syntax.tree import Nested


def result(b: Builder, node: Nested, env: Env, settings: Settings) -> Value:
    """What an operation gives. Both sides are looked at, so that each mistake is told."""
    spine: list[Binary] = []
    while isinstance(node, Binary):  # left-deep, and perhaps very long
        spine.append(node)
        node = node.left
    found = _operand(b, node, env, settings)
    for binary in reversed(spine):
        right = binary.right
        if isinstance(right, Binary):
            other = result(b, right, env, settings)
        else:
            other = _operand(b, right, env, settings)
        found = _combined(b, binary, found, other, env)
    return found


_PROBLEMS = {
    "+": "cannot add {left} and {right}",
    "-": "cannot subtract {right} from {left}",
    "*": "cannot multiply {left} by {right}",
    "..": "{left} and {right} are not a range",
    "of": "{left} of {right} are not steps",
}


def _operand(b: Builder, node: Nested, env: Env, settings: Settings) -> Value:
    found = b.evaluate(node, env, settings)
    if isinstance(found, Nothing) and b.stating:
        return Unknown(Type("*"))
    if isinstance(found, Nothing):
        b.say_missing(found, env.span(node), settings)
        return BROKEN
    return found


def _combined(b: Builder, binary: Binary, left: Value, right: Value, env: Env) -> Value:
    if isinstance(left, Broken) or isinstance(right, Broken):
        return BROKEN
    if isinstance(left, (Constant, Unknown)) and isinstance(right, (Constant, Unknown)):
        if isinstance(left, Constant) and isinstance(right, Constant):
            found = values.combine(binary.operator, left, right)
            if found is not None:
                return held(b, found, env.module.span(binary.start, binary.end))
        elif "*" in (_type_name(left), _type_name(right)):
            return Unknown(Type("*"))
        else:
            kind = values.result_type(binary.operator, left, right)
            if kind is not None:
                return Unknown(kind)
    help, fix = _help(binary, left, right, env)
    if binary.operator == "of" and not b.what.startswith(_OF_PASS):
        fix = None  # here nothing takes steps
    b.say(
        messages.BAD_ARITHMETIC,
        env.module.span(binary.start, binary.end),
        problem=_PROBLEMS[binary.operator].format(left=describe(left), right=describe(right)),
        help=help,
        fix=fix,
    )
    return BROKEN


def _type_name(value: Constant | Unknown) -> str:
    return value.type if isinstance(value, Constant) else value.type.name


def _together(binary: Binary, left: Value, right: Value, env: Env) -> str:
    """`loras + anna` as `loras + [anna]`, `"a" + "b"` as `"ab"`, `anna * 0.8` as a strength; or nothing."""
    sides = [
        env.module.span(expression.start, expression.end).text
        for expression in (binary.left, binary.right)
    ]
    lists = [
        isinstance(item, (Constant, Unknown)) and _type_name(item) == "list"
        for item in (left, right)
    ]
    names = [isinstance(item, Declared) and item.kind == "lora" for item in (left, right)]
    if binary.operator == "+" and lists[0] and names[1]:
        return f"{sides[0]} + [{sides[1]}]"
    if binary.operator == "+" and lists[1] and names[0]:
        return f"[{sides[0]}] + {sides[1]}"
    if binary.operator == "*" and names[0] and re.fullmatch(r"[\d.]+", sides[1]):
        return f"{sides[0]}(strength = {sides[1]})"
    quoted = all(re.fullmatch(r'"(?:[^"\\]|\\.)*"', side) for side in sides)
    if binary.operator == "+" and quoted:
        return sides[0][:-1] + sides[1][1:]
    return ""


#: How the setting is called that takes steps.
_OF_PASS = "the setting `steps`"


def _help(binary: Binary, left: Value, right: Value, env: Env) -> tuple[str, Fix | None]:
    span = env.module.span(binary.start, binary.end)
    range_of = re.fullmatch(r"(\d+) *- *(\d+) +of +(\d+)", span.text)
    if range_of:
        text = f"{range_of[1]}..{range_of[2]} of {range_of[3]}"
        return f"Write `{text}`.", Fix(f"write `{text}`", (Edit(span, text),))
    together = _together(binary, left, right, env)
    if together:
        how = "Put values together in a string" if together.startswith('"') else "Write it as"
        return f"{how}: `{together}`.", Fix(f"write `{together}`", (Edit(span, together),))
    if isinstance(left, Wire) or isinstance(right, Wire):
        return "Compute with its facts instead: `frames.length`, `frames.fps`, `frames.size`.", None
    if binary.operator == "of":
        return "Write steps as `0..2 of 4`, with whole numbers.", None
    half = re.fullmatch(r"([\d.]+?) *\.\. *([\d.]+)(s|f|fps|GiB|MiB)", span.text)
    if half:
        text = f"{half[1]}{half[3]}..{half[2]}{half[3]}"
        return f"Write `{text}`.", Fix(f"write `{text}`", (Edit(span, text),))
    if binary.operator == "..":
        return "Both ends must have the same unit, such as `0..2` or `0.0..1.0`.", None
    kinds = {_type_name(item) for item in (left, right) if isinstance(item, (Constant, Unknown))}
    if binary.operator in "+-":
        if kinds == {"frames", "int"}:
            return "Write the number in frames too, such as `1f`.", None
        if kinds == {"seconds", "frames"}:
            return "Write both in frames: 5 seconds at 16 fps are 81f.", None
        if "text" in kinds:
            return 'Combine values in a string: `"{name}_{number}"`.', None
        return "Give both sides the same unit.", None
    if kinds == {"frames", "float"} or kinds == {"bytes", "float"}:
        return "Multiply by a number that gives a whole result.", None
    return "Multiply by a plain number, such as `2` or `0.5`.", None
