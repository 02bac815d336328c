"""Expressions that nodes compute with, by the rules of each class.

They are walked as a tree, never run. What is longer, deeper or larger than any real one is unknown.
Imported only where a graph has such a node: it reads expressions with `ast`.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.arithmetic import (
    UnknownValueError,
    checked,
    left_shift,
    power,
    rounded,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Longer and deeper expressions than these are not worked out.
_LONGEST = 300
_DEEPEST = 60

#: All that an expression with numbers is made of. Strings, and words that follow a number, are left out.
_LETTERS = re.compile(r"[\w\s.,+\-*/%()<>=!&|^~\[\]]*", re.ASCII)
_GLUED = re.compile(r"[0-9.](?:and|else|for|if|in|is|not|or)\b")


class Outcome(NamedTuple):
    """What an expression gives; None where it is not known. `failed` tells that the node finds a fault."""

    value: float | None = None
    failed: bool = False


UNKNOWN = Outcome()
FAILED = Outcome(failed=True)


def total(*numbers: Any) -> Any:
    """The sum of numbers, or of the numbers in one list."""
    if len(numbers) == 1 and isinstance(numbers[0], list):
        return sum(numbers[0])
    return sum(numbers)


_ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: power,
}
_SHIFTS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.LShift: left_shift,
    ast.RShift: operator.rshift,
}
_BITS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_SIGNS: dict[type[ast.AST], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_COMMON: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "round": rounded,
    "pow": power,
    "sqrt": math.sqrt,
    "ceil": math.ceil,
    "floor": math.floor,
    "log": math.log,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
}


def _two_or_more(choose: Callable[..., Any]) -> Callable[..., Any]:
    def chosen(first: Any, second: Any, *more: Any) -> Any:
        return choose(first, second, *more)

    return chosen


class Dialect(NamedTuple):
    """The rules of a class: its operators, its functions by name, and its constants.

    `chains` tells what of `a < b < c` is compared: "all" neighbours, "first" the first two, "to_first" each
    with the first. `logic` is what `and` and `or` give: the value of one side as in "python", of "two" sides
    and no more, the "truth" of all sides, or the "truth_of_two" first ones. `as_numbers` gives 1 and 0 for
    true and false. `floats` makes floats of operands that are no whole numbers. `lists` tells that parts of
    a list can be taken, `choices` that there is `a if b else c`. `otherwise` is what anything else gives;
    None: it is not known. `strips` tells that spaces around an expression are no fault, `joins_lines` that
    it may have several lines.
    """

    operators: Mapping[type[ast.AST], Callable[[Any, Any], Any]]
    signs: Mapping[type[ast.AST], Callable[[Any], Any]]
    functions: Mapping[str, Callable[..., Any]]
    constants: Mapping[str, Any] = {}
    chains: str = "all"
    logic: str = "python"
    as_numbers: bool = False
    floats: bool = False
    lists: bool = False
    choices: bool = False
    otherwise: int | None = None
    strips: bool = False
    joins_lines: bool = False


#: ComfyMathExpression (Comfy-Org/ComfyUI: comfy_extras/nodes_math.py).
COMFYUI_MATH = Dialect(
    operators={**_ARITHMETIC, **_SHIFTS, **_BITS},
    signs={**_SIGNS, ast.Invert: operator.invert},
    functions={
        **_COMMON,
        "sum": total,
        "min": min,
        "max": max,
        "log2": math.log2,
        "int": int,
        "float": float,
    },
    constants={"True": True, "False": False},
    choices=True,
    strips=True,
)

#: SimpleMath+ (cubiq/ComfyUI_essentials: misc.py).
ESSENTIALS = Dialect(
    operators=_ARITHMETIC,
    signs={ast.USub: operator.neg, ast.Not: operator.not_},
    functions={"min": min, "max": max, "round": rounded, "sum": sum, "len": len},
    chains="to_first",
    logic="two",
    as_numbers=True,
    lists=True,
    otherwise=0,
)

#: MathExpression|pysssss (pythongosssss/ComfyUI-Custom-Scripts: py/math_expression.py).
CUSTOM_SCRIPTS = Dialect(
    operators={**_ARITHMETIC, **_SHIFTS, **_BITS},
    signs={
        ast.USub: operator.neg,
        ast.Invert: operator.invert,
        ast.Not: lambda value: 0 if value else 1,
    },
    functions={
        "round": rounded,
        "ceil": math.ceil,
        "floor": math.floor,
        "min": _two_or_more(min),
        "max": _two_or_more(max),
        "sqrt": math.sqrt,
        "int": int,
        "iif": lambda value, if_true, if_false: if_true if value else if_false,
    },
    constants={"True": True, "False": False},
    chains="first",
    logic="truth_of_two",
    as_numbers=True,
    floats=True,
    joins_lines=True,
)

#: SimpleCalculatorKJ (kijai/ComfyUI-KJNodes: nodes/nodes.py).
KJNODES = Dialect(
    operators={**_ARITHMETIC, **_SHIFTS},
    signs=_SIGNS,
    functions={**_COMMON, "min": min, "max": max, "exp": math.exp},
    constants={"pi": math.pi, "euler": math.e, "True": True, "False": False},
    logic="truth",
)

#: easy simpleMath (yolain/ComfyUI-Easy-Use: py/libs/math.py).
EASY_USE = Dialect(
    operators={**_ARITHMETIC, **_SHIFTS, **_BITS},
    signs={**_SIGNS, ast.Invert: operator.invert},
    functions={
        **_COMMON,
        "exp": math.exp,
        "asin": math.asin,
        "acos": math.acos,
        "atan": math.atan,
    },
    constants={"pi": math.pi, "e": math.e, "True": True, "False": False},
    choices=True,
    strips=True,
)

#: Functions of these classes whose result is another one each time.
_RANDOM = frozenset({"randomint", "randomchoice"})


def evaluate(
    expression: str, values: Mapping[str, Any], dialect: Dialect = COMFYUI_MATH
) -> Outcome:
    """What an expression gives, by the rules of a class.

    `values` are those of the names: numbers, lists of numbers, or None where one is not known.
    """
    text = expression.strip() if dialect.strips else expression
    if dialect.joins_lines:
        text = text.replace("\n", " ").replace("\r", "")
    if len(text) > _LONGEST or not _LETTERS.fullmatch(text) or _GLUED.search(text):
        return UNKNOWN
    try:
        tree = ast.parse(text, mode="eval").body
        result = _Evaluation(values, dialect).of(tree, 0)
    except (UnknownValueError, RecursionError, MemoryError):
        return UNKNOWN
    except (SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, NameError):
        return FAILED
    return Outcome(result) if isinstance(result, (int, float)) else FAILED


class _Evaluation:
    """An expression with the values of its names."""

    def __init__(self, values: Mapping[str, Any], dialect: Dialect) -> None:
        self._values = values
        self._dialect = dialect

    def of(self, node: ast.AST, depth: int) -> Any:
        if depth > _DEEPEST:
            raise UnknownValueError
        ways: dict[type, Callable[[Any, int], Any]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.BinOp: self._operation,
            ast.UnaryOp: self._sign,
            ast.Compare: self._comparison,
            ast.BoolOp: self._logic,
            ast.Call: self._call,
            ast.IfExp: self._choice,
            ast.Subscript: self._part,
            ast.Attribute: self._side,
        }
        way: Callable[[Any, int], Any] = ways.get(type(node), self._other)
        return checked(way(node, depth + 1))

    def _other(self, node: ast.AST, depth: int) -> Any:
        if self._dialect.otherwise is None:
            raise UnknownValueError
        return self._dialect.otherwise

    def _constant(self, node: ast.Constant, depth: int) -> Any:
        if isinstance(node.value, bool):
            known = self._dialect.constants.get(str(node.value))
            return self._other(node, depth) if known is None else known
        return node.value if isinstance(node.value, (int, float)) else self._other(node, depth)

    def _name(self, node: ast.Name, depth: int) -> Any:
        if node.id in self._values:
            value = self._values[node.id]
            if value is None:
                raise UnknownValueError
            return value
        if node.id in self._dialect.constants:
            return self._dialect.constants[node.id]
        raise NameError(node.id)

    def _operand(self, node: ast.AST, depth: int) -> Any:
        value = self.of(node, depth)
        return float(value) if self._dialect.floats and not isinstance(value, int) else value

    def _operation(self, node: ast.BinOp, depth: int) -> Any:
        operation = self._dialect.operators[type(node.op)]
        left, right = self._operand(node.left, depth), self._operand(node.right, depth)
        if isinstance(left, list) or isinstance(right, list):
            raise UnknownValueError
        return operation(left, right)

    def _sign(self, node: ast.UnaryOp, depth: int) -> Any:
        return self._dialect.signs[type(node.op)](self.of(node.operand, depth))

    def _comparison(self, node: ast.Compare, depth: int) -> Any:
        chains = self._dialect.chains
        left, result = self.of(node.left, depth), True
        for operation, operand in zip(node.ops, node.comparators, strict=True):
            right = self.of(operand, depth)
            result = result and bool(_COMPARISONS[type(operation)](left, right))
            if chains == "first" or not result:
                break
            if chains == "all":
                left = right
        return int(result) if self._dialect.as_numbers else result

    def _logic(self, node: ast.BoolOp, depth: int) -> Any:
        is_and, logic = isinstance(node.op, ast.And), self._dialect.logic
        if logic == "two" and len(node.values) != 2:
            raise TypeError
        if logic == "python":
            value = None
            for operand in node.values:
                value = self.of(operand, depth)
                if bool(value) is not is_and:
                    break
            return value
        operands = node.values[:2] if logic == "truth_of_two" else node.values
        values = [self._operand(operand, depth) for operand in operands]
        if logic == "two":
            return (values[0] and values[1]) if is_and else (values[0] or values[1])
        result = all(values) if is_and else any(values)
        return int(result) if self._dialect.as_numbers else result

    def _call(self, node: ast.Call, depth: int) -> Any:
        if not isinstance(node.func, ast.Name) or node.keywords or node.func.id in _RANDOM:
            raise UnknownValueError
        function = self._dialect.functions.get(node.func.id)
        if function is None:
            raise NameError(node.func.id)
        arguments = [self.of(argument, depth) for argument in node.args]
        if any(isinstance(item, list) and None in item for item in arguments):
            raise UnknownValueError
        return function(*arguments)

    def _choice(self, node: ast.IfExp, depth: int) -> Any:
        if not self._dialect.choices:
            return self._other(node, depth)
        return self.of(node.body if self.of(node.test, depth) else node.orelse, depth)

    def _part(self, node: ast.Subscript, depth: int) -> Any:
        if not self._dialect.lists:
            return self._other(node, depth)
        values = self.of(node.value, depth)
        if not isinstance(node.slice, ast.Constant):
            return 0
        value = values[node.slice.value]
        if value is None:
            raise UnknownValueError
        return value

    def _side(self, node: ast.Attribute, depth: int) -> Any:
        """`a.width` and `a.height` of a picture; the widgets of other nodes are not looked up."""
        if not self._dialect.floats or not isinstance(node.value, ast.Name):
            return self._other(node, depth)
        values = self._values.get(node.value.id)
        if not isinstance(values, list) or node.attr not in ("width", "height"):
            raise UnknownValueError
        value = values[2 if node.attr == "width" else 1]
        if value is None:
            raise UnknownValueError
        return value
